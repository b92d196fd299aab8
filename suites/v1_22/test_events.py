"""GET /events, as the reference of API v1.22 has it: types and actors, volumes and networks, and filters for them."""

from typing import NamedTuple

import pytest

from conformance import assert_type, at, since
from conformance.testing import actions_about, share_while_remembered, time_before_now


def use_volume(env):
    volume = env.create_volume()
    container = env.create_container("true", HostConfig={"Binds": [f"{volume}:/place"]})
    env.start_and_wait(container)
    env.require(env.client.delete(f"/containers/{container}"))
    env.require(env.client.delete(f"/volumes/{volume}"))
    return (volume,)


def use_network(env):
    network = env.create_network()
    identity = at(env.get(f"/networks/{network}"), "Id")
    container = env.create_container("true", own_network=True, HostConfig={"NetworkMode": network})
    env.start_and_wait(container)
    env.require(env.client.delete(f"/containers/{container}"))
    env.require(env.client.delete(f"/networks/{network}"))
    return (identity,)


@since("1.22/events-volume")
@pytest.mark.parametrize("action", ["create", "mount", "unmount", "destroy"])
def test_use_of_a_volume_emits_its_event(record_events, action):
    (volume,), events = record_events("/events", use_volume)

    assert action in events.actions(volume, until="destroy")


@since("1.22/events-network")
@pytest.mark.parametrize("action", ["create", "connect", "disconnect", "destroy"])
def test_use_of_a_network_emits_its_event(record_events, action):
    (network,), events = record_events("/events", use_network)

    assert action in events.actions(network, until="destroy")


KINDS = ("container", "volume", "network")


class Created(NamedTuple):
    """The ids and names, by their type, of objects that were created one round after the other, and a time before that."""

    begun: int
    first: dict[str, tuple[str, str]]
    second: dict[str, tuple[str, str]]


@pytest.fixture
def created(env):
    """Two rounds of a container, a volume and a network."""

    def create_round():
        container, volume, network = env.create_container(), env.create_volume(), env.create_network()
        return {
            "container": (at(env.get(f"/containers/{container}/json"), "Id"), container),
            "volume": (volume, volume),
            "network": (at(env.get(f"/networks/{network}"), "Id"), network),
        }

    def make():
        return Created(time_before_now(env), create_round(), create_round())

    return share_while_remembered(
        env, "created objects", make, lambda made: (made.begun, made.first["container"][0])
    )


@pytest.fixture
def stream_to(created, stream_in_every_version):
    """Streams the events since before the first round until one of an object of the second round comes."""

    def stream(path, kind, filters=None):
        _, name = created.second[kind]
        query = {"since": created.begun, **({"filters": filters} if filters else {})}
        return stream_in_every_version(
            path, query, enough=lambda body: name.encode() in body, seconds=6
        ).messages()

    return stream


@since("1.22/events-members")
@pytest.mark.parametrize("kind", KINDS)
def test_event_has_type_and_action_and_actor(created, stream_to, kind):
    events = stream_to("/events", "network")

    identity, _ = created.first[kind]
    event = next((event for event in events if at(event, "Actor", "ID") == identity), None)
    assert event is not None, f"expected an event whose Actor has the ID of the {kind}"
    assert (at(event, "Type"), at(event, "Action")) == (kind, "create")
    attributes = assert_type(event, ("Actor", "Attributes"), dict)
    assert all(isinstance(value, str) for value in attributes.values()), attributes


@since("1.22/events-filter-type")
@pytest.mark.parametrize("kind", KINDS)
def test_only_events_of_the_type_come(created, stream_to, kind):
    events = stream_to("/events", kind, {"type": [kind]})

    come = {other: actions_about(events, *created.first[other]) != [] for other in KINDS}
    assert come == {other: other == kind for other in KINDS}


@since("1.22/events-filter-volume")
def test_only_events_of_the_volume_come(created, stream_to):
    volume, _ = created.second["volume"]

    events = stream_to("/events", "volume", {"volume": [volume]})

    assert "create" in actions_about(events, volume)
    assert [actions_about(events, *created.first[kind]) for kind in KINDS] == [[]] * 3


@since("1.22/events-filter-network")
@pytest.mark.parametrize("by", ["id", "name"])
def test_only_events_of_the_network_come(created, stream_to, by):
    identity, name = created.second["network"]

    events = stream_to("/events", "network", {"network": [name if by == "name" else identity]})

    assert "create" in actions_about(events, identity, name)
    assert [actions_about(events, *created.first[kind]) for kind in KINDS] == [[]] * 3
