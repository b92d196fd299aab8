"""The keys with which a client leaves a container or an exec instance, which API v1.22 lets it choose."""

import pytest

from conformance import assert_status, assert_type, since
from conformance.testing import Key, WebSocket, is_running, wait_for_output

ALL = {"stream": 1, "stdin": 1, "stdout": 1}
#: How a key is written, and the byte that a terminal sends for it.
KEYS = pytest.mark.parametrize(("key", "byte"), [("Q", b"Q"), ("ctrl-x", b"\x18")], ids=["letter", "ctrl"])


@since("1.22/attach-detachkeys")
@KEYS
def test_key_leaves_the_container(api, env, terminal_echo_container, key, byte):
    path = f"/containers/{terminal_echo_container}/attach"

    with api.hijack("POST", path, {**ALL, "detachKeys": key}) as attached:
        attached.send(b"here\n")
        wait_for_output(attached, b"here", tty=True)
        attached.send(byte)
        attached.rest(5)

    assert is_running(env, terminal_echo_container)


@since("1.22/attach-ws-detachkeys")
@KEYS
def test_key_leaves_the_container_over_websocket(api, env, terminal_echo_container, key, byte):
    nonce, path = Key.new(), f"/containers/{terminal_echo_container}/attach/ws"

    with api.hijack("GET", path, {**ALL, "detachKeys": key}, headers=nonce.headers) as attached:
        socket = WebSocket(attached, nonce)
        socket.send(b"here\n")
        socket.read_until(b"here")
        socket.send(byte)
        list(socket.messages(5))

    assert is_running(env, terminal_echo_container)


@since("1.22/exec-detachkeys")
@KEYS
def test_key_leaves_the_exec_instance(api, env, key, byte):
    body = {
        "AttachStdin": True,
        "AttachStdout": True,
        "Tty": True,
        "Cmd": ["sh", "-c", "echo here; exec sleep 86400"],
        "DetachKeys": key,
    }
    container = env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")
    answer = api.post(f"/containers/{container}/exec", json=body)

    assert_status(answer, 201)
    instance = assert_type(answer.json(), "Id", str)
    with api.hijack("POST", f"/exec/{instance}/start", json={"Detach": False, "Tty": True}) as started:
        wait_for_output(started, b"here", tty=True)
        started.send(byte)
        started.rest(5)

    assert started.response.complete, "expected the stream to end"


@since("1.22/start-detachkeys")
def test_key_that_start_names_leaves_the_container(api, env):
    name = env.create_container("cat", OpenStdin=True, Tty=True, StopSignal="SIGKILL")

    answer = api.post(f"/containers/{name}/start", {"detachKeys": "ctrl-x"})

    assert_status(answer, 204)
    with api.hijack("POST", f"/containers/{name}/attach", ALL) as attached:
        attached.send(b"here\n\x18")
        attached.rest(3)
    assert is_running(env, name)
