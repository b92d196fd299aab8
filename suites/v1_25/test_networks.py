"""The networks of containers and the network endpoints, as API v1.25 changed them."""

from datetime import datetime

import pytest

from conformance import adopt_if_created, array, assert_refused, assert_status, assert_type, at, since
from conformance.testing import read_clock, with_steady_clock


@since("1.25/create-ipamconfig-validation")
@pytest.mark.parametrize(
    ("member", "address"), [("IPv4Address", "10.1.2"), ("IPv4Address", "here"), ("IPv6Address", "fd00::1::2")]
)
def test_address_that_is_none_is_refused(api, env, on_two_networks, member, address):
    name, network = env.reserve_name("container"), on_two_networks.networks[0]

    body = env.container_body(
        HostConfig={"NetworkMode": network},
        NetworkingConfig={"EndpointsConfig": {network: {"IPAMConfig": {member: address}}}},
    )
    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_refused(answer)
    assert_status(env.client.get(f"/containers/{name}/json"), 404)


@since("1.25/networks-trailing-slash")
def test_slash_at_the_end_lists_all_networks(api, on_two_networks):
    answer = api.get("/networks/")

    assert_status(answer, 200)
    names = [at(row, "Name") for row in array(answer.json())]
    assert [name in names for name in (*on_two_networks.networks, "host")] == [True] * 3


@since("1.25/network-inspect-created")
def test_inspect_has_the_time_of_creation(api, env):
    def make():
        before = read_clock(env)
        return before, env.create_network(), read_clock(env)

    before, network, after = env.share("network with a time", lambda: with_steady_clock(env, make))

    created = assert_type(api.get(f"/networks/{network}").json(), "Created", str)

    assert before - 1 <= datetime.fromisoformat(created).timestamp() <= after + 1


@since("1.25/networks-create-bad-parameter")
@pytest.mark.parametrize(
    "members", [{"Options": "some"}, {"IPAM": []}, {"Labels": 7}], ids=["Options", "IPAM", "Labels"]
)
def test_network_with_a_member_of_a_wrong_type_is_a_bad_parameter(api, env, members):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "Driver": "bridge", **members})

    adopt_if_created(env, "network", answer)
    assert_status(answer, 400)
