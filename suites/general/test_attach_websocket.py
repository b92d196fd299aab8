"""GET /containers/(id)/attach/ws: the process's standard streams as WebSocket messages."""

import pytest

from conformance import assert_status, since
from conformance.testing import Key, WebSocket

ALL = {"logs": 0, "stream": 1, "stdin": 1, "stdout": 1, "stderr": 1}


@pytest.fixture
def key():
    """The nonce of a handshake."""
    return Key.new()


def attach(api, name, key, query=ALL):
    return api.hijack("GET", f"/containers/{name}/attach/ws", query, headers=key.headers)


@since("general/attach-over-websocket")
def test_the_handshake_is_that_of_rfc_6455(api, container_with_output, key):
    with attach(api, container_with_output, key) as attached:
        refusal = key.refusal(attached.response)

    assert refusal == ""


@since("general/attach-over-websocket")
def test_messages_are_input_and_output_is_messages(api, answering_container, key):
    with attach(api, answering_container, key) as attached:
        socket = WebSocket(attached, key)
        socket.send(b"this\n", text=True)
        socket.send(b"that\n", text=False)
        said = socket.read_until(b"got that\n")

    assert said == b"got this\ngot that\n"


@since("general/attach-over-websocket")
def test_past_output_comes_with_logs(api, container_with_output, key):
    with attach(api, container_with_output, key, {**ALL, "logs": 1}) as attached:
        said = WebSocket(attached, key).read_until(b"out\n")

    assert b"out\n" in said


@since("general/websocket-messages-are-text")
def test_output_is_in_text_messages(api, container_with_output, key):
    with attach(api, container_with_output, key, {**ALL, "logs": 1}) as attached:
        message = WebSocket(attached, key).message()

    assert message.text


@since("general/attach-over-websocket")
def test_attach_to_an_unknown_container_is_not_found(api, env, key):
    answer = api.get(f"/containers/{env.prefix}unknown/attach/ws", ALL, headers=key.headers)

    assert_status(answer, 404)
