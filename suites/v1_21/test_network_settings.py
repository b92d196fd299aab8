"""The networks of a container, in its create body and in GET /containers/(id)/json, as API v1.21 changed them."""

import ipaddress

import pytest

from conformance import ABSENT, after, assert_status, assert_type, at, since
from conformance.testing import assert_starts


@since("1.21/networkmode-custom")
def test_container_is_on_the_network_that_network_mode_names(
    api, env, on_two_networks, addresses_inside, listed_address
):
    network, name = on_two_networks.networks[0], env.reserve_name("container")
    body = env.container_body("sleep", "86400", StopSignal="SIGKILL", HostConfig={"NetworkMode": network})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert listed_address(network, name) in addresses_inside(name)


@since("1.21/inspect-networks")
@pytest.mark.parametrize("which", [0, 1], ids=["first", "second"])
def test_networks_has_the_settings_of_each(api, on_two_networks, addresses_inside, which):
    document = api.get(f"/containers/{on_two_networks.container}/json").json()

    settings = at(document, "NetworkSettings", "Networks", on_two_networks.networks[which])
    address = f"{assert_type(settings, 'IPAddress', str)}/{assert_type(settings, 'IPPrefixLen', int)}"
    assert address in {str(address) for address in addresses_inside(on_two_networks.container)}


@since("1.21/inspect-networks")
@pytest.mark.parametrize(
    "member", ["Gateway", "MacAddress", "EndpointID", "IPv6Gateway", "GlobalIPv6Address"]
)
def test_settings_of_a_network_have_the_member(api, on_two_networks, member):
    document = api.get(f"/containers/{on_two_networks.container}/json").json()

    assert_type(document, ("NetworkSettings", "Networks", on_two_networks.networks[0], member), str)


@pytest.fixture
def settings_inside(env):
    """The network settings that the process of the idle container finds; it is on the bridge only."""

    def make():
        script = "ip -o -4 addr show eth0; ip route | grep default; cat /sys/class/net/eth0/address"
        address, route, mac = env.execute(env.idle_container(), "sh", "-c", script).stdout.splitlines()
        own = ipaddress.ip_interface(address.split()[3])
        return {
            "IPAddress": str(own.ip),
            "IPPrefixLen": own.network.prefixlen,
            "Gateway": route.split()[2],
            "MacAddress": mac.strip(),
        }

    return env.share("network settings inside", make)


KEPT = ["Gateway", "IPAddress", "IPPrefixLen", "MacAddress"]
KEPT_IPV6 = ["EndpointID", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPv6Gateway"]


@since("1.21/inspect-network-fields-kept")
@pytest.mark.parametrize("member", KEPT)
def test_settings_are_returned_outside_networks_too(api, env, settings_inside, member):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert at(document, "NetworkSettings", member) == settings_inside[member]


@after("1.21/inspect-network-fields-kept")
@pytest.mark.parametrize("member", KEPT)
def test_settings_are_in_networks_alone(api, env, member):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert at(document, "NetworkSettings", member) is ABSENT


@since("1.21/inspect-network-fields-kept-ipv6")
@pytest.mark.parametrize("member", KEPT_IPV6)
def test_endpoint_and_ipv6_are_returned_outside_networks_too(api, env, member):
    settings = at(api.get(f"/containers/{env.idle_container()}/json").json(), "NetworkSettings")

    value = assert_type(settings, member, int if member.endswith("Len") else str)
    networks = assert_type(settings, "Networks", dict)
    assert len(networks) == 1
    assert value == at(*networks.values(), member)


@after("1.21/inspect-network-fields-kept-ipv6")
@pytest.mark.parametrize("member", KEPT_IPV6)
def test_endpoint_and_ipv6_are_in_networks_alone(api, env, member):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert at(document, "NetworkSettings", member) is ABSENT
