"""A proxy that passes every byte on and keeps a copy, for real clients that are to be listened to.

Of a hijacked connection the stream after the heads is the body of the response; what the client sent on it is not kept apart.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from conformance.engine import tempdir
from conformance.http.endpoint import Endpoint
from conformance.http.messages import Exchange, Headers, Request, Response
from conformance.model.errors import DaemonFault

_BLOCK = 64 * 1024
#: Statuses and methods whose responses have no body.
_WITHOUT_BODY = (204, 304)


class Connection(NamedTuple):
    """A copy of what went over a connection: from the client, and from the daemon."""

    asked: bytearray
    answered: bytearray


class RecordingProxy:
    """Listens on the unix socket `path` and forwards to an endpoint, in threads; ends with the context."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._connections: list[Connection] = []
        self._open: list[socket.socket] = []
        self._folder = tempdir.create()
        self.path = str(Path(self._folder, "socket"))
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> RecordingProxy:
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        tempdir.remove(self._folder)

    def mark(self) -> list[int]:
        """Where the recording is now, for exchanges()."""
        return [len(connection.asked) for connection in self._connections]

    def exchanges(self, since: list[int] | None = None) -> list[Exchange]:
        """The exchanges whose requests began after the mark `since`, connection by connection."""
        marks = since or []
        return [
            exchange
            for number, connection in enumerate(list(self._connections))
            for begin, exchange in _read(bytes(connection.asked), bytes(connection.answered))
            if begin >= (marks[number] if number < len(marks) else 0)
        ]

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = self._endpoint.connect(10)
            except DaemonFault:
                near.close()
                continue
            far.settimeout(None)
            self._open += [near, far]
            connection = Connection(bytearray(), bytearray())
            self._connections.append(connection)
            threading.Thread(target=_pass_on, args=(near, far, connection.asked), daemon=True).start()
            threading.Thread(target=_pass_on, args=(far, near, connection.answered), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, copy: bytearray) -> None:
    with contextlib.suppress(OSError, ValueError):
        while data := source.recv(_BLOCK):
            copy += data
            sink.sendall(data)
        # A TLS connection has no half-close; the clients that are listened to end by the content of their input.
        if type(sink) is socket.socket:
            sink.shutdown(socket.SHUT_WR)


def _read(asked: bytes, answered: bytes) -> Iterator[tuple[int, Exchange]]:
    """The exchanges of a connection, each with the place where its request begins. Ends at what cannot be read."""
    place = there = 0
    while place < len(asked):
        first, headers, after = _head(asked, place)
        words = first.split(" ")
        if len(words) != 3:
            return
        body, end = _body(asked, after, headers, is_request=True)
        request = Request(words[0], words[1], headers, body or None)
        response, there = _response(answered, there, words[0])
        yield place, Exchange(request, response, fault="" if response else "no response")
        if response is None or response.status == 101:
            return
        place = end


def _response(data: bytes, place: int, method: str) -> tuple[Response | None, int]:
    """The response at a place, after informational ones, and where the next begins."""
    while True:
        first, headers, after = _head(data, place)
        protocol, _, rest = first.partition(" ")
        status, _, reason = rest.partition(" ")
        if not protocol.startswith("HTTP/") or not status.isdecimal():
            return None, len(data)
        if not 100 <= int(status) < 200 or int(status) == 101:
            break
        place = after
    if int(status) == 101:
        return Response(101, reason, headers, data[after:]), len(data)
    if method == "HEAD" or int(status) in _WITHOUT_BODY:
        return Response(int(status), reason, headers), after
    body, end = _body(data, after, headers, is_request=False)
    return Response(int(status), reason, headers, body, complete=end <= len(data)), min(end, len(data))


def _head(data: bytes, place: int) -> tuple[str, Headers, int]:
    """The first line and the headers at a place, and where what follows begins; "" for a head that is not whole."""
    end = data.find(b"\r\n\r\n", place)
    if end < 0:
        return "", (), len(data)
    first, *lines = data[place:end].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first, tuple((name, value.strip()) for name, _, value in pairs), end + 4


def _body(data: bytes, place: int, headers: Headers, *, is_request: bool) -> tuple[bytes, int]:
    """The body at a place without its transfer coding, and where it ends; beyond the data, if it is cut short."""
    named = {name.lower(): value.lower() for name, value in headers}
    if "chunked" in named.get("transfer-encoding", ""):
        return _chunks(data, place)
    length = named.get("content-length", "")
    if length.isdecimal():
        return data[place : place + int(length)], place + int(length)
    return (b"", place) if is_request else (data[place:], len(data))


def _chunks(data: bytes, place: int) -> tuple[bytes, int]:
    body = bytearray()
    while True:
        end = data.find(b"\r\n", place)
        size = data[place:end].partition(b";")[0].strip() if end >= 0 else b""
        try:
            amount = int(size, 16)
        except ValueError:
            return bytes(body), len(data) + 1
        body += data[end + 2 : end + 2 + amount]
        place = end + 2 + amount + 2
        if amount == 0:
            return bytes(body), place
        if place > len(data):
            return bytes(body), len(data) + 1
