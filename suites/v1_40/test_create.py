"""POST /containers/create, as API v1.40 changed it: requests for devices, TCP buffers, and the default IPC mode."""

from conformance import assert_refused, assert_status, assert_success, before, since
from conformance.testing import KILLED_ON_STOP, assert_starts, run_created
from fixtures.limits import MIB


@since("1.40/devicerequests")
def test_container_whose_request_no_driver_meets_does_not_run(api, env):
    name = env.reserve_name("container")

    request = {"Driver": "", "Count": 1, "Capabilities": [["conformance-no-such-device"]]}
    body = env.container_body(HostConfig={"DeviceRequests": [request]})
    answer = api.post("/containers/create", {"name": name}, json=body)

    if answer.ok:
        answer = api.post(f"/containers/{name}/start")
    assert_refused(answer)


@since("1.40/kernelmemorytcp")
def test_tcp_buffers_are_limited(api, env):
    name = env.reserve_name("container")

    show = ("cat", "/sys/fs/cgroup/memory/memory.kmem.tcp.limit_in_bytes")
    body = env.container_body(*show, HostConfig={"KernelMemoryTCP": 8 * MIB})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == f"{8 * MIB}\n"


@since("1.40/ipcmode-default")
def test_ipc_namespace_is_private_by_default(api, env, join_ipc):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body("sleep", "86400", **KILLED_ON_STOP)
    )

    assert_status(answer, 201)
    assert_starts(env, name)
    assert_refused(join_ipc(name)[1])


@before("1.40/ipcmode-default")
def test_ipc_namespace_can_be_joined_unless_it_is_said(api, env, join_ipc):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body("sleep", "86400", **KILLED_ON_STOP)
    )

    assert_status(answer, 201)
    assert_starts(env, name)
    assert_success(join_ipc(name)[1])
