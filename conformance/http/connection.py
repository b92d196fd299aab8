"""One HTTP/1.1 connection: h11 over a socket, with a timeout for everything.

h11 keeps the protocol strict and returns, byte for byte, what follows a hijack. This module moves bytes and watches the
clock; it knows neither the API nor JSON.

A readable socket is no sign of an answer: over TLS the bytes may be a session ticket or a key update. So whatever has
come is read without waiting, and only bytes that the TLS layer delivers are an answer.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections import deque

import h11

from conformance.http.endpoint import Endpoint
from conformance.http.messages import Request, Response
from conformance.http.sizes import Sizes
from conformance.http.timeouts import Timeouts
from conformance.model.errors import (
    BodyTooLarge,
    ConnectionLost,
    DaemonFault,
    DaemonTimeout,
    ProtocolViolation,
)

_BLOCK = 64 * 1024
_MAX_INTERIM = 20
_MAX_HEADERS = 64 * 1024
#: How a TLS record with an alert begins: what a TLS server sends to a client that speaks plain HTTP.
_TLS_ALERT = b"\x15\x03"
_Event = h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]
#: What a socket that must not block raises when it would have to wait.
_WOULD_WAIT = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Connection:
    """A connection that can carry several exchanges, or be hijacked by one. Not shared between threads."""

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts, sizes: Sizes) -> None:
        self.timeouts = timeouts
        self.sizes = sizes
        self.socket = endpoint.connect(timeouts.connect)
        self._host = endpoint.host_header
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEADERS)
        #: Events, or the fault that ended them, that came before the request was sent completely.
        self._early: deque[_Event | DaemonFault] = deque()
        #: Whether sending stopped before the end of the request, so that the daemon still waits for the rest.
        self._cut_short = False
        self._ends = 0.0

    def is_idle(self) -> bool:
        """Whether another request may be sent: no exchange is under way, and the daemon did not close the connection."""
        if self._h11.our_state is not h11.IDLE or self._early or self._cut_short:
            return False
        try:
            return self._read_available() is None
        except OSError:
            return False

    def close(self) -> None:
        """Close the socket at once; this is also how a client gives up a request."""
        self.socket.close()

    def send(self, request: Request) -> None:
        """Send a whole request. Raises ConnectionLost or DaemonTimeout.

        Sending stops early when the daemon answers before it has the whole body, and when it closes the connection: an
        answer may still be there to be read.
        """
        self._ends = time.monotonic() + self.timeouts.total
        headers = [("Host", self._host), *request.headers]
        if not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers):
            if request.body is not None:
                headers.append(("Content-Length", str(len(request.body))))
            elif request.method in ("POST", "PUT"):
                headers.append(("Content-Length", "0"))
        try:
            event = h11.Request(method=request.method, target=request.target, headers=headers)
            head = self._h11.send(event) or b""
            body = request.body or b""
            tail = (self._h11.send(h11.Data(data=body)) or b"") if body else b""
            tail += self._h11.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as error:
            raise ValueError(f"this request cannot be sent: {error}") from error
        self._transmit(memoryview(head + tail))

    def _transmit(self, data: memoryview) -> None:
        self.socket.setblocking(False)
        self._cut_short = True
        while True:
            try:
                data = data[self.socket.send(data[:_BLOCK]) :]
            except _WOULD_WAIT:
                self._wait_for_progress()
            except OSError:
                return
            if not data:
                self._cut_short = False
                return
            if self._has_answer():
                return

    def _wait_for_progress(self) -> None:
        """Wait until the daemon takes more of the request, or sends something."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN | select.POLLOUT)
        if not poll.poll(self._remaining(self.timeouts.silence) * 1000):
            raise DaemonTimeout(f"timed out after {self.timeouts.silence:g} s sending the request")

    def _has_answer(self) -> bool:
        """Whether a final answer, or the end of the connection, has come. What was read is kept for _event()."""
        try:
            data = self._read_available()
            if data is None:
                return False
            if not data:
                return True
            self._h11.receive_data(data)
            while (event := self._h11.next_event()) is not h11.NEED_DATA:
                self._early.append(event)
                if not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
                    return True
        except h11.RemoteProtocolError as error:
            self._early.append(_fault(error))
        except OSError as error:
            self._early.append(_lost(error))
        else:
            return False
        return True

    def _read_available(self) -> bytes | None:
        """The bytes that have come, without waiting; None when there are none, ``b""`` at the end of the connection."""
        self.socket.setblocking(False)
        try:
            return self.socket.recv(_BLOCK)
        except _WOULD_WAIT:
            return None

    def receive_head(self) -> Response:
        """Wait for the status line and headers (interim 1xx answers are passed over, 101 is not)."""
        wait = self.timeouts.first_byte
        for _ in range(_MAX_INTERIM):
            event = self._event(wait)
            wait = self.timeouts.silence
            if isinstance(event, h11.Response) or (
                isinstance(event, h11.InformationalResponse) and event.status_code == 101
            ):
                headers = tuple(
                    (name.decode("latin-1"), value.decode("latin-1"))
                    for name, value in event.headers.raw_items()
                )
                return Response(
                    event.status_code, bytes(event.reason).decode("latin-1"), headers, b"", complete=False
                )
        raise ProtocolViolation(f"more than {_MAX_INTERIM} interim (1xx) answers and no final one")

    def receive_data(self, silence: float | None = None) -> bytes | None:
        """The next piece of the body, or None at its end."""
        event = self._event(self.timeouts.silence if silence is None else silence)
        if isinstance(event, h11.Data):
            return bytes(event.data)
        if isinstance(event, h11.EndOfMessage):
            self._finish()
        return None

    def receive_body(self, response: Response, room: int | None = None) -> None:
        """Read the rest of the body, at most `room` bytes, into `response`.

        Raises DaemonFault of some kind when it does not end well.
        """
        limit = self.sizes.body if room is None else min(room, self.sizes.body)
        # not a list of pieces: a body in chunks of one byte each would take fifty times its size
        body = bytearray()
        try:
            while (piece := self.receive_data()) is not None:
                body += piece
                if len(body) > limit:
                    raise BodyTooLarge(f"the body is larger than {limit} bytes")
            response.complete = True
        finally:
            response.body = bytes(body)

    def release(self) -> bytes:
        """Leave HTTP: return the bytes that came behind the headers. From here the socket is raw."""
        return self._h11.trailing_data[0]

    def extend(self, seconds: float) -> None:
        """Allow the running exchange `seconds` from now; for streams that the check ends."""
        self._ends = time.monotonic() + seconds

    def _finish(self) -> None:
        left, _ = self._h11.trailing_data
        if left:
            raise ProtocolViolation(f"{len(left)} bytes follow the end of the response: {left[:60]!r}")
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()

    def _event(self, silence: float) -> _Event:
        if self._early:
            early = self._early.popleft()
            if isinstance(early, DaemonFault):
                raise early
            return early
        while True:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError as error:
                raise _fault(error) from None
            if event is not h11.NEED_DATA:
                return event
            try:
                self.socket.settimeout(self._remaining(silence))
                data = self.socket.recv(_BLOCK)
            except TimeoutError:
                raise DaemonTimeout(f"timed out after {silence:g} s waiting for the daemon") from None
            except OSError as error:
                raise _lost(error) from None
            if not data and self._h11.their_state is h11.SEND_RESPONSE:
                raise ConnectionLost("the daemon closed the connection without an answer")
            if data[:2] == _TLS_ALERT and self._h11.their_state is h11.SEND_RESPONSE:
                raise ProtocolViolation("a TLS alert came in place of HTTP")
            self._h11.receive_data(data)

    def _remaining(self, wanted: float) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise DaemonTimeout(f"timed out after {self.timeouts.total:g} s: the exchange took longer")
        return min(left, wanted)


