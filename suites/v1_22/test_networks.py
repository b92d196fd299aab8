"""The network endpoints, as API v1.22 changed them: filters, internal networks, subnets and options of IPAM."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import Unavailable


def listed(answer):
    return [at(row, "Name") for row in array(answer.json())]


@since("1.22/networks-filter-part")
@pytest.mark.parametrize(
    ("key", "part"),
    [
        pytest.param("name", slice(0, -1), id="beginning of the name"),
        pytest.param("name", slice(-7, -1), id="middle of the name"),
        pytest.param("id", slice(0, 12), id="beginning of the id"),
        pytest.param("id", slice(20, 40), id="middle of the id"),
    ],
)
def test_filter_takes_a_part_of_the_name_or_id(api, on_two_networks, key, part):
    first, second = on_two_networks.networks
    whole = first if key == "name" else on_two_networks.network_id

    names = listed(api.get("/networks", {"filters": {key: [whole[part]]}}))

    assert (first in names, second in names) == (True, False)


@since("1.22/networks-filter-type")
@pytest.mark.parametrize(("kind", "own"), [("custom", True), ("builtin", False)], ids=["custom", "builtin"])
def test_filter_type_tells_networks_of_users_from_those_of_the_daemon(api, on_two_networks, kind, own):
    names = listed(api.get("/networks", {"filters": {"type": [kind]}}))

    assert [name in names for name in (*on_two_networks.networks, "host")] == [own, own, not own]


@since("1.22/networks-filter-map")
def test_filter_is_taken_as_a_map(api, on_two_networks):
    names = listed(api.get("/networks", {"filters": {"type": {"custom": True}}}))

    assert [name in names for name in (*on_two_networks.networks, "host")] == [True, True, False]


@since("1.22/networks-inspect-container-name")
def test_inspect_names_the_container(api, on_two_networks):
    document = api.get(f"/networks/{on_two_networks.networks[0]}").json()

    assert at(document, "Containers", on_two_networks.container_id, "Name") == on_two_networks.container


#: A device of the host in place of a link to the outside. Who sends there makes the host look for the address by ARP.
LINK = "ip link add outside type bridge; ip addr add 198.51.100.1/24 dev outside; ip link set outside up"


@pytest.fixture
def sends_outside(env, daemon, internal_network):
    """Tells whether a packet of a container on a network gets to the outside of its host.

    Without a default route it does not; where an internal network has one, only the host shows it.
    """

    def is_routed(network, address="198.51.100.2"):
        cmd = ("sh", "-c", f"ping -c 1 -W 1 {address} > /dev/null; ip -4 route")
        container = env.create_container(*cmd, HostConfig={"NetworkMode": network, "CapAdd": ["NET_RAW"]})
        return "default" in env.start_and_wait(container).stdout

    def create_link():
        host = {"NetworkMode": "host", "UsernsMode": "host", "CapAdd": ["NET_ADMIN"]}
        name = env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL", HostConfig=host)
        env.execute(name, "sh", "-c", LINK)
        return name, iter(range(10, 250))

    def is_sent(network):
        host, numbers = env.share("link to the outside", create_link)
        address = f"198.51.100.{next(numbers)}"
        is_routed(network, address)
        return address in env.execute(host, "cat", "/proc/net/arp").stdout

    if not daemon.missing("private-daemon"):
        return is_sent
    if env.share("internal networks are routed", lambda: is_routed(internal_network)):
        raise Unavailable(
            "internal networks have a route here, so that it takes a daemon started by this run to see where it ends"
        )
    return is_routed


@since("1.22/networks-create-internal")
@pytest.mark.parametrize("internal", [True, False], ids=["internal", "not internal"])
def test_outside_is_out_of_reach_of_an_internal_network_alone(api, env, sends_outside, internal):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "Driver": "bridge", "Internal": internal})

    assert_status(answer, 201)
    assert sends_outside(name) is not internal


OPTIONS = {"foo": "bar", "com.example.other": "some value"}


@since("1.22/networks-create-ipam-options")
def test_network_keeps_the_options_of_ipam(api, env):
    name = env.reserve_name("network")

    ipam = {"Driver": "default", "Options": OPTIONS}
    answer = api.post("/networks/create", json={"Name": name, "Driver": "bridge", "IPAM": ipam})

    assert_status(answer, 201)
    kept = assert_type(env.get(f"/networks/{name}"), "IPAM.Options", dict)
    assert OPTIONS.items() <= kept.items()


@since("1.22/networks-inspect-ipam-options")
def test_inspect_shows_the_options_of_ipam(api, env):
    name = env.share(
        "network with options", lambda: env.create_network(IPAM={"Driver": "default", "Options": OPTIONS})
    )

    document = api.get(f"/networks/{name}").json()

    shown = assert_type(document, "IPAM.Options", dict)
    assert OPTIONS.items() <= shown.items()


@since("1.22/networks-inspect-subnets")
def test_inspect_shows_the_subnet_in_which_containers_have_their_addresses(
    api, on_two_networks, addresses_inside
):
    document = api.get(f"/networks/{on_two_networks.networks[0]}").json()

    subnet = assert_type(document, ("IPAM", "Config", 0, "Subnet"), str)
    assert subnet in {str(address.network) for address in addresses_inside(on_two_networks.container)}
