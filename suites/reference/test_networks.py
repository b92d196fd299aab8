"""The network endpoints: what the reference of API v1.21 says of their bodies and answers."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import KILLED_ON_STOP


@since("reference/networks-create-empty-ipam")
@pytest.mark.parametrize(
    "ipam", [{}, {"Config": []}, {"Driver": "default"}], ids=["empty", "no config", "driver"]
)
def test_a_network_gets_a_subnet_where_ipam_gives_none(api, env, ipam):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "IPAM": ipam})

    assert_status(answer, 201)
    assert at(array(env.get(f"/networks/{name}"), "IPAM", "Config")[0], "Subnet")


@since("reference/networks-inspect-containers")
@pytest.mark.parametrize("member", ["EndpointID", "MacAddress"])
def test_inspect_shows_how_a_container_is_connected(api, env, on_two_networks, member):
    network = on_two_networks.networks[0]
    settings = at(env.get(f"/containers/{on_two_networks.container}/json"), "NetworkSettings", "Networks")

    document = api.get(f"/networks/{network}").json()

    connected = at(document, "Containers", on_two_networks.container_id)
    assert assert_type(connected, member, str) == at(settings, network, member)


@since("reference/networks-inspect-containers")
def test_inspect_shows_the_address_with_its_prefix(api, env, on_two_networks):
    network = on_two_networks.networks[0]
    settings = at(env.get(f"/containers/{on_two_networks.container}/json"), "NetworkSettings", "Networks")[
        network
    ]

    document = api.get(f"/networks/{network}").json()

    address = at(document, "Containers", on_two_networks.container_id, "IPv4Address")
    assert address == f"{assert_type(settings, 'IPAddress', str)}/{assert_type(settings, 'IPPrefixLen', int)}"


@since("reference/networks-inspect-subnet")
def test_inspect_shows_the_subnet_of_a_network_that_was_given_none(api, on_two_networks):
    document = api.get(f"/networks/{on_two_networks.networks[0]}").json()

    assert assert_type(array(document, "IPAM", "Config")[0], "Subnet", str).count("/") == 1


@since("reference/networks-predefined")
@pytest.mark.parametrize("driver", ["bridge", "host", "null"])
def test_list_has_the_predefined_network_of_the_driver(api, driver):
    rows = array(api.get("/networks").json())

    name = {"null": "none"}.get(driver, driver)
    assert (name, driver) in [(at(row, "Name"), at(row, "Driver")) for row in rows]


@since("reference/networks-delete-in-use")
def test_a_network_with_a_running_container_stays(api, env, run_on_network):
    network = env.create_network()
    run_on_network(network)

    answer = api.delete(f"/networks/{network}")

    assert answer.status >= 400, f"expected a refusal, got {answer.status}"
    assert_status(env.client.get(f"/networks/{network}"), 200)


@since("reference/networks-connect-again")
def test_a_second_connection_leaves_the_first(api, env, run_on_network):
    network = env.create_network()
    container = run_on_network(network)
    path = f"/containers/{container}/json"
    before = at(env.get(path), "NetworkSettings", "Networks", network, "IPAddress")

    api.post(f"/networks/{network}/connect", json={"Container": container})

    assert at(env.get(path), "NetworkSettings", "Networks", network, "IPAddress") == before
    assert len(at(env.get(f"/networks/{network}"), "Containers")) == 1


@since("reference/networks-connect-stopped")
def test_a_container_that_does_not_run_is_on_the_network_when_it_starts(api, env, addresses_inside):
    network = env.create_network()
    name = env.create_container("sleep", "86400", own_network=True, **KILLED_ON_STOP)

    answer = api.post(f"/networks/{network}/connect", json={"Container": name})

    assert_status(answer, 200)
    env.start(name)
    address = at(env.get(f"/containers/{name}/json"), "NetworkSettings", "Networks", network, "IPAddress")
    assert address in [str(seen.ip) for seen in addresses_inside(name)]
