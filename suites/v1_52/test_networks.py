"""Networks, as API v1.52 changed them: the use of subnets, empty lists of ports, addresses of containers."""

import ipaddress

import pytest

from conformance import ABSENT, array, assert_status, assert_type, at, before, since
from conformance.testing import run_created

MAC = "02:42:ac:52:52:52"
#: Members of NetworkSettings that are in Networks, or nowhere.
LEGACY = (
    "Bridge",
    "HairpinMode",
    "LinkLocalIPv6Address",
    "LinkLocalIPv6PrefixLen",
    "SecondaryIPAddresses",
    "SecondaryIPv6Addresses",
    "EndpointID",
    "Gateway",
    "GlobalIPv6Address",
    "GlobalIPv6PrefixLen",
    "IPAddress",
    "IPPrefixLen",
    "IPv6Gateway",
    "MacAddress",
)


@since("1.52/network-inspect-status")
def test_use_of_each_subnet_is_counted(api, on_two_networks):
    document = api.get(f"/networks/{on_two_networks.networks[0]}").json()

    subnets = assert_type(document, "Status.IPAM.Subnets", dict)
    assert len(subnets) == len(array(document, "IPAM", "Config"))
    for subnet, use in subnets.items():
        in_use, left = (assert_type(use, member, int) for member in ("IPsInUse", "DynamicIPsAvailable"))
        assert 0 < in_use < in_use + left <= ipaddress.ip_network(subnet).num_addresses


def create_with_empty_list(api, env):
    name = env.reserve_name("container")
    body = env.container_body(
        own_network=True, ExposedPorts={"7/tcp": {}}, HostConfig={"PortBindings": {"7/tcp": []}}
    )
    return api.post("/containers/create", {"name": name}, json=body)


@since("1.52/portbindings-empty-warning")
def test_empty_list_of_bindings_is_warned_of(api, env, read_warnings):
    answer = create_with_empty_list(api, env)

    assert_status(answer, 201)
    assert_type(answer.json(), "Warnings", list)
    assert read_warnings(answer), "expected a warning, got none"


@before("1.52/portbindings-empty-warning")
def test_empty_list_of_bindings_is_taken_in_silence(api, env, read_warnings):
    answer = create_with_empty_list(api, env)

    assert_status(answer, 201)
    assert read_warnings(answer) == []


@since("1.52/networksettings-members")
@pytest.mark.parametrize("member", LEGACY)
def test_addresses_are_in_networks_only(api, on_two_networks, member):
    document = api.get(f"/containers/{on_two_networks.container}/json").json()

    assert at(document, "NetworkSettings", member) is ABSENT


@since("1.52/create-no-macaddress")
def test_address_of_the_whole_container_is_not_taken(api, env):
    name = env.reserve_name("container")

    body = env.container_body("cat", "/sys/class/net/eth0/address", own_network=True, MacAddress=MAC)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout.strip() not in (MAC, "")
