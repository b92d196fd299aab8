"""WebSocket without sockets: the client's handshake, and messages however they are split."""

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import generate_accept_token

from conformance.http.errors import Malformed
from conformance.http.messages import Response
from conformance.http.websocket import Key, Message, WebSocket
from conformance.model.errors import DaemonTimeout


class Wire:
    """A transport that has everything to be read already, and keeps what is sent."""

    def __init__(self, response, *pieces):
        self.response = response
        self.pieces = list(pieces)
        self.sent = b""

    def send(self, data):
        self.sent += data

    def read(self, timeout=10.0):
        if not self.pieces:
            raise DaemonTimeout(f"nothing came for {timeout:g} s")
        return self.pieces.pop(0)


def accepted(key, **changed):
    headers = {
        "Connection": "keep-alive, Upgrade",
        "Upgrade": "WebSocket",
        "Sec-WebSocket-Accept": generate_accept_token(key.value.encode()).decode(),
    }
    status = changed.pop("status", 101)
    return Response(status, headers=tuple((headers | changed).items()))


def server(*events):
    connection = Connection(ConnectionType.SERVER)
    return b"".join(connection.send(event) for event in events)


def test_a_handshake_is_accepted_with_the_token_of_its_key():
    key = Key.new()

    assert key.refusal(accepted(key)) == ""
    assert "Sec-WebSocket-Accept" in key.refusal(accepted(Key.new()))


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"status": 200}, "101"), ({"Upgrade": "tcp"}, "Upgrade"), ({"Connection": "close"}, "Connection")],
)
def test_a_handshake_that_does_not_upgrade_is_refused(changed, named):
    key = Key.new()

    with pytest.raises(Malformed, match=named):
        WebSocket(Wire(accepted(key, **changed)), key)


def test_messages_come_whole_however_they_are_split():
    key = Key.new()
    data = server(TextMessage("häl", message_finished=False), TextMessage("f"), BytesMessage(b"\xff"))
    data += server(CloseConnection(1000))
    wire = Wire(accepted(key), *[bytes([byte]) for byte in data])

    socket = WebSocket(wire, key)

    assert list(socket.messages()) == [Message("hälf".encode(), True), Message(b"\xff", False)]
    assert socket.close_code == 1000


def test_the_end_without_a_close_frame_has_no_close_code():
    key = Key.new()

    socket = WebSocket(Wire(accepted(key), server(BytesMessage(b"last")), b""), key)

    assert socket.read_until(b"never") == b"last"
    assert socket.close_code is None


def test_silence_is_the_transports_timeout():
    key = Key.new()

    with pytest.raises(DaemonTimeout):
        WebSocket(Wire(accepted(key)), key).message(1)


def test_what_is_no_frame_is_malformed():
    key = Key.new()

    with pytest.raises(Malformed, match="not WebSocket"):
        WebSocket(Wire(accepted(key), b"\xff\xffout\n"), key).message()


def test_a_ping_is_answered():
    key = Key.new()
    wire = Wire(accepted(key), server(Ping(b"hi")), server(TextMessage("x")))

    WebSocket(wire, key).message()

    peer = Connection(ConnectionType.SERVER)
    peer.receive_data(wire.sent)
    assert [event.payload for event in peer.events()] == [b"hi"]


@pytest.mark.parametrize("text", [True, False])
def test_what_is_sent_is_a_message_of_its_kind(text):
    key = Key.new()
    wire = Wire(accepted(key))

    WebSocket(wire, key).send(b"in", text=text)

    peer = Connection(ConnectionType.SERVER)
    peer.receive_data(wire.sent)
    assert [type(event) for event in peer.events()] == [TextMessage if text else BytesMessage]
