"""The network of the routing mesh, as API v1.29 changed it."""

import pytest

from conformance import assert_status, assert_success, at, since
from conformance.testing import becomes_true, wait_until


def ingress_networks(env):
    return [row["Name"] for row in env.get("/networks") if row.get("Ingress")]


@pytest.fixture
def routing_mesh(own_swarm):
    """The name of a new network of the routing mesh, which a check may remove.

    The list may show one that is on its way out, so that one which is found there cannot be relied on.
    """
    env = own_swarm.env
    name = env.reserve_name("network")

    def make():
        found = ingress_networks(env)
        for old in found:
            if old != name:
                env.client.delete(f"/networks/{old}")
        if name not in found:
            env.client.post("/networks/create", json={"Name": name, "Driver": "overlay", "Ingress": True})
        return found == [name]

    wait_until(make, "a network of the routing mesh")
    return name


@since("1.29/network-delete-ingress")
def test_network_of_the_routing_mesh_is_removed(own_swarm, routing_mesh):
    answer = own_swarm.api.delete(f"/networks/{routing_mesh}")

    assert_success(answer)
    assert becomes_true(lambda: not ingress_networks(own_swarm.env)), "the network is still there"


@since("1.29/network-create-ingress")
def test_network_is_that_of_the_routing_mesh(own_swarm, routing_mesh):
    own_swarm.env.client.delete(f"/networks/{routing_mesh}")
    name = own_swarm.env.reserve_name("network")

    body = {"Name": name, "Driver": "overlay", "Ingress": True}
    answer = own_swarm.api.post("/networks/create", json=body)

    assert_status(answer, 201)
    assert at(own_swarm.env.get(f"/networks/{name}"), "Ingress") is True
