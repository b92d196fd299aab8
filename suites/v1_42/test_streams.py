"""Streams, as API v1.42 changed them: the media type tells frames from raw bytes, and a WebSocket has chosen streams."""

import pytest

from conformance import before, since
from conformance.testing import Key, WebSocket

UPGRADE = {"Connection": "Upgrade", "Upgrade": "tcp"}
#: Past output on one of the two streams.
STDOUT_ONLY = {"logs": 1, "stream": 0, "stdout": 1, "stderr": 0}
TERMINAL = pytest.mark.parametrize(
    ("tty", "media_type"),
    [(False, "application/vnd.docker.multiplexed-stream"), (True, "application/vnd.docker.raw-stream")],
    ids=["frames", "raw"],
)


@pytest.fixture
def talking_container(container_with_output, terminal_with_output):
    """Gives the name of a running container with or without a terminal that has written output."""
    return lambda tty: terminal_with_output if tty else container_with_output


@since("1.42/multiplexed-content-type")
@TERMINAL
def test_logs_have_the_type_of_their_stream(api, talking_container, tty, media_type):
    answer = api.get(f"/containers/{talking_container(tty)}/logs", {"stdout": 1, "stderr": 1})

    assert answer.header("Content-Type") == media_type


@since("1.42/multiplexed-content-type")
@TERMINAL
def test_attach_has_the_type_of_its_stream(api, talking_container, tty, media_type):
    path = f"/containers/{talking_container(tty)}/attach"
    with api.hijack("POST", path, {"stream": 1, "stdout": 1}, headers=UPGRADE) as attached:
        answer = attached.response

    assert answer.header("Content-Type") == media_type


@since("1.42/multiplexed-content-type")
@TERMINAL
def test_exec_has_the_type_of_its_stream(api, env, tty, media_type):
    instance = env.create_exec(env.idle_container(), "true", Tty=tty)

    body = {"Detach": False, "Tty": tty}
    with api.hijack("POST", f"/exec/{instance}/start", json=body, headers=UPGRADE) as started:
        answer = started.response

    assert answer.header("Content-Type") == media_type


@pytest.fixture
def key():
    """The nonce of a handshake."""
    return Key.new()


def read_to_end(attached, key):
    return b"".join(message.data for message in WebSocket(attached, key).messages())


@since("1.42/attach-ws-streams")
def test_only_chosen_streams_come(api, container_with_output, key):
    path = f"/containers/{container_with_output}/attach/ws"
    with api.hijack("GET", path, STDOUT_ONLY, headers=key.headers) as attached:
        said = read_to_end(attached, key)

    assert said == b"out\n"


@before("1.42/attach-ws-streams")
def test_all_streams_come(api, container_with_output, key):
    path = f"/containers/{container_with_output}/attach/ws"
    with api.hijack("GET", path, STDOUT_ONLY, headers=key.headers) as attached:
        said = read_to_end(attached, key)

    assert sorted(said.split()) == [b"err", b"out"]
