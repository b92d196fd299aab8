"""Members of HostConfig in POST /containers/create of which each element counts, where several are given."""

from contextlib import suppress

import pytest

from conformance import assert_status, at, since
from conformance.testing import (
    Batch,
    FixtureError,
    SharedRequest,
    look_at_effect,
    read_capabilities,
    refusal_unless,
    run_created,
)

HOST = {
    "Dns": ["192.0.2.7", "192.0.2.8"],
    "DnsSearch": ["one.example.test", "two.example.test"],
    "ExtraHosts": ["first:192.0.2.9", "second:192.0.2.10"],
    "CapAdd": ["NET_ADMIN", "SYS_TIME"],
    "CapDrop": ["MKNOD", "CHOWN"],
    "Devices": [
        {"PathOnHost": "/dev/null", "PathInContainer": "/dev/first", "CgroupPermissions": "rwm"},
        {"PathOnHost": "/dev/zero", "PathInContainer": "/dev/second", "CgroupPermissions": "r"},
    ],
}
FILES = ("/etc/resolv.conf", "/etc/hosts", "/proc/self/status", "/outer/file", "/inner/file")
SCRIPT = (
    f"for f in {' '.join(FILES)}; do echo == $f; cat $f 2>/dev/null; done; "
    "echo == devices; ls /dev/first /dev/second 2>/dev/null; "
    "echo == written; for d in /outer /inner; do touch $d/new 2>/dev/null && echo $d; done"
)


@pytest.fixture
def parts(api, env):
    """Posts to /containers/create with members of HostConfig; returns what the process shows, in parts by name."""
    host = dict(HOST)
    with suppress(FixtureError):
        host["VolumesFrom"] = volumes_from(env)

    def send(path, members):
        name = env.reserve_name("container")
        body = env.container_body("sh", "-c", SCRIPT, own_network=True, HostConfig=members["HostConfig"])
        create = SharedRequest(api, "POST", path, {"name": name}, json=body)
        return look_at_effect(
            create, refusal_unless(201), lambda: run_created(env, name, must_write=True).stdout
        )

    batch = Batch(env, api, "members with several elements", [{"HostConfig": host}], send)

    def post(path, **members):
        shown = batch.post(path, HostConfig=members)
        return {
            part.partition("\n")[0]: part.partition("\n")[2].splitlines() for part in shown.split("== ")[1:]
        }

    return post


def volumes_from(env):
    """Two containers with volumes, as VolumesFrom names them; the volume of the second is mounted read-only."""

    def make(path):
        name = env.create_container("sh", "-c", f"echo in {path} > {path}/file", Volumes={path: {}})
        if env.start_and_wait(name).exit_code != 0:
            raise FixtureError("the process could not write into the volume")
        return name

    outer, inner = (
        env.share(("container with a volume at", path), lambda path=path: make(path))
        for path in ("/outer", "/inner")
    )
    return [outer, f"{inner}:ro"]


@since("reference/containers-create-several")
def test_every_name_server_and_domain_is_in_the_resolver_configuration(parts):
    shown = parts("/containers/create", Dns=HOST["Dns"], DnsSearch=HOST["DnsSearch"])["/etc/resolv.conf"]

    assert [line.split()[1] for line in shown if line.startswith("nameserver ")] == HOST["Dns"]
    assert "search one.example.test two.example.test" in shown


@since("reference/containers-create-several")
def test_every_extra_host_is_in_the_file_of_hosts(parts):
    shown = parts("/containers/create", ExtraHosts=HOST["ExtraHosts"])["/etc/hosts"]

    rows = [line.split() for line in shown]
    assert ["192.0.2.9", "first"] in rows and ["192.0.2.10", "second"] in rows


@since("reference/containers-create-several")
def test_every_capability_is_added_or_dropped(parts):
    shown = parts("/containers/create", CapAdd=HOST["CapAdd"], CapDrop=HOST["CapDrop"])["/proc/self/status"]

    found = read_capabilities("\n".join(shown))
    assert (set(HOST["CapAdd"]) - found, set(HOST["CapDrop"]) & found) == (set(), set())


@since("reference/containers-create-several")
@pytest.mark.needs("host-root")
def test_every_device_is_there(parts):
    shown = parts("/containers/create", Devices=HOST["Devices"])["devices"]

    assert shown == ["/dev/first", "/dev/second"]


@since("reference/containers-create-several")
def test_volumes_of_every_named_container_are_there_each_with_its_mode(env, parts):
    shown = parts("/containers/create", VolumesFrom=volumes_from(env))

    assert (shown["/outer/file"], shown["/inner/file"]) == (["in /outer"], ["in /inner"])
    assert shown["written"] == ["/outer"]


@since("reference/containers-create-links-several")
def test_each_linked_container_is_found_by_its_alias(api, env):
    others = [
        env.share(
            ("one of two containers to link to", number),
            lambda: env.create_container(
                "sleep", "86400", start=True, HostConfig={"NetworkMode": "bridge"}, StopSignal="SIGKILL"
            ),
        )
        for number in (1, 2)
    ]
    addresses = [
        at(env.get(f"/containers/{other}/json"), "NetworkSettings", "Networks", "bridge", "IPAddress")
        for other in others
    ]
    name = env.reserve_name("container")
    links = [f"{other}:alias{number}" for number, other in enumerate(others)]
    body = env.container_body("cat", "/etc/hosts", HostConfig={"NetworkMode": "bridge", "Links": links})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    rows = [line.split() for line in run_created(env, name, must_write=True).stdout.splitlines()]
    found = [[row[0] for row in rows if f"alias{number}" in row[1:]] for number in (0, 1)]
    assert found == [[address] for address in addresses]
