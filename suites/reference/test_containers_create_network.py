"""The networks, ports and links of a container, as POST /containers/create describes them."""

import secrets

import pytest

from conformance import (
    adopt_if_created,
    array,
    assert_alive,
    assert_refused,
    assert_status,
    assert_type,
    at,
    since,
)
from conformance.testing import KILLED_ON_STOP, is_running, run_created
from fixtures.images import commit_configured_image


@since("reference/containers-create-network-none")
def test_a_container_without_a_network_has_the_loopback_alone(api, env):
    name = env.reserve_name("container")
    body = env.container_body("ls", "/sys/class/net", HostConfig={"NetworkMode": "none"})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout.split()
    assert "lo" in shown and not [interface for interface in shown if interface.startswith("eth")]


@since("reference/containers-create-network-disabled")
def test_a_container_whose_network_is_disabled_has_the_loopback_alone(api, env):
    name = env.reserve_name("container")
    body = env.container_body("ls", "/sys/class/net", NetworkDisabled=True)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout.split()
    assert not [interface for interface in shown if interface.startswith("eth")]


@since("reference/containers-create-network-container")
@pytest.mark.parametrize("by", ["id", "name"])
def test_a_container_joins_the_network_of_another(api, env, by):
    other = env.idle_container()
    shown = at(env.get(f"/containers/{other}/json"), "Name").lstrip("/") if by == "name" else other
    name = env.reserve_name("container")
    script = "cat /sys/class/net/*/address; readlink /proc/self/ns/net"
    body = env.container_body("sh", "-c", script, HostConfig={"NetworkMode": f"container:{shown}"})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == env.execute(other, "sh", "-c", script).stdout


@pytest.fixture
def host_client(env):
    """The name of a running container that is on the network of the host."""

    def make():
        host = {"NetworkMode": "host", "UsernsMode": "host"}
        return env.create_container("sleep", "86400", start=True, HostConfig=host, **KILLED_ON_STOP)

    return env.share("container on the network of the host", make)


@since("reference/containers-create-network-host")
@pytest.mark.needs("host-namespaces")
def test_a_container_on_the_network_of_the_host_shares_it_with_others_there(api, env, host_client):
    script = "readlink /proc/self/ns/net"
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", script, HostConfig={"NetworkMode": "host"})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout
    assert shown == env.execute(host_client, "sh", "-c", script).stdout
    assert shown != env.execute(env.idle_container(), "sh", "-c", script).stdout


