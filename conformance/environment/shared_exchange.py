"""Requests that an engine takes long to answer: each is sent ahead in a thread, and its answer is taken when it is due.

Engines look for a driver that nobody has for 15 seconds before they say so; the run goes on meanwhile. Other answers (of
a build, of a pull) have what several checks claim, and are kept for all of them.
"""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Thread
from typing import Unpack

from conformance.http.client import Carried, Client, Query
from conformance.http.messages import Response
from conformance.model.errors import DaemonFault


class Ahead:
    """One request, sent at once over a connection of its own; several readers may take its answer."""

    def __init__(
        self,
        client: Client,
        method: str,
        path: str,
        query: Query = None,
        **carried: Unpack[Carried],
    ) -> None:
        self._client = client.alone("check")
        self._fault: DaemonFault | None = None
        self._waited = 0.0
        self._thread = Thread(target=self._run, args=(method, path, query), kwargs=carried, daemon=True)
        self._thread.start()

    def _run(self, method: str, path: str, query: Query, **carried: Unpack[Carried]) -> None:
        try:
            self._client.request(method, path, query, **carried)
        except DaemonFault as fault:
            self._fault = fault
        finally:
            self._client.close()

    def wait(self) -> Response | None:
        """Wait for the answer, which counts as the time of who takes it first; None if none came."""
        begun = time.monotonic()
        self._thread.join()
        self._waited += time.monotonic() - begun
        return self._client.transcript[-1].response

    def answer(self, reader: Client) -> Response:
        """Wait for the answer and put the exchange into the transcript of `reader`. Raises DaemonFault if none came."""
        self.wait()
        exchange = self._client.transcript[-1]
        # The rest of the daemon's time went by while other cases ran.
        reader.transcript.append(replace(exchange, seconds=self._waited))
        self._waited = 0.0
        if exchange.response is None:
            raise self._fault or DaemonFault("no answer came")
        return replace(exchange.response, reads={})
