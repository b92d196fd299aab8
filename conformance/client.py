"""One daemon in one version: sends what it is told, answers what came, keeps the transcript.

Nothing is followed, retried, decoded or forgiven here. A fault of the daemon is raised as a DaemonFault and stands in
the transcript like any other exchange.
"""

from __future__ import annotations

import json as jsonlib
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conformance import streams
from conformance.connection import Connection, Limits, RawStream
from conformance.endpoint import Endpoint
from conformance.errors import BodyTooLarge, ConnectionLost, DaemonFault, DaemonTimeout
from conformance.versions import ApiVersion
from conformance.wire import Exchange, Headers, Malformed, Refused, Request, Response, parse_json, target

_MOST_ENDS = 5
UPGRADE: Headers = (("Connection", "Upgrade"), ("Upgrade", "tcp"))


class Client:
    """A client of one daemon. `version` None sends unversioned paths.

    `at()` makes a sibling in another version or role that shares the connection and the transcript. Not thread-safe:
    a second thread takes a sibling with ``apart()``.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        version: ApiVersion | None = None,
        *,
        limits: Limits | None = None,
        transcript: list[Exchange] | None = None,
        role: str = "check",
    ) -> None:
        self.endpoint = endpoint
        self.version = version
        self.limits = limits or Limits()
        self.transcript: list[Exchange] = [] if transcript is None else transcript
        self.role = role
        self._pool: list[Connection] = []

    def at(self, version: ApiVersion | str | None, role: str | None = None) -> Client:
        """A sibling that speaks `version` (None: unversioned), in the same transcript and over the same connection."""
        parsed = ApiVersion.parse(version) if isinstance(version, str) else version
        sibling = Client(self.endpoint, parsed, limits=self.limits, transcript=self.transcript, role=role or self.role)
        sibling._pool = self._pool
        return sibling

    def apart(self) -> Client:
        """A sibling with a connection of its own, for another thread."""
        return Client(self.endpoint, self.version, limits=self.limits, transcript=self.transcript, role=self.role)

    def through(self, endpoint: Endpoint) -> Client:
        """A sibling that reaches the daemon at another address, in the same transcript."""
        return Client(endpoint, self.version, limits=self.limits, transcript=self.transcript, role=self.role)

    def path(self, path: str) -> str:
        """`path` behind this client's version prefix."""
        return path if self.version is None else f"/v{self.version}{path}"

    def close(self) -> None:
        """Close idle connections."""
        while self._pool:
            self._pool.pop().close()

    def get(self, path: str, query: dict[str, Any] | None = None, **options: Any) -> Response:
        """GET; see request()."""
        return self.request("GET", path, query, **options)

    def head(self, path: str, query: dict[str, Any] | None = None, **options: Any) -> Response:
        """HEAD; see request()."""
        return self.request("HEAD", path, query, **options)

    def post(self, path: str, query: dict[str, Any] | None = None, **options: Any) -> Response:
        """POST; see request()."""
        return self.request("POST", path, query, **options)

    def put(self, path: str, query: dict[str, Any] | None = None, **options: Any) -> Response:
        """PUT; see request()."""
        return self.request("PUT", path, query, **options)

    def delete(self, path: str, query: dict[str, Any] | None = None, **options: Any) -> Response:
        """DELETE; see request()."""
        return self.request("DELETE", path, query, **options)

    def request(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        *,
        json: Any = None,
        body: bytes | None = None,
        headers: dict[str, str] | Headers = (),
    ) -> Response:
        """One exchange, whatever its status.

        `json` is sent as ``application/json``, `body` as it is (give its Content-Type in `headers`). Raises DaemonFault
        when no whole HTTP response comes.
        """
        request = self._build(method, path, query, json, body, headers)
        with self._exchange(request) as exchange:
            connection = self._connection()
            try:
                connection.send(request)
                exchange.response = connection.receive_head()
                connection.receive_body(exchange.response, self._room())
            except BaseException:
                connection.close()
                raise
            if connection.is_idle():
                self._pool.append(connection)
            else:
                connection.close()
            return exchange.response

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        *,
        json: Any = None,
        body: bytes | None = None,
        headers: dict[str, str] | Headers = (),
    ) -> Iterator[Stream]:
        """An exchange whose body is read piece by piece; leaving the block closes the connection, which ends it."""
        request = self._build(method, path, query, json, body, headers)
        with self._exchange(request) as exchange:
            connection = Connection(self.endpoint, self.limits)
            try:
                connection.send(request)
                exchange.response = connection.receive_head()
                exchange.seconds = time.time() - exchange.started
                yield Stream(connection, exchange)
            finally:
                connection.close()

    @contextmanager
    def hijack(
        self,
        method: str,
        path: str,
        query: dict[str, Any] | None = None,
        *,
        json: Any = None,
        headers: dict[str, str] | Headers = UPGRADE,
    ) -> Iterator[Hijacked]:
        """An exchange whose connection becomes a raw stream when the daemon answers 101 or 200.

        By default it asks for the upgrade as API v1.17 describes it; ``headers=()`` is the plain form.
        """
        request = self._build(method, path, query, json, None, headers)
        with self._exchange(request) as exchange:
            connection = Connection(self.endpoint, self.limits)
            try:
                connection.send(request)
                exchange.response = connection.receive_head()
                exchange.seconds = time.time() - exchange.started
                hijacked = exchange.response.status in (101, 200)
                if not hijacked:
                    connection.receive_body(exchange.response, self._room())
                early = connection.release() if hijacked else b""
                yield Hijacked(RawStream(connection.socket, early, self.limits.stream), exchange)
            finally:
                connection.close()

    def _build(
        self, method: str, path: str, query: dict[str, Any] | None, json: Any, body: bytes | None, headers: dict[str, str] | Headers
    ) -> Request:
        pairs = tuple(headers.items() if isinstance(headers, dict) else headers)
        if json is not None:
            body = jsonlib.dumps(json).encode()
            if not any(name.lower() == "content-type" for name, _ in pairs):
                pairs = (("Content-Type", "application/json"), *pairs)
        return Request(method, target(self.path(path), query), pairs, body)

    def _connection(self) -> Connection:
        while self._pool:
            connection = self._pool.pop()
            if connection.is_idle():
                return connection
            connection.close()
        return Connection(self.endpoint, self.limits)

    def _room(self) -> int:
        """How many bytes another body may have, beside those that the transcript holds already."""
        held = sum(len(row.response.body) for row in self.transcript if row.response is not None)
        return max(0, self.limits.held - held)

    @contextmanager
    def _exchange(self, request: Request) -> Iterator[Exchange]:
        exchange = Exchange(request, role=self.role, started=time.time())
        self.transcript.append(exchange)
        begun = time.monotonic()
        try:
            yield exchange
        except DaemonFault as fault:
            exchange.fault = str(fault)
            exchange.seconds = time.monotonic() - begun
            raise
        finally:
            if not exchange.seconds:
                exchange.seconds = time.monotonic() - begun


