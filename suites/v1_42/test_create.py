"""POST /containers/create and /exec, as API v1.42 changed them: sizes of terminals, options of mounts, kernel memory."""

import pytest

from conformance import ABSENT, adopt_if_created, assert_status, at, before, since
from conformance.testing import run_created
from fixtures.limits import MIB

SIZE = [30, 99]


@since("1.42/create-consolesize")
def test_terminal_begins_with_the_size(api, env):
    name = env.reserve_name("container")

    body = env.container_body("stty", "size", Tty=True, HostConfig={"ConsoleSize": SIZE})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    env.wait_for_exit(name)
    assert env.client.get(f"/containers/{name}/logs", {"stdout": 1}).body.split() == [b"30", b"99"]


@since("1.42/exec-consolesize")
def test_terminal_of_an_exec_instance_begins_with_the_size(api, env):
    container = env.idle_container()

    created = api.post(
        f"/containers/{container}/exec",
        json={"AttachStdout": True, "Tty": True, "Cmd": ["stty", "size"], "ConsoleSize": SIZE},
    )

    assert_status(created, 201)
    instance = at(created.json(), "Id")
    with api.hijack("POST", f"/exec/{instance}/start", json={"Detach": False, "Tty": True}) as started:
        assert started.rest().split() == [b"30", b"99"]


@pytest.fixture
def missing_path(env):
    """A path on the daemon's host where nothing is, in a volume of this check's own, with which it goes."""
    return env.get(f"/volumes/{env.create_volume()}")["Mountpoint"] + "/missing"


def bind(source, **options):
    return {"Mounts": [{"Type": "bind", "Source": source, "Target": "/mnt", "BindOptions": options}]}


@since("1.42/mount-createmountpoint")
def test_missing_source_is_created(api, env, missing_path):
    name = env.reserve_name("container")

    body = env.container_body(
        "stat", "-c", "%F", "/mnt", HostConfig=bind(missing_path, CreateMountpoint=True)
    )
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "directory\n"


@before("1.42/mount-createmountpoint")
def test_missing_source_is_refused(api, env, missing_path):
    name = env.reserve_name("container")

    body = env.container_body("true", HostConfig=bind(missing_path, CreateMountpoint=True))
    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_status(answer, 400)


@since("1.42/mount-options-mismatch")
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("bind", {"VolumeOptions": {"NoCopy": True}}),
        ("bind", {"TmpfsOptions": {"SizeBytes": MIB}}),
        ("volume", {"BindOptions": {"NonRecursive": True}}),
        ("volume", {"TmpfsOptions": {"SizeBytes": MIB}}),
        ("tmpfs", {"BindOptions": {"NonRecursive": True}}),
        ("tmpfs", {"VolumeOptions": {"NoCopy": True}}),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_options_of_another_type_are_refused(api, env, kind, options):
    name = env.reserve_name("container")

    source = {} if kind == "tmpfs" else {"Source": "/" if kind == "bind" else env.create_volume()}
    mount = {"Type": kind, "Target": "/mnt", **source, **options}
    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"Mounts": [mount]})
    )

    adopt_if_created(env, "container", answer)
    assert_status(answer, 400)


@since("1.42/kernelmemory-ignored")
def test_kernel_memory_is_not_taken_at_create(api, env):
    name = env.reserve_name("container")

    body = env.container_body(HostConfig={"KernelMemory": 512 * MIB})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert at(api.get(f"/containers/{name}/json").json(), "HostConfig.KernelMemory") in (ABSENT, 0)


@since("1.42/kernelmemory-ignored")
def test_kernel_memory_is_not_taken_by_an_update(api, env):
    name = env.create_container()

    answer = api.post(f"/containers/{name}/update", json={"KernelMemory": 512 * MIB, "CpuShares": 512})

    assert_status(answer, 200)
    host = at(api.get(f"/containers/{name}/json").json(), "HostConfig")
    assert (at(host, "KernelMemory") in (ABSENT, 0), at(host, "CpuShares")) == (True, 512)


@since("1.42/inspect-no-kernelmemory")
def test_kernel_memory_is_left_out(api, env):
    host = at(api.get(f"/containers/{env.idle_container()}/json").json(), "HostConfig")

    assert (at(host, "KernelMemory"), at(host, "KernelMemoryTCP")) == (ABSENT, ABSENT)
