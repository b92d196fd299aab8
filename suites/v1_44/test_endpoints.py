"""Endpoints of containers on networks, as API v1.44 changed them: several at create, their addresses and names."""

from conformance import adopt_if_created, array, assert_status, assert_type, at, before, since
from conformance.testing import run_created

MAC = "02:42:ac:44:44:44"
#: Two mistakes in the configuration of one endpoint: each is an address, but of the other kind.
MISTAKES = {"IPAMConfig": {"IPv4Address": "fd44::4", "IPv6Address": "10.44.44.4"}}


@since("1.44/create-several-networks")
def test_container_is_attached_to_all(api, env, two_networks):
    name = env.reserve_name("container")

    members = {"NetworkingConfig": {"EndpointsConfig": {network: {} for network in two_networks}}}
    host = {"NetworkMode": two_networks[0]}
    body = env.container_body("ls", "/sys/class/net", HostConfig=host, **members)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert {"eth0", "eth1"} <= set(run_created(env, name).stdout.split())
    shown = assert_type(api.get(f"/containers/{name}/json").json(), "NetworkSettings.Networks", dict)
    assert set(shown) == set(two_networks)


@since("1.44/create-connect-validation")
def test_both_mistakes_are_named_at_create(api, env, two_networks):
    name = env.reserve_name("container")

    members = {"NetworkingConfig": {"EndpointsConfig": {two_networks[0]: MISTAKES}}}
    body = env.container_body(HostConfig={"NetworkMode": two_networks[0]}, **members)
    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_status(answer, 400)
    assert ("fd44::4" in answer.error, "10.44.44.4" in answer.error) == (True, True)


@since("1.44/create-connect-validation")
def test_both_mistakes_are_named_when_it_is_connected(api, env, two_networks):
    body = {"Container": env.create_container(own_network=True), "EndpointConfig": MISTAKES}

    answer = api.post(f"/networks/{two_networks[0]}/connect", json=body)

    assert_status(answer, 400)
    assert ("fd44::4" in answer.error, "10.44.44.4" in answer.error) == (True, True)


def with_address(env, network):
    members = {"NetworkingConfig": {"EndpointsConfig": {network: {"MacAddress": MAC}}}}
    host = {"NetworkMode": network}
    return env.container_body("cat", "/sys/class/net/eth0/address", HostConfig=host, **members)


@since("1.44/create-endpoint-macaddress")
def test_address_is_that_of_the_device(api, env, two_networks):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=with_address(env, two_networks[0]))

    assert_status(answer, 201)
    assert run_created(env, name).stdout.strip() == MAC


@before("1.44/create-endpoint-macaddress")
def test_address_of_an_endpoint_is_ignored(api, env, two_networks):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=with_address(env, two_networks[0]))

    assert_status(answer, 201)
    assert run_created(env, name).stdout.strip() not in (MAC, "")


@since("1.44/inspect-dnsnames")
def test_all_names_are_listed(api, env, two_networks):
    network = two_networks[1]
    members = {"NetworkingConfig": {"EndpointsConfig": {network: {"Aliases": ["alias"]}}}, "Hostname": "host"}
    name = env.create_container("sleep", "86400", start=True, HostConfig={"NetworkMode": network}, **members)

    document = api.get(f"/containers/{name}/json").json()

    names = array(document, "NetworkSettings", "Networks", network, "DNSNames")
    assert {name, "alias", "host", at(document, "Id")[:12]} <= set(names)
