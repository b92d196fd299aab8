"""The network of the routing mesh, as API v1.29 changed it."""

import pytest

from conformance import assert_status, assert_success, at, since
from conformance.testing import becomes_true, wait_until


def ingress_networks(env):
    return [row["Name"] for row in env.get("/networks") if row.get("Ingress")]


@pytest.fixture
def routing_mesh(own_swarm):
    """The name of the network of the routing mesh, which a check may remove."""

    def look():
        if not ingress_networks(own_swarm.env):
            body = {"Name": "mesh", "Driver": "overlay", "Ingress": True}
            own_swarm.env.client.post("/networks/create", json=body)
        return bool(ingress_networks(own_swarm.env))

    wait_until(look, "a network of the routing mesh")
    return ingress_networks(own_swarm.env)[0]


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
