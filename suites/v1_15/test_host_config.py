"""HostConfig in POST /containers/create, as API v1.15 added it beside POST /containers/(id)/start."""

import pytest

from conformance import assert_status, at, before, since
from conformance.testing import SHOW_STATUS, finish_started, read_capabilities

ADDED = {"CapAdd": ["NET_ADMIN"]}


def create(api, env, host):
    """Create a container whose process shows its capabilities through `api`; returns its name."""
    name = env.reserve_name("container")
    assert_status(
        api.post(
            "/containers/create", {"name": name}, json=env.container_body(*SHOW_STATUS, HostConfig=host)
        ),
        201,
    )
    return name


@since("1.15/create-takes-host-config")
@pytest.mark.parametrize(
    ("member", "value"),
    [
        pytest.param("CapAdd", ["NET_ADMIN"], id="list"),
        pytest.param("Dns", ["192.0.2.7"], id="addresses"),
        pytest.param("Privileged", True, id="Privileged", marks=pytest.mark.needs("host-namespaces")),
        pytest.param("PublishAllPorts", True, id="PublishAllPorts"),
    ],
)
def test_inspect_shows_it_before_the_first_start(api, env, member, value):
    name = env.reserve_name("container")
    body = env.container_body(own_network=True, HostConfig={member: value})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = at(api.get(f"/containers/{name}/json").json(), "HostConfig", member)
    assert shown == value


@since("1.15/create-takes-host-config")
def test_a_start_without_a_body_applies_it(configured_container):
    container = configured_container.post("/containers/create", HostConfig={"CapAdd": ["NET_ADMIN"]})

    assert "NET_ADMIN" in read_capabilities(container.files["/proc/self/status"])


@before("1.15/create-takes-host-config")
def test_create_does_not_apply_it(api, env):
    name = create(api, env, ADDED)

    answer = api.post(f"/containers/{name}/start")

    assert_status(answer, 204)
    assert "NET_ADMIN" not in read_capabilities(finish_started(env, name).stdout)


@since("1.15/start-still-takes-host-config")
def test_start_applies_it(configured_at_start):
    result = configured_at_start.post("/containers/{id}/start", CapAdd=["NET_ADMIN", "SYS_TIME"])

    assert "NET_ADMIN" in read_capabilities(result.stdout)


@since("1.15/create-host-config-effects")
def test_dns_servers_and_domains_are_in_the_resolver_configuration(configured_container):
    container = configured_container.post(
        "/containers/create", HostConfig={"Dns": ["192.0.2.7"], "DnsSearch": ["search.invalid"]}
    )

    shown = container.files["/etc/resolv.conf"].splitlines()
    assert "nameserver 192.0.2.7" in shown
    assert "search search.invalid" in shown


@since("1.15/create-host-config-effects")
def test_extra_hosts_are_in_the_hosts_file(configured_container):
    container = configured_container.post(
        "/containers/create", HostConfig={"ExtraHosts": ["elsewhere:192.0.2.9"]}
    )

    rows = [line.split() for line in container.files["/etc/hosts"].splitlines()]
    assert ["192.0.2.9", "elsewhere"] in rows


@since("1.15/create-host-config-effects")
def test_volumes_come_from_the_other_container(configured_container, volume_source):
    container = configured_container.post("/containers/create", HostConfig={"VolumesFrom": [volume_source]})

    assert container.files["/data/file"] == "in the volume\n"


@since("1.15/create-host-config-effects")
def test_capabilities_are_added_and_dropped(configured_container):
    container = configured_container.post(
        "/containers/create", HostConfig={"CapAdd": ["NET_ADMIN"], "CapDrop": ["MKNOD"]}
    )

    found = read_capabilities(container.files["/proc/self/status"])
    assert ("NET_ADMIN" in found, "MKNOD" in found) == (True, False)


@since("1.15/create-host-config-effects")
@pytest.mark.needs("host-root")
def test_the_device_is_there_under_its_name(configured_container):
    device = {"PathOnHost": "/dev/null", "PathInContainer": "/dev/another", "CgroupPermissions": "rwm"}

    container = configured_container.post("/containers/create", HostConfig={"Devices": [device]})

    shown = container.files["/dev/another"]
    assert shown.startswith("c"), f"expected a character device, got {shown!r}"
    assert shown.split()[4:6] == ["1,", "3"], f"expected the device 1, 3, got {shown!r}"


@since("1.15/create-host-config-effects")
def test_exposed_ports_are_published(env, configured_container):
    container = configured_container.post("/containers/create", HostConfig={"PublishAllPorts": True})

    document = env.get(f"/containers/{container.name}/json")
    port = at(document, "NetworkSettings", "Ports", "7/tcp", 0, "HostPort")
    assert isinstance(port, str) and port.isdigit(), f"HostPort: expected digits, got {port!r}"
