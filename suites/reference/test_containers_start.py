"""POST /containers/(id)/start with a host configuration as its body, as the references up to v1.23 take it."""

import pytest

from conformance import array, assert_status, at, since
from conformance.testing import (
    KILLED_ON_STOP,
    Batch,
    SharedRequest,
    becomes_true,
    finish_started,
    is_running,
    look_at_effect,
    refusal_unless,
    start_body,
)

#: What the process shows: its mounts, a device, and what is in the volumes.
SHOW = (
    "cat /proc/mounts; ls -l /dev/another; cat /bound/file /data/file; "
    "touch /data/new && echo written into /data"
)
DEVICE = {"PathOnHost": "/dev/null", "PathInContainer": "/dev/another", "CgroupPermissions": "rwm"}


@pytest.fixture
def started_process(api, env, volume_source):
    """Posts a host configuration to a start request and returns the lines that the process writes."""
    group = {
        "Binds": [f"{env.share('volume to bind at start', env.create_volume)}:/bound"],
        "VolumesFrom": [f"{volume_source}:ro"],
        "Devices": [DEVICE],
    }

    def send(path, members):
        name = env.create_container("sh", "-c", SHOW)
        start = SharedRequest(api, "POST", path.format(id=name), json=start_body(env, **members))
        return look_at_effect(
            start, refusal_unless(204), lambda: finish_started(env, name).stdout.splitlines()
        )

    return Batch(env, api, "process with a host configuration at start", [group], send), group


@since("reference/containers-start-binds")
def test_the_volume_is_mounted(started_process):
    process, group = started_process

    lines = process.post("/containers/{id}/start", Binds=group["Binds"])

    assert any(line.split()[1:2] == ["/bound"] for line in lines)


@since("reference/containers-start-volumes-from")
def test_volumes_of_another_container_are_mounted_read_only(started_process):
    process, group = started_process

    lines = process.post("/containers/{id}/start", VolumesFrom=group["VolumesFrom"])

    assert ("in the volume" in lines, "written into /data" in lines) == (True, False)


@since("reference/containers-start-devices")
@pytest.mark.needs("host-root")
def test_the_device_is_there(started_process):
    process, group = started_process

    lines = process.post("/containers/{id}/start", Devices=group["Devices"])

    assert any(line.startswith("c") and line.endswith("/dev/another") for line in lines)


