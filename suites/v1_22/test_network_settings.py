"""The networks of a container: in its create body, in its inspection and in the list, as API v1.22 changed them."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import assert_starts


def body(env, network, **addresses):
    """A create body for a container with chosen addresses on a network."""
    config = {"EndpointsConfig": {network: {"IPAMConfig": addresses}}}
    container = env.container_body(
        "sleep", "86400", StopSignal="SIGKILL", HostConfig={"NetworkMode": network}
    )
    return {**container, "NetworkingConfig": config}


@since("1.22/create-ipv4")
def test_container_has_the_chosen_address(api, env, network_with_subnet, addresses_inside):
    name, (network, subnet) = env.reserve_name("container"), network_with_subnet

    answer = api.post(
        "/containers/create", {"name": name}, json=body(env, network, IPv4Address=str(subnet[9]))
    )

    assert_status(answer, 201)
    assert_starts(env, name)
    assert subnet[9] in [address.ip for address in addresses_inside(name)]


@since("1.22/create-ipv6")
def test_container_has_the_chosen_ipv6_address(api, env, network_with_ipv6, addresses_inside):
    name, (network, subnet) = env.reserve_name("container"), network_with_ipv6

    address = str(subnet[0x3033])
    answer = api.post("/containers/create", {"name": name}, json=body(env, network, IPv6Address=address))

    assert_status(answer, 201)
    assert_starts(env, name)
    assert subnet[0x3033] in [inside.ip for inside in addresses_inside(name, 6)]


@since("1.22/inspect-networkid")
def test_inspect_tells_the_id_of_the_network(api, on_two_networks):
    document = api.get(f"/containers/{on_two_networks.container}/json").json()

    network = at(document, "NetworkSettings", "Networks", on_two_networks.networks[0])
    assert at(network, "NetworkID") == on_two_networks.network_id


@since("1.22/list-networks")
@pytest.mark.parametrize("which", [0, 1], ids=["first", "second"])
def test_list_has_each_network_with_the_address_on_it(api, on_two_networks, addresses_inside, which):
    rows = array(api.get("/containers/json").json())

    row = next((row for row in rows if at(row, "Id") == on_two_networks.container_id), None)
    assert row is not None, "the container is not listed"
    network = at(row, "NetworkSettings", "Networks", on_two_networks.networks[which])
    address = f"{assert_type(network, 'IPAddress', str)}/{assert_type(network, 'IPPrefixLen', int)}"
    assert address in {str(inside) for inside in addresses_inside(on_two_networks.container)}
