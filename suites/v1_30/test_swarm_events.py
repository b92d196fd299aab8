"""Events of a swarm, as API v1.30 introduced them."""

import secrets

import pytest

from conformance import at, since
from fixtures.swarm import REPLICAS, create_secret, create_service, edit, update_and_remove


def change_service(env):
    return update_and_remove(env, "service", create_service(env, **REPLICAS[0]))


def change_secret(env):
    return update_and_remove(env, "secret", create_secret(env))


@since("1.30/event-service-node-secret")
@pytest.mark.parametrize("change", [change_service, change_secret], ids=["service", "secret"])
def test_changes_of_services_and_secrets_are_reported(record_swarm_events, change):
    identity, events = record_swarm_events("/events", change)

    rows = events.about(identity, until="remove")
    assert [at(row, "Action") for row in rows] == ["create", "update", "remove"]
    assert all(at(row, "Type") == change.__name__.removeprefix("change_") for row in rows), rows


def change_node(env):
    node = env.get("/info")["Swarm"]["NodeID"]
    query, spec = edit(env, f"/nodes/{node}", Labels={"colour": secrets.token_hex(4)})
    env.post(f"/nodes/{node}/update", query, json=spec)
    return node


@since("1.30/event-service-node-secret")
def test_change_of_a_node_is_reported(record_swarm_events):
    node, events = record_swarm_events("/events", change_node)

    assert ("node", "update") in [
        (at(row, "Type"), at(row, "Action")) for row in events.about(node, until="update")
    ]


def remove_network(env):
    name = env.create_network(Driver="overlay")
    identity = env.get(f"/networks/{name}")["Id"]
    env.remove("network", name)
    return identity


@since("1.30/event-network-remove-swarm")
def test_removal_of_a_network_of_the_swarm_is_reported(record_swarm_events):
    network, events = record_swarm_events("/events", remove_network)

    assert ("network", "remove") in [
        (at(row, "Type"), at(row, "Action")) for row in events.about(network, until="remove")
    ]