class Stream:
    """The body of a running exchange, as it comes."""

    def __init__(self, connection: Connection, exchange: Exchange) -> None:
        assert exchange.response is not None
        self._connection = connection
        self._exchange = exchange
        self._limit = connection.limits.stream
        self._reader = streams.JsonReader()
        self._ready: deque[str] = deque()
        self.response = exchange.response
        self.seconds_apart: list[float] = []

    def read(self, timeout: float) -> bytes | None:
        """Some bytes of the body, or None at its end. Raises DaemonTimeout after `timeout` seconds of silence."""
        begun = time.monotonic()
        self._connection.extend(timeout)
        try:
            piece = self._connection.receive_data(timeout)
        finally:
            self._exchange.seconds += time.monotonic() - begun
        if piece is None:
            self.response.complete = True
        else:
            self.response.body += piece
            if len(self.response.body) > self._limit:
                raise BodyTooLarge(f"more than {self._limit} bytes came in one stream")
        return piece

    def message(self, timeout: float) -> Any:
        """The next JSON message, or None when the stream has ended. Raises DaemonTimeout, or Malformed."""
        ends = time.monotonic() + timeout
        while not self._ready:
            left = ends - time.monotonic()
            if left <= 0:
                raise DaemonTimeout(f"no message came within {timeout:g} s")
            piece = self.read(left)
            try:
                if piece is None:
                    self._reader.close()
                    return None
                self._ready += self._reader.feed(piece)
            except streams.StreamError as error:
                raise Malformed(str(error)) from None
        return parse_json(self._ready.popleft())

    def messages(self, timeout: float) -> Iterator[Any]:
        """Every message until the stream ends or `timeout` seconds (over all of them) have passed."""
        ends = time.monotonic() + timeout
        while True:
            try:
                message = self.message(ends - time.monotonic())
            except DaemonTimeout:
                return
            if message is None:
                return
            yield message

    def rest(self, timeout: float) -> bytes:
        """The rest of the body. Raises DaemonTimeout when it has not ended after `timeout` seconds."""
        ends = time.monotonic() + timeout
        begin = len(self.response.body)
        while self.read(max(ends - time.monotonic(), 0.001)) is not None:
            pass
        return self.response.body[begin:]


