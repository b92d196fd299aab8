"""WebSocket (RFC 6455) over a hijacked connection: the opening handshake, messages in both directions. No sockets.

wsproto reads and writes the frames. The handshake is checked here, so that a wrong answer is a finding and not an
exception of a library. Only ``GET /containers/(id)/attach/ws`` uses it.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError, generate_accept_token

from conformance.http.errors import Malformed
from conformance.http.messages import Headers, Response

NORMAL_CLOSURE = 1000


class Transport(Protocol):
    """A hijacked exchange, as ``Client.hijack`` gives it."""

    response: Response

    def send(self, data: bytes) -> None:
        """Write bytes."""

    def read(self, timeout: float = ...) -> bytes:
        """Some bytes, or b"" at the end; raises DaemonTimeout after `timeout` seconds."""


class Message(NamedTuple):
    """A message from the daemon; `text` tells a text message from a binary one, `data` are its bytes (text: UTF-8)."""

    data: bytes
    text: bool


class Key(NamedTuple):
    """The nonce of an opening handshake: 16 random bytes in Base64 (RFC 6455, section 4.1)."""

    value: str

    @classmethod
    def new(cls) -> Key:
        """A nonce that was not used before."""
        return cls(base64.b64encode(secrets.token_bytes(16)).decode())

    @property
    def headers(self) -> Headers:
        """The headers of a request that asks for the protocol."""
        return (
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", self.value),
            ("Origin", "http://localhost"),
        )

    def refusal(self, response: Response) -> str:
        """Why `response` does not open the connection (RFC 6455, section 4.1, what the client checks); "" if it does."""
        if response.status != 101:
            return f"expected status 101, got {response.status}: {response.error}"
        if (response.header("Upgrade") or "").lower() != "websocket":
            return f"header Upgrade: expected websocket, got {response.header('Upgrade')!r}"
        if "upgrade" not in (response.header("Connection") or "").lower().replace(" ", "").split(","):
            return f"header Connection: expected upgrade, got {response.header('Connection')!r}"
        expected = generate_accept_token(self.value.encode()).decode()
        if response.header("Sec-WebSocket-Accept") != expected:
            return f"header Sec-WebSocket-Accept: expected {expected!r}, got {response.header('Sec-WebSocket-Accept')!r}"
        return ""


class WebSocket:
    """An open connection over `transport`, whose handshake was made with `key`. Raises Malformed if it was refused."""

    def __init__(self, transport: Transport, key: Key) -> None:
        refusal = key.refusal(transport.response)
        if refusal:
            raise Malformed(refusal)
        self._transport = transport
        self._connection = Connection(ConnectionType.CLIENT)
        self._pieces: list[bytes] = []
        self._ready: list[Message] = []
        self._over = False
        self.close_code: int | None = None

    def send(self, data: bytes, *, text: bool = False) -> None:
        """Send one message."""
        event = TextMessage(data.decode()) if text else BytesMessage(data)
        self._transport.send(self._connection.send(event))

    def close(self) -> None:
        """Send a close frame."""
        self._transport.send(self._connection.send(CloseConnection(NORMAL_CLOSURE)))

    def message(self, timeout: float = 10.0) -> Message | None:
        """The next message, or None at the end. Raises DaemonTimeout, or Malformed for what is no WebSocket frame.

        `close_code` is then what the daemon gave in its close frame, or None when the connection ended without one.
        """
        ends = time.monotonic() + timeout
        while not self._ready and not self._over:
            data = self._transport.read(ends - time.monotonic())
            if data:
                self._receive(data)
            else:
                self._over = True
        return self._ready.pop(0) if self._ready else None

    def messages(self, timeout: float = 10.0) -> Iterator[Message]:
        """Every message to the end. Raises DaemonTimeout when it has not ended in time, or Malformed."""
        ends = time.monotonic() + timeout
        while (message := self.message(ends - time.monotonic())) is not None:
            yield message

    def read_until(self, needle: bytes, timeout: float = 10.0) -> bytes:
        """The data of messages, joined, up to the one with which `needle` has come, or to the end."""
        ends = time.monotonic() + timeout
        data = b""
        while needle not in data and (message := self.message(ends - time.monotonic())) is not None:
            data += message.data
        return data

    def _receive(self, data: bytes) -> None:
        try:
            self._connection.receive_data(data)
            for event in self._connection.events():
                if isinstance(event, Ping):
                    self._transport.send(self._connection.send(event.response()))
                elif isinstance(event, CloseConnection):
                    # wsproto reports a frame that it cannot read by the same event, and stays open
                    if self._connection.state is ConnectionState.OPEN:
                        raise Malformed(f"not WebSocket: {event.reason}: {data[:40]!r}")
                    self.close_code = event.code
                    self._over = True
                elif isinstance(event, TextMessage | BytesMessage):
                    self._add(event)
        except (RemoteProtocolError, LocalProtocolError) as error:
            raise Malformed(f"not WebSocket: {error}: {data[:40]!r}") from None

    def _add(self, event: TextMessage | BytesMessage) -> None:
        text = isinstance(event, TextMessage)
        self._pieces.append(event.data.encode() if isinstance(event, TextMessage) else bytes(event.data))
        if event.message_finished:
            self._ready.append(Message(b"".join(self._pieces), text))
            self._pieces = []
