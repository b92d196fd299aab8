"""A client of one daemon in one version: sends a request, returns the response, keeps the transcript.

It follows no redirect, retries nothing and decodes nothing. A fault of the daemon is raised as a DaemonFault and is in
the transcript like any other exchange.
"""

from __future__ import annotations

import json as jsonlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, TypedDict, Unpack

from conformance.http.connection import Connection, RawStream
from conformance.http.endpoint import Endpoint
from conformance.http.messages import Exchange, Headers, Request, Response, target
from conformance.http.sizes import Sizes
from conformance.http.streams import Hijacked, Stream
from conformance.http.timeouts import Timeouts
from conformance.model.errors import DaemonFault
from conformance.model.versions import ApiVersion

UPGRADE: Headers = (("Connection", "Upgrade"), ("Upgrade", "tcp"))
Query = dict[str, Any] | None


class Carried(TypedDict, total=False):
    """What a request has beside its path and query, all of it optional.

    `json` is sent as ``application/json``, `body` as it is (give its Content-Type in `headers`).
    """

    json: Any
    body: bytes | None
    headers: dict[str, str] | Headers


class Client:
    """A client of one daemon. `version` None sends unversioned paths.

    `at()` makes a sibling in another version or role that shares the connection and the transcript. Not thread-safe:
    a second thread uses a sibling from ``apart()``.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        version: ApiVersion | None = None,
        *,
        timeouts: Timeouts | None = None,
        sizes: Sizes | None = None,
        transcript: list[Exchange] | None = None,
        role: str = "check",
    ) -> None:
        self.endpoint = endpoint
        self.version = version
        self.timeouts = timeouts or Timeouts()
        self.sizes = sizes or Sizes()
        self.transcript: list[Exchange] = [] if transcript is None else transcript
        self.role = role
        self._pool: list[Connection] = []

    def at(self, version: ApiVersion | str | None, role: str | None = None) -> Client:
        """A sibling for `version` (None: unversioned) with the same transcript and connection."""
        sibling = copy(self)
        sibling.version = ApiVersion.parse(version) if isinstance(version, str) else version
        sibling.role = role or self.role
        return sibling

    def apart(self) -> Client:
        """A sibling with a connection of its own, for another thread."""
        return self.through(self.endpoint)

    def alone(self, role: str | None = None) -> Client:
        """A sibling with a connection and a transcript of its own, for a thread whose exchanges are added later."""
        return Client(
            self.endpoint, self.version, timeouts=self.timeouts, sizes=self.sizes, role=role or self.role
        )

    def through(self, endpoint: Endpoint) -> Client:
        """A sibling that reaches the daemon at another address, in the same transcript."""
        return Client(
            endpoint,
            self.version,
            timeouts=self.timeouts,
            sizes=self.sizes,
            transcript=self.transcript,
            role=self.role,
        )

    def path(self, path: str) -> str:
        """`path` behind this client's version prefix."""
        return path if self.version is None else f"/v{self.version}{path}"

    def is_open(self) -> bool:
        """Whether a connection of an earlier exchange is kept and the daemon has not closed it since."""
        return any(connection.is_idle() for connection in self._pool)

    def close(self) -> None:
        """Close idle connections."""
        while self._pool:
            self._pool.pop().close()

    def get(self, path: str, query: Query = None, **carried: Unpack[Carried]) -> Response:
        """GET; see request()."""
        return self.request("GET", path, query, **carried)

    def head(self, path: str, query: Query = None, **carried: Unpack[Carried]) -> Response:
        """HEAD; see request()."""
        return self.request("HEAD", path, query, **carried)

    def post(self, path: str, query: Query = None, **carried: Unpack[Carried]) -> Response:
        """POST; see request()."""
        return self.request("POST", path, query, **carried)

    def put(self, path: str, query: Query = None, **carried: Unpack[Carried]) -> Response:
        """PUT; see request()."""
        return self.request("PUT", path, query, **carried)

    def delete(self, path: str, query: Query = None, **carried: Unpack[Carried]) -> Response:
        """DELETE; see request()."""
        return self.request("DELETE", path, query, **carried)

    def request(self, method: str, path: str, query: Query = None, **carried: Unpack[Carried]) -> Response:
        """One exchange, whatever its status. Raises DaemonFault when no complete HTTP response comes."""
        with self._exchange(self._compose(method, path, query, **carried)) as exchange:
            connection = self._connection()
            try:
                connection.send(exchange.request)
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
        self, method: str, path: str, query: Query = None, **carried: Unpack[Carried]
    ) -> Iterator[Stream]:
        """An exchange whose body is read piece by piece; the end of the block closes the connection."""
        with self._opened(self._compose(method, path, query, **carried)) as (connection, exchange):
            yield Stream(connection, exchange)

    @contextmanager
    def hijack(
        self, method: str, path: str, query: Query = None, **carried: Unpack[Carried]
    ) -> Iterator[Hijacked]:
        """An exchange whose connection becomes a raw stream when the daemon answers 101 or 200.

        By default it asks for an upgrade as API v1.17 describes it; ``headers=()`` sends the form without.
        """
        carried.setdefault("headers", UPGRADE)
        with self._opened(self._compose(method, path, query, **carried)) as (connection, exchange):
            response = exchange.response
            assert response is not None
            hijacked = response.status in (101, 200)
            if not hijacked:
                connection.receive_body(response, self._room())
            early = connection.release() if hijacked else b""
            yield Hijacked(RawStream(connection.socket, early, self.sizes.stream), exchange)

    def _compose(
        self,
        method: str,
        path: str,
        query: Query,
        *,
        json: Any = None,
        body: bytes | None = None,
        headers: dict[str, str] | Headers = (),
    ) -> Request:
        pairs = tuple(headers.items() if isinstance(headers, dict) else headers)
        if json is not None:
            body = jsonlib.dumps(json).encode()
            if not any(name.lower() == "content-type" for name, _ in pairs):
                pairs = (("Content-Type", "application/json"), *pairs)
        return Request(method, target(self.path(path), query), pairs, body)

    @contextmanager
    def _opened(self, request: Request) -> Iterator[tuple[Connection, Exchange]]:
        """Send a request over a connection of its own and wait for the head of the answer; the block's end closes it."""
        with self._exchange(request) as exchange:
            connection = Connection(self.endpoint, self.timeouts, self.sizes)
            try:
                connection.send(request)
                exchange.response = connection.receive_head()
                exchange.seconds = time.time() - exchange.started
                yield connection, exchange
            finally:
                connection.close()

    def _connection(self) -> Connection:
        while self._pool:
            connection = self._pool.pop()
            if connection.is_idle():
                return connection
            connection.close()
        return Connection(self.endpoint, self.timeouts, self.sizes)

    def _room(self) -> int:
        """How many bytes another body may have beside those in the transcript."""
        used = sum(len(row.response.body) for row in self.transcript if row.response is not None)
        return max(0, self.sizes.transcript - used)

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
