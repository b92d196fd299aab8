"""POST /networks/create, as the reference of API v1.41 describes it: the configuration of one network for others."""

import pytest

from conformance import assert_refused, assert_status, at, since


@pytest.fixture
def configuration(env, free_subnet):
    """The name of a network that is a configuration only, and its subnet."""
    name = env.create_network(ConfigOnly=True, IPAM={"Config": [{"Subnet": str(free_subnet)}]})
    return name, str(free_subnet)


@since("1.41/networks-create-configonly")
def test_a_configuration_is_no_network_of_a_container(api, env, free_subnet):
    name = env.reserve_name("network")

    body = {"Name": name, "ConfigOnly": True, "IPAM": {"Config": [{"Subnet": str(free_subnet)}]}}
    answer = api.post("/networks/create", json=body)

    assert_status(answer, 201)
    container = env.create_container(HostConfig={"NetworkMode": name})
    assert_refused(env.client.post(f"/containers/{container}/start"))


@since("1.41/networks-create-configfrom")
def test_network_has_the_subnet_of_the_configuration(api, env, configuration):
    source, subnet = configuration
    name = env.reserve_name("network")

    body = {"Name": name, "Driver": "bridge", "ConfigFrom": {"Network": source}}
    answer = api.post("/networks/create", json=body)

    assert_status(answer, 201)
    assert at(env.get(f"/networks/{name}"), "IPAM", "Config", 0, "Subnet") == subnet
