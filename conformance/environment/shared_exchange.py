"""Exchanges that run beside the checks: one thread and one connection for each, any number of checks read the answer.

A SharedRequest waits for its whole answer. A SharedStream reads a body that goes on by itself until a condition holds. The
request is composed where it is made; sharing changes only when it is sent and how often.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Thread
from typing import Unpack

from conformance.http.client import Carried, Client, Query
from conformance.http.messages import Exchange, Response
from conformance.model.errors import DaemonFault, DaemonTimeout

#: Seconds between two looks at whether a stream has come far enough.
_PULSE = 0.25


class SharedExchange(ABC):
    """One exchange in a thread of its own, with a connection and a transcript of its own.

    The thread starts at once. It is a daemon thread: an interrupted run does not wait for it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client.alone()
        self._fault: DaemonFault | None = None
        self._waited = 0.0
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    @abstractmethod
    def _drive(self, client: Client) -> None:
        """Send the request through `client` and read the answer. Raises DaemonFault."""

    def _run(self) -> None:
        try:
            self._drive(self._client)
        except DaemonFault as fault:
            self._fault = fault
        finally:
            self._client.close()

    def is_running(self) -> bool:
        """Whether the answer is still being read."""
        return self._thread.is_alive()

    def wait(self) -> Response | None:
        """Wait until no more is read; returns the response, or None if none came."""
        begun = time.monotonic()
        self._thread.join()
        self._waited += time.monotonic() - begun
        return self._response()

    @property
    def body(self) -> bytes:
        """The part of the body that has come so far."""
        response = self._response()
        return b"" if response is None else response.body

    def answer(self, reader: Client, enough: Callable[[Response], bool] = lambda _: False) -> Response:
        """Wait for the end, or until `enough` holds for what has come, and return what has come.

        The exchange goes into the transcript of `reader`, with the seconds that the readers had to wait for it.
        ``complete`` tells whether the daemon ended the answer. Raises DaemonFault when no answer came.
        """
        begun = time.monotonic()
        while self.is_running():
            so_far = self._response()
            if so_far is not None and enough(replace(so_far, complete=False, reads={})):
                break
            self._thread.join(0.01)
        found = self._response()
        answer = found and replace(found, complete=found.complete and not self.is_running(), reads={})
        if self._client.transcript:
            waited, self._waited = self._waited + time.monotonic() - begun, 0.0
            _show(reader.transcript, replace(self._client.transcript[-1], response=answer, seconds=waited))
        if answer is None:
            raise self._fault or DaemonFault("no answer came")
        return answer

    def _response(self) -> Response | None:
        exchanges = self._client.transcript
        return exchanges[-1].response if exchanges else None


class SharedRequest(SharedExchange):
    """A request with a whole answer."""

    def __init__(
        self, client: Client, method: str, path: str, query: Query = None, **carried: Unpack[Carried]
    ) -> None:
        self._request = method, path, query
        self._carried = carried
        super().__init__(client)

    def _drive(self, client: Client) -> None:
        client.request(*self._request, **self._carried)


class SharedStream(SharedExchange):
    """A GET whose body is read until `enough` holds for it, until it ends, or for `seconds`.

    Leaving a stream closes the connection, which tells the daemon that nothing more is read.
    """

    def __init__(
        self,
        client: Client,
        path: str,
        query: Query = None,
        *,
        enough: Callable[[bytes], bool] = lambda _: False,
        seconds: float = 30.0,
    ) -> None:
        self._path, self._query, self._enough, self._seconds = path, query, enough, seconds
        self._ends = time.monotonic() + seconds
        super().__init__(client)

    def leave(self, after: float) -> None:
        """Read for `after` more seconds at most."""
        self._ends = min(self._ends, time.monotonic() + after)

    def _drive(self, client: Client) -> None:
        client.timeouts = replace(client.timeouts, first_byte=self._seconds)
        with client.stream("GET", self._path, self._query) as stream:
            while (left := self._ends - time.monotonic()) > 0 and not self._enough(stream.response.body):
                with suppress(DaemonTimeout):
                    if stream.read(min(left, _PULSE)) is None:
                        break


def _show(transcript: list[Exchange], exchange: Exchange) -> None:
    """Append the exchange, or put it in the place of what the last row showed of it before."""
    if transcript and transcript[-1].request is exchange.request:
        before = transcript.pop()
        exchange.seconds += before.seconds
        if before.response is not None and exchange.response is not None:
            exchange.response.reads.update(before.response.reads)
    transcript.append(exchange)