def _fault(error: h11.RemoteProtocolError) -> DaemonFault:
    if "peer closed connection" in str(error):
        return ConnectionLost(f"the connection ended within the response: {error}")
    return ProtocolViolation(f"not HTTP/1.1: {error}")


def _lost(error: OSError) -> ConnectionLost:
    return ConnectionLost(f"the connection broke: {error.strerror or error}")


class RawStream:
    """A hijacked connection: bytes in both directions."""

    def __init__(self, sock: socket.socket, early: bytes, limit: int) -> None:
        self._socket = sock
        self._early = early
        self._limit = self._room = limit

    def send(self, data: bytes) -> None:
        """Write to the other side. Raises ConnectionLost when it has closed."""
        try:
            self._socket.settimeout(30)
            self._socket.sendall(data)
        except OSError as error:
            raise ConnectionLost(f"the hijacked connection broke: {error.strerror or error}") from None

    def close_write(self) -> None:
        """Half-close: no more is sent, reading goes on. Raises ValueError over TLS, which has no such thing."""
        if isinstance(self._socket, ssl.SSLSocket):
            raise ValueError("a TLS connection has no half-close; end the input by its content")
        self._socket.shutdown(socket.SHUT_WR)

    def read(self, timeout: float) -> bytes:
        """Some bytes, or b"" at the end. Raises DaemonTimeout after `timeout` seconds of silence."""
        if self._early:
            data, self._early = self._early, b""
        else:
            try:
                self._socket.settimeout(max(timeout, 0.001))
                data = self._socket.recv(_BLOCK)
            except TimeoutError:
                raise DaemonTimeout(
                    f"timed out after {timeout:.3g} s waiting for the hijacked connection"
                ) from None
            except OSError as error:
                raise ConnectionLost(f"the hijacked connection broke: {error.strerror or error}") from None
        self._room -= len(data)
        if self._room < 0:
            raise BodyTooLarge(f"more than {self._limit} bytes came over the hijacked connection")
        return data
