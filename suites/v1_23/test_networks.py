"""The network endpoints, as API v1.23 changed them: what is internal, and what has IPv6."""

import pytest

from conformance import array, assert_status, at, since


@pytest.fixture
def network_that_is(internal_network, local_network):
    """Returns the name of a shared network that is internal or not."""
    return lambda internal: internal_network if internal else local_network


@since("1.23/networks-inspect-internal")
@pytest.mark.parametrize("internal", [True, False], ids=["internal", "not internal"])
def test_inspect_says_whether_a_network_is_internal(api, network_that_is, internal):
    name = network_that_is(internal)

    document = api.get(f"/networks/{name}").json()

    assert at(document, "Internal") is internal


@since("1.23/networks-list-internal")
@pytest.mark.parametrize("internal", [True, False], ids=["internal", "not internal"])
def test_list_says_whether_a_network_is_internal(api, network_that_is, internal):
    name = network_that_is(internal)

    rows = array(api.get("/networks").json())

    assert [at(row, "Internal") for row in rows if at(row, "Name") == name] == [internal]


@since("1.23/networks-inspect-enableipv6")
def test_inspect_says_that_a_network_has_no_ipv6(api, network_that_is):
    name = network_that_is(False)

    document = api.get(f"/networks/{name}").json()

    assert at(document, "EnableIPv6") is False


@since("1.23/networks-inspect-enableipv6")
@pytest.mark.needs("ipv6")
def test_inspect_says_that_a_network_has_ipv6(api, network_with_ipv6):
    document = api.get(f"/networks/{network_with_ipv6[0]}").json()

    assert at(document, "EnableIPv6") is True


@since("1.23/networks-create-enableipv6")
def test_container_has_an_ipv6_address(api, env, ipv6_subnet, run_on_network, addresses_inside):
    name = env.reserve_name("network")

    ipam = {"Config": [{"Subnet": str(ipv6_subnet)}]}
    body = {"Name": name, "Driver": "bridge", "EnableIPv6": True, "IPAM": ipam}
    answer = api.post("/networks/create", json=body)

    assert_status(answer, 201)
    assert any(address.ip in ipv6_subnet for address in addresses_inside(run_on_network(name), 6))


@since("1.23/networks-create-enableipv6-label")
def test_a_label_enables_no_ipv6(api, env):
    name = env.reserve_name("network")

    labels = {"com.docker.network.enable_ipv6": "true"}
    answer = api.post("/networks/create", json={"Name": name, "Driver": "bridge", "Labels": labels})

    assert_status(answer, 201)
    assert at(env.get(f"/networks/{name}"), "EnableIPv6") is False