@since("reference/containers-start-ports")
@pytest.mark.parametrize("member", ["PortBindings", "PublishAllPorts"])
def test_a_port_is_published(api, env, member):
    name = env.create_container("sleep", "86400", ExposedPorts={"7/tcp": {}}, **KILLED_ON_STOP)
    host = {"PortBindings": {"7/tcp": [{"HostPort": ""}]}, "PublishAllPorts": True}

    answer = api.post(f"/containers/{name}/start", json={member: host[member]})

    assert_status(answer, 204)
    bindings = array(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports", "7/tcp")
    assert bindings and at(bindings[0], "HostPort")


@since("reference/containers-start-dns")
def test_the_process_asks_the_name_servers(api, env):
    name = env.create_container("cat", "/etc/resolv.conf")

    answer = api.post(f"/containers/{name}/start", json={"Dns": ["192.0.2.7"], **env.readable_log()})

    assert_status(answer, 204)
    assert "nameserver 192.0.2.7" in finish_started(env, name).stdout.splitlines()


@since("reference/containers-start-network-mode")
def test_the_container_gets_the_mode_of_the_network(api, env):
    name = env.create_container("ls", "/sys/class/net")

    answer = api.post(f"/containers/{name}/start", json={"NetworkMode": "none", **env.readable_log()})

    assert_status(answer, 204)
    shown = finish_started(env, name).stdout.split()
    assert "lo" in shown and not [interface for interface in shown if interface.startswith("eth")]


@since("reference/containers-start-restart-policy")
def test_a_container_is_restarted_by_the_policy(api, env):
    script = "test -e /ran && exec sleep 86400; touch /ran; sleep 0.1; exit 1"
    name = env.create_container("sh", "-c", script, **KILLED_ON_STOP)

    answer = api.post(
        f"/containers/{name}/start",
        json=start_body(env, RestartPolicy={"Name": "on-failure", "MaximumRetryCount": 3}),
    )

    assert_status(answer, 204)
    assert becomes_true(
        lambda: at(env.get(f"/containers/{name}/json"), "RestartCount") == 1 and is_running(env, name), 10
    )


@since("reference/containers-start-nothing-said")
@pytest.mark.parametrize("body", [b"", b"{}", b"null"], ids=["no body", "an empty object", "null"])
def test_a_body_that_says_nothing_starts_the_container_as_it_is(api, env, body):
    name = env.create_container("echo", "out")

    answer = api.post(f"/containers/{name}/start", body=body, headers={"Content-Type": "application/json"})

    assert_status(answer, 204)
    assert finish_started(env, name).stdout == "out\n"


@since("reference/containers-start-links")
def test_a_linked_container_is_found_by_its_alias(api, env):
    other = env.share("container to link to at start", lambda: _on_bridge(env))
    address = at(env.get(f"/containers/{other}/json"), "NetworkSettings", "Networks", "bridge", "IPAddress")
    name = env.create_container("cat", "/etc/hosts", HostConfig={"NetworkMode": "bridge"})

    answer = api.post(f"/containers/{name}/start", json={"Links": [f"{other}:alias"], **env.readable_log()})

    assert_status(answer, 204)
    rows = [line.split() for line in finish_started(env, name).stdout.splitlines()]
    assert [row[0] for row in rows if "alias" in row[1:]] == [address]


def _on_bridge(env):
    return env.create_container(
        "sleep", "86400", start=True, HostConfig={"NetworkMode": "bridge"}, **KILLED_ON_STOP
    )


@since("reference/containers-start-dns-search")
def test_the_process_searches_names_in_the_domains(api, env):
    name = env.create_container("cat", "/etc/resolv.conf")

    answer = api.post(
        f"/containers/{name}/start", json={"DnsSearch": ["search.example.test"], **env.readable_log()}
    )

    assert_status(answer, 204)
    assert "search search.example.test" in finish_started(env, name).stdout.splitlines()


@since("reference/containers-start-privileged")
@pytest.mark.usefixtures("privileged_host")
@pytest.mark.parametrize("privileged", [True, False])
def test_a_privileged_process_has_more_capabilities(api, env, privileged):
    show = ("grep", "CapEff", "/proc/self/status")
    name = env.create_container(*show)

    answer = api.post(f"/containers/{name}/start", json=start_body(env, Privileged=privileged))

    assert_status(answer, 204)
    shown, plain = (
        int(output.split()[1], 16)
        for output in (finish_started(env, name).stdout, env.execute(env.idle_container(), *show).stdout)
    )
    assert (shown > plain) is privileged, (
        f"expected {'more than' if privileged else 'no more than'} {plain:#x}, got {shown:#x}"
    )


@since("reference/containers-start-lxc-list")
def test_a_list_of_lxc_has_no_effect_on_another_driver(api, env):
    assert_no_effect(api, env, LxcConf=[{"Key": "lxc.utsname", "Value": "docker"}])


@since("reference/containers-start-lxc")
def test_a_configuration_of_lxc_has_no_effect_on_another_driver(api, env):
    assert_no_effect(api, env, LxcConf={"lxc.utsname": "docker"})


def assert_no_effect(api, env, **members):
    """Fail unless a container that is started with `members` has the host name of its create request."""
    name = env.create_container("hostname", own_network=True, Hostname="somehost")

    answer = api.post(f"/containers/{name}/start", json={**members, **env.readable_log()})

    assert_status(answer, 204)
    assert finish_started(env, name).stdout == "somehost\n"
