"""POST /swarm/init, as API v1.39 changed it: the subnets of the swarm's networks."""

import ipaddress

from conformance import assert_status, before, since
from conformance.testing import becomes_true
from fixtures.swarm import swarm_addresses

POOL = "10.50.0.0/16"


def subnet_of_a_network(env):
    """The subnet that a new network of the swarm gets."""
    name = env.create_network(Driver="overlay")

    def config():
        return env.get(f"/networks/{name}")["IPAM"]["Config"]

    assert becomes_true(config, 10), "a network of the swarm gets no subnet"
    return ipaddress.ip_network(config()[0]["Subnet"])


@since("1.39/swarm-init-defaultaddrpool")
def test_networks_of_the_swarm_are_in_the_pool(alone):
    answer = alone.api.post(
        "/swarm/init", json={**swarm_addresses(), "DefaultAddrPool": [POOL], "SubnetSize": 24}
    )

    assert_status(answer, 200)
    assert subnet_of_a_network(alone.env).subnet_of(ipaddress.ip_network(POOL))


@before("1.39/swarm-init-defaultaddrpool")
def test_pool_is_ignored(alone):
    answer = alone.api.post(
        "/swarm/init", json={**swarm_addresses(), "DefaultAddrPool": [POOL], "SubnetSize": 24}
    )

    assert_status(answer, 200)
    assert not subnet_of_a_network(alone.env).subnet_of(ipaddress.ip_network(POOL))


@since("1.39/swarm-init-subnetsize")
def test_networks_of_the_swarm_have_the_size(alone):
    body = {**swarm_addresses(), "DefaultAddrPool": [POOL], "SubnetSize": 27}
    answer = alone.api.post("/swarm/init", json=body)

    assert_status(answer, 200)
    assert subnet_of_a_network(alone.env).prefixlen == 27


@before("1.39/swarm-init-subnetsize")
def test_size_is_ignored(alone):
    body = {**swarm_addresses(), "DefaultAddrPool": [POOL], "SubnetSize": 27}
    answer = alone.api.post("/swarm/init", json=body)

    assert_status(answer, 200)
    assert subnet_of_a_network(alone.env).prefixlen != 27