class Hijacked:
    """A hijacked exchange. `response` has status and headers; what came over the stream becomes its body."""

    def __init__(self, raw: RawStream, exchange: Exchange) -> None:
        assert exchange.response is not None
        self._raw = raw
        self._exchange = exchange
        self._frames = streams.FrameReader()
        self._ends = 0
        self._waiting: deque[streams.Frame] = deque()
        self.response = exchange.response

    @property
    def status(self) -> int:
        """The status of the answer: 101, 200, or a refusal."""
        return self.response.status

    def send(self, data: bytes) -> None:
        """Write to the process's stdin."""
        self._raw.send(data)

    def close_write(self) -> None:
        """Half-close: the process's stdin ends, its output goes on."""
        self._raw.close_write()

    def read(self, timeout: float = 10.0) -> bytes:
        """Some raw bytes, or b"" at the end. Raises DaemonTimeout, and Refused when nothing was hijacked.

        Raises ConnectionLost for who reads on and on behind the end, waiting for what will not come.
        """
        if self.status not in (101, 200):
            raise Refused(self.response)
        if self._ends > _MOST_ENDS:
            raise ConnectionLost("the stream ended before what was waited for had come")
        begun = time.monotonic()
        try:
            data = self._raw.read(timeout)
        finally:
            self._exchange.seconds += time.monotonic() - begun
        self.response.body += data
        self._ends += not data
        return data

    def read_until(self, needle: bytes, timeout: float = 10.0) -> bytes:
        """Read until `needle` has come; returns all that has come so far over this stream.

        Raises DaemonTimeout when it does not come in time, and returns early when the stream ends.
        """
        ends = time.monotonic() + timeout
        while needle not in self.response.body and self.read(ends - time.monotonic()):
            pass
        return self.response.body

    def frame(self, timeout: float = 10.0) -> streams.Frame | None:
        """The next multiplexed frame, or None at the end. Raises DaemonTimeout, or Malformed."""
        ends = time.monotonic() + timeout
        try:
            while not self._waiting:
                data = self.read(ends - time.monotonic())
                if not data:
                    self._frames.close()
                    return None
                self._waiting += self._frames.feed(data)
        except streams.StreamError as error:
            raise Malformed(str(error)) from None
        return self._waiting.popleft()

    def rest(self, timeout: float = 10.0) -> bytes:
        """All raw bytes until the stream ends. Raises DaemonTimeout when it has not ended in time."""
        ends = time.monotonic() + timeout
        begin = len(self.response.body)
        while self.read(ends - time.monotonic()):
            pass
        self.response.complete = True
        return self.response.body[begin:]
