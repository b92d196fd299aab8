"""One HTTP/1.1 connection: h11 over a socket, with a deadline for everything.

h11 keeps the protocol strict and hands over, byte for byte, what follows a hijack. This module only moves bytes and
watches the clock; it knows neither the API nor JSON.
"""

from __future__ import annotations

import select
import socket
import ssl
import time

import h11

from conformance.http.endpoint import Endpoint
from conformance.http.messages import Request, Response
from conformance.http.sizes import Sizes
from conformance.http.timeouts import Timeouts
from conformance.model.errors import BodyTooLarge, ConnectionLost, DaemonTimeout, ProtocolViolation

_BLOCK = 64 * 1024
_MAX_INTERIM = 20
_MAX_HEADERS = 64 * 1024


class Connection:
    """A connection that can carry several exchanges, or be hijacked by one. Not shared between threads."""

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts, sizes: Sizes) -> None:
        self.timeouts = timeouts
        self.sizes = sizes
        self.socket = endpoint.connect(timeouts.connect)
        self._host = endpoint.host_header
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEADERS)
        self._ends = 0.0

    def is_idle(self) -> bool:
        """Whether another request may be sent: nothing of an earlier one is left, and the daemon did not hang up."""
        return self._h11.our_state is h11.IDLE and not self._readable(0)

    def close(self) -> None:
        """Close the socket at once; also what tells the daemon that a request is given up."""
        self.socket.close()

    def send(self, request: Request) -> None:
        """Send a whole request. Raises ConnectionLost or DaemonTimeout.

        An answer that comes before the body is through ends the sending; so does a closed connection, as the answer may
        still be there to be read.
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
        data = memoryview(head + tail)
        while data:
            try:
                self.socket.settimeout(self._remaining(self.timeouts.silence))
                sent = self.socket.send(data[:_BLOCK])
            except TimeoutError:
                raise DaemonTimeout(f"the request was not taken within {self.timeouts.silence:g} s") from None
            except OSError:
                return
            data = data[sent:]
            if data and self._readable(0):
                return

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
        """Allow the running exchange `seconds` from now; for streams whose end the check decides."""
        self._ends = time.monotonic() + seconds

    def _finish(self) -> None:
        left, _ = self._h11.trailing_data
        if left:
            raise ProtocolViolation(f"{len(left)} bytes follow the end of the response: {left[:60]!r}")
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()

    def _event(self, silence: float) -> h11.Event | type:
        while True:
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError as error:
                if "peer closed connection" in str(error):
                    raise ConnectionLost(f"the connection ended within the response: {error}") from None
                raise ProtocolViolation(f"not HTTP/1.1: {error}") from None
            if event is not h11.NEED_DATA:
                return event
            try:
                self.socket.settimeout(self._remaining(silence))
                data = self.socket.recv(_BLOCK)
            except TimeoutError:
                raise DaemonTimeout(f"nothing came from the daemon for {silence:g} s") from None
            except OSError as error:
                raise ConnectionLost(f"the connection broke: {error.strerror or error}") from None
            if not data and self._h11.their_state is h11.SEND_RESPONSE:
                raise ConnectionLost("the daemon closed the connection without an answer")
            self._h11.receive_data(data)

    def _remaining(self, wanted: float) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise DaemonTimeout(f"the exchange took longer than {self.timeouts.total:g} s")
        return min(left, wanted)

    def _readable(self, wait: float) -> bool:
        if isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
            return True
        try:
            poll = select.poll()
            poll.register(self.socket, select.POLLIN)
            return bool(poll.poll(wait * 1000))
        except (OSError, ValueError):
            return True


class RawStream:
    """A hijacked connection: bytes both ways, whatever HTTP said before."""

    def __init__(self, sock: socket.socket, early: bytes, limit: int) -> None:
        self._socket = sock
        self._early = early
        self._room = limit

    def send(self, data: bytes) -> None:
        """Write to the other side; raises ConnectionLost when it is gone."""
        try:
            self._socket.settimeout(30)
            self._socket.sendall(data)
        except OSError as error:
            raise ConnectionLost(f"the hijacked connection broke: {error.strerror or error}") from None

    def close_write(self) -> None:
        """Say that no more is sent (half-close); reading goes on. Not possible over TLS (ValueError)."""
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
                raise DaemonTimeout(f"nothing came over the hijacked connection for {timeout:g} s") from None
            except OSError as error:
                raise ConnectionLost(f"the hijacked connection broke: {error.strerror or error}") from None
        self._room -= len(data)
        if self._room < 0:
            raise BodyTooLarge("more bytes came over the hijacked connection than are taken")
        return data
