"""Networks, as API v1.48 changed them: whether they have IPv4, and which one is the way to others."""

import pytest

from conformance import array, assert_status, at, since
from conformance.testing import run_created


@since("1.48/networks-inspect-enableipv4")
def test_inspect_says_that_a_network_has_ipv4(api, local_network):
    document = api.get(f"/networks/{local_network}").json()

    assert at(document, "EnableIPv4") is True


@pytest.fixture
def networks(two_networks):
    """The names of two networks in their order."""
    return sorted(two_networks)


def read_gateway(env, network):
    """The IPv4 address of the gateway of a network."""
    return at(env.get(f"/networks/{network}"), "IPAM", "Config", 0, "Gateway")


SHOW_GATEWAY = ("sh", "-c", "ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p'")


@since("1.48/create-gwpriority")
@pytest.mark.parametrize(
    ("priorities", "chosen"), [((0, 1), 1), ((1, 0), 0), ((0, 0), 0)], ids=["second", "first", "same"]
)
def test_network_of_the_highest_priority_is_the_way_to_others(api, env, networks, priorities, chosen):
    name = env.reserve_name("container")

    endpoints = {key: {"GwPriority": number} for key, number in zip(networks, priorities, strict=True)}
    body = env.container_body(*SHOW_GATEWAY, HostConfig={"NetworkMode": networks[0]})
    answer = api.post(
        "/containers/create",
        {"name": name},
        json={**body, "NetworkingConfig": {"EndpointsConfig": endpoints}},
    )

    assert_status(answer, 201)
    assert run_created(env, name).stdout.strip() == read_gateway(env, networks[chosen])


@since("1.48/connect-gwpriority")
def test_connecting_with_the_highest_priority_changes_the_way_to_others(api, env, networks):
    name = env.create_container(*SHOW_GATEWAY, HostConfig={"NetworkMode": networks[0]})

    body = {"Container": name, "EndpointConfig": {"GwPriority": 1}}
    answer = api.post(f"/networks/{networks[1]}/connect", json=body)

    assert_status(answer, 200)
    assert run_created(env, name).stdout.strip() == read_gateway(env, networks[1])


@since("1.48/containers-gwpriority")
def test_list_has_the_priority(api, env, networks):
    def make():
        endpoints = {networks[0]: {"GwPriority": 7}}
        return env.create_container(
            HostConfig={"NetworkMode": networks[0]}, NetworkingConfig={"EndpointsConfig": endpoints}
        )

    name = env.share("container with a priority", make)

    [row] = api.get("/containers/json", {"all": 1, "filters": {"name": [name]}}).json()

    assert at(row, "NetworkSettings", "Networks", networks[0], "GwPriority") == 7


@pytest.fixture
def without_ipv4(ipv6_subnet):
    """Members of a create body: a network with addresses of IPv6 alone."""
    return {"EnableIPv4": False, "EnableIPv6": True, "IPAM": {"Config": [{"Subnet": str(ipv6_subnet)}]}}


@since("1.48/networks-create-enableipv4")
@pytest.mark.needs("ipv6")
def test_network_without_ipv4_has_no_subnet_of_it(configured_engine, without_ipv4):
    name = configured_engine.env.reserve_name("network")

    answer = configured_engine.api.post("/networks/create", json={"Name": name, **without_ipv4})

    assert_status(answer, 201)
    found = configured_engine.env.client.get(f"/networks/{name}")
    assert_status(found, 200)
    assert [at(row, "Subnet") for row in array(found.json(), "IPAM", "Config")] == [
        without_ipv4["IPAM"]["Config"][0]["Subnet"]
    ]