@since("reference/containers-create-ports")
@pytest.mark.parametrize(
    "host",
    [{"PortBindings": {"7/tcp": [{"HostPort": ""}]}}, {"PublishAllPorts": True}],
    ids=["PortBindings", "PublishAllPorts"],
)
def test_the_process_is_reached_through_the_published_port(api, env, host, host_client):
    name = env.reserve_name("container")
    script = "while :; do echo from the container | nc -l -p 7; done"
    body = env.container_body(
        "sh",
        "-c",
        script,
        ExposedPorts={"7/tcp": {}},
        HostConfig=host,
        **KILLED_ON_STOP,
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    bindings = at(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports")["7/tcp"]
    port = assert_type(bindings, (0, "HostPort"), str)
    call = f"for _ in $(seq 20); do nc -w 1 127.0.0.1 {port} </dev/null && break; sleep 0.1; done"
    assert "from the container" in env.execute(host_client, "sh", "-c", call).stdout


@since("reference/containers-create-links")
def test_a_linked_container_is_found_by_its_alias(api, env):
    other = env.share("container to link to", lambda: _on_bridge(env))
    address = at(env.get(f"/containers/{other}/json"), "NetworkSettings", "Networks", "bridge", "IPAddress")
    name = env.reserve_name("container")
    host = {"NetworkMode": "bridge", "Links": [f"{other}:alias"]}
    body = env.container_body("cat", "/etc/hosts", HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    rows = [line.split() for line in run_created(env, name, must_write=True).stdout.splitlines()]
    assert [row[0] for row in rows if "alias" in row[1:]] == [address]


def _on_bridge(env):
    return env.create_container(
        "sleep", "86400", start=True, HostConfig={"NetworkMode": "bridge"}, **KILLED_ON_STOP
    )


@since("reference/containers-create-host-port")
def test_a_port_is_published_where_it_was_asked_for(api, env, host_client):
    port = find_free_port(env, host_client)
    name = env.reserve_name("container")
    body = env.container_body(
        "sh",
        "-c",
        "while :; do echo from the container | nc -l -p 7; done",
        ExposedPorts={"7/tcp": {}},
        HostConfig={"PortBindings": {"7/tcp": [{"HostPort": port}]}},
        **KILLED_ON_STOP,
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    bindings = array(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports", "7/tcp")
    assert {at(binding, "HostPort") for binding in bindings} == {port}
    call = f"for _ in $(seq 20); do nc -w 1 127.0.0.1 {port} </dev/null && break; sleep 0.1; done"
    assert "from the container" in env.execute(host_client, "sh", "-c", call).stdout


@since("reference/containers-create-port-freed")
@pytest.mark.parametrize("how", ["stopped", "removed"])
def test_a_port_is_free_again_when_its_container_is_gone(api, env, how, host_client):
    port = find_free_port(env, host_client)
    host = {"PortBindings": {"7/tcp": [{"HostPort": port}]}}
    members = {"own_network": True, "ExposedPorts": {"7/tcp": {}}, **KILLED_ON_STOP}
    first = env.create_container("sleep", "86400", start=True, HostConfig=host, **members)
    if how == "stopped":
        env.post(f"/containers/{first}/stop")
    else:
        env.require(env.client.delete(f"/containers/{first}", {"force": 1}))
    second = env.create_container("sleep", "86400", HostConfig=host, **members)

    answer = api.post(f"/containers/{second}/start")

    assert_status(answer, 204)
    ports = at(env.get(f"/containers/{second}/json"), "NetworkSettings", "Ports", "7/tcp")
    assert {at(binding, "HostPort") for binding in array(ports)} == {port}


@since("reference/containers-start-after-conflict")
def test_a_container_starts_once_the_port_that_it_wants_is_free(api, env, host_client):
    port = find_free_port(env, host_client)
    host = {"PortBindings": {"7/tcp": [{"HostPort": port}]}}
    members = {"own_network": True, "ExposedPorts": {"7/tcp": {}}, **KILLED_ON_STOP}
    first = env.create_container("sleep", "86400", start=True, HostConfig=host, **members)
    second = env.create_container("sleep", "86400", HostConfig=host, **members)

    refused = api.post(f"/containers/{second}/start")
    between = [is_running(env, name) for name in (first, second)]
    env.require(env.client.delete(f"/containers/{first}", {"force": 1}))
    answer = api.post(f"/containers/{second}/start")

    assert_refused(refused)
    assert between == [True, False], f"expected that the first alone runs, got {between}"
    assert_status(answer, 204)
    assert is_running(env, second)


def find_free_port(env, client):
    """A port of the host, as text, on which nothing listens and from which the kernel does not choose."""
    taken = env.execute(client, "sh", "-c", "cat /proc/net/tcp /proc/net/tcp6").stdout.upper()
    while f":{(port := 20000 + secrets.randbelow(10000)):04X} " in taken:
        pass
    return str(port)


MAC = "02:42:ac:22:00:07"


@since("reference/containers-create-mac-address-on-network")
def test_the_hardware_address_is_there_at_every_start(api, env, local_network):
    name = env.reserve_name("container")
    show = ("cat", "/sys/class/net/eth0/address")
    body = env.container_body(*show, MacAddress=MAC, HostConfig={"NetworkMode": local_network})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    run_created(env, name)
    assert env.start_and_wait(name).stdout.split() == [MAC, MAC]


@since("reference/containers-create-host-ip")
def test_a_port_is_published_at_the_address_that_was_asked_for(api, env, host_client):
    port = find_free_port(env, host_client)
    name = env.reserve_name("container")
    script = "while :; do echo from the container | nc -l -p 7; done"
    host = {"PortBindings": {"7/tcp": [{"HostIp": "127.0.0.2", "HostPort": port}]}}
    body = env.container_body(
        "sh", "-c", script, ExposedPorts={"7/tcp": {}}, HostConfig=host, **KILLED_ON_STOP
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    calls = [
        f"for _ in $(seq {times}); do nc -w 1 {address} {port} </dev/null && break; sleep 0.1; done"
        for address, times in (("127.0.0.2", 20), ("127.0.0.3", 1))
    ]
    reached = ["from the container" in env.execute(host_client, "sh", "-c", call).stdout for call in calls]
    assert reached == [True, False]


@since("reference/containers-create-port-udp")
def test_a_datagram_to_the_published_port_arrives(api, env, host_client):
    name = env.reserve_name("container")
    host = {"PortBindings": {"9/udp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}}
    body = env.container_body("sleep", "86400", ExposedPorts={"9/udp": {}}, HostConfig=host, **KILLED_ON_STOP)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    bindings = array(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports", "9/udp")
    port = assert_type(bindings, (0, "HostPort"), str)
    env.execute(host_client, "timeout", "2", "nslookup", "localhost", f"127.0.0.1:{port}")
    # The kernel counts the datagrams for which it found no process.
    counts = env.execute(name, "sh", "-c", "grep ^Udp: /proc/net/snmp").stdout.splitlines()
    names, values = (line.split() for line in counts)
    assert int(values[names.index("NoPorts")]) > 0


@since("reference/containers-create-publish-image-ports")
def test_ports_that_the_image_exposes_are_published(api, env):
    image = env.share(
        "image with a port", lambda: commit_configured_image(env, {"ExposedPorts": {"7/tcp": {}}})
    )
    name = env.reserve_name("container")
    body = env.container_body(
        "sleep", "86400", own_network=True, HostConfig={"PublishAllPorts": True}, **KILLED_ON_STOP
    )

    answer = api.post("/containers/create", {"name": name}, json={**body, "Image": image})

    assert_status(answer, 201)
    env.start(name)
    bindings = at(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports", "7/tcp")
    port = assert_type(bindings, (0, "HostPort"), str)
    assert port.isdecimal() and port != "0", f"expected a port of the host, got {port!r}"


@since("reference/containers-create-port-specs")
def test_port_specifications_may_be_null(api, env):
    name = env.reserve_name("container")
    body = env.container_body("echo", "out", PortSpecs=None)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "out\n"


@since("reference/containers-create-ports-ephemeral")
def test_a_port_that_the_engine_chooses_is_one_of_those_for_that(api, env, host_client):
    name = env.reserve_name("container")
    host = {"PublishAllPorts": True}
    body = env.container_body(
        "sleep", "86400", own_network=True, ExposedPorts={"7/tcp": {}}, HostConfig=host, **KILLED_ON_STOP
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    bindings = at(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports", "7/tcp")
    port = int(assert_type(bindings, (0, "HostPort"), str))
    shown = env.execute(host_client, "cat", "/proc/sys/net/ipv4/ip_local_port_range").stdout
    least, most = map(int, shown.split())
    assert least <= port <= most, f"expected a port from {least} to {most}, got {port}"


@since("reference/containers-create-bad-port")
def test_a_port_of_the_host_that_is_no_number_is_refused(api, env):
    name = env.reserve_name("container")
    host = {"PortBindings": {"7/tcp": [{"HostPort": "seven"}]}}

    answer = api.post("/containers/create", {"name": name}, json=env.container_body(HostConfig=host))

    adopt_if_created(env, "container", answer)
    assert_refused(answer)
    assert_alive(api)
