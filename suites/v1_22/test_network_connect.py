"""POST /networks/(id)/connect and disconnect, as API v1.22 changed them: chosen addresses, and Force."""

import pytest

from conformance import assert_status, at, since


@since("1.22/networks-connect-ipv4")
def test_container_has_the_chosen_address(api, run_on_network, network_with_subnet, addresses_inside):
    network, subnet = network_with_subnet
    container = run_on_network()

    config = {"IPAMConfig": {"IPv4Address": str(subnet[9])}}
    answer = api.post(f"/networks/{network}/connect", json={"Container": container, "EndpointConfig": config})

    assert_status(answer, 200)
    assert subnet[9] in [address.ip for address in addresses_inside(container)]


@since("1.22/networks-connect-ipv6")
def test_container_has_the_chosen_ipv6_address(api, run_on_network, network_with_ipv6, addresses_inside):
    network, subnet = network_with_ipv6
    container = run_on_network()

    config = {"IPAMConfig": {"IPv6Address": str(subnet[0x3033])}}
    answer = api.post(f"/networks/{network}/connect", json={"Container": container, "EndpointConfig": config})

    assert_status(answer, 200)
    assert subnet[0x3033] in [address.ip for address in addresses_inside(container, 6)]


@since("1.22/networks-disconnect-force")
@pytest.mark.parametrize("force", [True, False], ids=["forced", "not forced"])
def test_running_container_is_taken_off(api, env, run_on_network, addresses_inside, listed_address, force):
    network = env.create_network()
    container = run_on_network(network)
    address = listed_address(network, container)

    answer = api.post(f"/networks/{network}/disconnect", json={"Container": container, "Force": force})

    assert_status(answer, 200)
    assert address not in addresses_inside(container), "the process still has its address"


@since("1.22/networks-disconnect-force")
def test_stopped_container_is_taken_off(api, env):
    network = env.create_network()
    container = env.create_container(HostConfig={"NetworkMode": network})
    env.start_and_wait(container)

    answer = api.post(f"/networks/{network}/disconnect", json={"Container": container, "Force": True})

    assert_status(answer, 200)
    assert network not in (at(env.get(f"/containers/{container}/json"), "NetworkSettings", "Networks") or {})
