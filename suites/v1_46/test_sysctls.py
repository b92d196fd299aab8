"""Kernel parameters of a network interface, as API v1.46 changed them."""

import pytest

from conformance import assert_status, since
from conformance.testing import run_created

SHOW = (
    "for i in $(ls /proc/sys/net/ipv4/conf); do echo $i $(cat /proc/sys/net/ipv4/conf/$i/log_martians); done"
)
LOGS = {"com.docker.network.endpoint.sysctls": "net.ipv4.conf.IFNAME.log_martians=1"}


def interfaces_that_log(text):
    """The interfaces, beside those that stand for all, whose parameter log_martians is 1."""
    rows = [line.split() for line in text.splitlines()]
    return [name for name, value in rows if value == "1" and name not in ("all", "default")]


@since("1.46/create-endpoint-sysctls")
def test_parameters_of_the_endpoint_are_set_at_create(api, env, two_networks):
    network, name = two_networks[0], env.reserve_name("container")

    body = env.container_body("sh", "-c", SHOW, HostConfig={"NetworkMode": network})
    body["NetworkingConfig"] = {"EndpointsConfig": {network: {"DriverOpts": LOGS}}}
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert interfaces_that_log(run_created(env, name).stdout) == ["eth0"]


@pytest.fixture
def container(env, two_networks):
    """The name of a running container on the first of two networks."""
    host = {"NetworkMode": two_networks[0]}
    return env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL", HostConfig=host)


@since("1.46/connect-endpoint-sysctls")
def test_parameters_of_the_endpoint_are_set_at_connect(api, env, two_networks, container):
    endpoint = {"Container": container, "EndpointConfig": {"DriverOpts": LOGS}}
    answer = api.post(f"/networks/{two_networks[1]}/connect", json=endpoint)

    assert_status(answer, 200)
    assert interfaces_that_log(env.execute(container, "sh", "-c", SHOW).stdout) == ["eth1"]


@since("1.46/sysctls-of-eth0")
def test_parameters_of_eth0_are_set_on_the_interface(api, env, two_networks):
    name = env.reserve_name("container")

    host = {"NetworkMode": two_networks[0], "Sysctls": {"net.ipv4.conf.eth0.log_martians": "1"}}
    body = env.container_body("sh", "-c", SHOW, HostConfig=host)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert interfaces_that_log(run_created(env, name).stdout) == ["eth0"]
