"""IpcMode in POST /containers/create, for which API v1.32 added values."""

from conformance import assert_refused, assert_status, assert_success, since
from conformance.testing import KILLED_ON_STOP, assert_starts, run_created

SHOW_SHM = ("sh", "-c", "grep -c ' /dev/shm ' /proc/mounts; ls /dev/shm")


@since("1.32/ipcmode-none")
def test_none_has_no_shared_memory(api, env):
    name = env.reserve_name("container")

    body = env.container_body(*SHOW_SHM, HostConfig={"IpcMode": "none"})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout.split() == ["0"]


@since("1.32/ipcmode-private")
def test_private_has_a_namespace_of_its_own(api, env):
    name = env.reserve_name("container")

    body = env.container_body("readlink", "/proc/self/ns/ipc", HostConfig={"IpcMode": "private"})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    namespaces = {
        env.execute(env.idle_container(), "readlink", "/proc/self/ns/ipc").stdout,
        run_created(env, name).stdout,
    }
    assert len(namespaces) == 2, namespaces


@since("1.32/ipcmode-private")
def test_private_cannot_be_joined(api, env, join_ipc):
    name = env.reserve_name("container")

    body = env.container_body("sleep", "86400", HostConfig={"IpcMode": "private"}, **KILLED_ON_STOP)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert_refused(join_ipc(name)[1])


@since("1.32/ipcmode-shareable")
def test_shareable_can_be_joined(api, env, join_ipc):
    name = env.reserve_name("container")

    script = "touch /dev/shm/shared; exec sleep 86400"
    body = env.container_body("sh", "-c", script, HostConfig={"IpcMode": "shareable"}, **KILLED_ON_STOP)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    other, started = join_ipc(name, *SHOW_SHM)
    assert_success(started)
    assert env.wait_for_end(other).stdout.split() == ["1", "shared"]
