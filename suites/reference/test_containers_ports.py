"""Ports of a container: several at once, and what becomes of them when the container stops and starts."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import KILLED_ON_STOP
from fixtures.rows import find_row

LOCAL = "127.0.0.1"


def create(api, env, host, *ports):
    """Create and start a container with exposed ports; returns its name and what inspect shows of its ports."""
    name = env.reserve_name("container")
    body = env.container_body(
        "sleep", "86400", ExposedPorts={port: {} for port in ports}, HostConfig=host, **KILLED_ON_STOP
    )
    answer = api.post("/containers/create", {"name": name}, json=body)
    assert_status(answer, 201)
    env.start(name)
    return name, assert_type(env.get(f"/containers/{name}/json"), "NetworkSettings.Ports", dict)


def host_ports(shown, port):
    """Addresses and ports of the host, as text, at which a port is published."""
    return {(at(binding, "HostIp"), assert_type(binding, "HostPort", str)) for binding in array(shown, port)}


@since("reference/containers-create-ports-several")
def test_every_exposed_port_is_published(api, env):
    _, shown = create(api, env, {"PublishAllPorts": True}, "7/tcp", "8/tcp", "9/udp")

    found = {port: host_ports(shown, port) for port in ("7/tcp", "8/tcp", "9/udp")}
    assert all(found.values()), f"expected a port of the host for each, got {found}"
    assert not found["7/tcp"] & found["8/tcp"]


@since("reference/containers-create-ports-several")
def test_only_the_ports_with_bindings_are_published(api, env):
    binding = [{"HostIp": LOCAL, "HostPort": ""}]
    host = {"PortBindings": {"7/tcp": binding, "9/udp": binding}}

    _, shown = create(api, env, host, "7/tcp", "8/tcp", "9/udp")

    assert (len(array(shown, "7/tcp")), len(array(shown, "9/udp"))) == (1, 1)
    assert not at(shown, "8/tcp")


@since("reference/containers-create-ports-several")
def test_a_port_with_two_bindings_is_published_twice(api, env):
    host = {
        "PortBindings": {
            "7/tcp": [{"HostIp": LOCAL, "HostPort": ""}, {"HostIp": "127.0.0.2", "HostPort": ""}]
        }
    }

    _, shown = create(api, env, host, "7/tcp")

    assert {at(binding, "HostIp") for binding in array(shown, "7/tcp")} == {LOCAL, "127.0.0.2"}


@since("reference/containers-ports-released")
@pytest.mark.parametrize("look", ["inspect", "list"])
def test_a_stopped_container_has_no_port_of_the_host(api, env, look):
    def make():
        host = {"PortBindings": {"7/tcp": [{"HostIp": LOCAL, "HostPort": ""}]}}
        name = env.create_container(
            "sleep", "86400", start=True, ExposedPorts={"7/tcp": {}}, HostConfig=host, **KILLED_ON_STOP
        )
        env.post(f"/containers/{name}/stop")
        return at(env.get(f"/containers/{name}/json"), "Id")

    container = env.share("container that has published a port", make)

    if look == "inspect":
        document = api.get(f"/containers/{container}/json").json()
        assert not at(document, "NetworkSettings", "Ports", "7/tcp")
    else:
        row = find_row(array(api.get("/containers/json", {"all": 1}).json()), "Id", container)
        assert array(row, "Ports") == []


@since("reference/containers-ports-released")
@pytest.mark.parametrize("actions", [["restart"], ["stop", "start"]], ids="-".join)
def test_a_container_that_starts_anew_publishes_its_port_again(api, env, actions):
    host = {"PortBindings": {"7/tcp": [{"HostIp": LOCAL, "HostPort": ""}]}}
    name = env.create_container(
        "sleep", "86400", start=True, ExposedPorts={"7/tcp": {}}, HostConfig=host, **KILLED_ON_STOP
    )

    answers = [api.post(f"/containers/{name}/{action}") for action in actions]

    assert [answer.status for answer in answers] == [204] * len(actions)
    document = api.get(f"/containers/{name}/json").json()
    assert host_ports(at(document, "NetworkSettings", "Ports"), "7/tcp")


@since("reference/containers-list-ports")
def test_row_has_every_published_port(api, env):
    def make():
        name, shown = create(env.client, env, {"PublishAllPorts": True}, "7/tcp", "8/tcp", "9/udp")
        ports = {
            (int(port.partition("/")[0]), int(number), port.partition("/")[2])
            for port in ("7/tcp", "8/tcp", "9/udp")
            for _, number in host_ports(shown, port)
        }
        return at(env.get(f"/containers/{name}/json"), "Id"), ports

    container, ports = env.share("container with several published ports", make)

    row = find_row(array(api.get("/containers/json").json()), "Id", container)

    rows = array(row, "Ports")
    assert {(at(port, "PrivatePort"), at(port, "PublicPort"), at(port, "Type")) for port in rows} == ports
