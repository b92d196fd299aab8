"""Requests that an engine takes seconds to answer: each is sent ahead in a thread, and its answer is taken when it is due.

Engines look for a driver that nobody has for 15 seconds before they say so; the run goes on meanwhile.
"""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Thread
from typing import Any

from conformance.client import Client
from conformance.errors import DaemonFault
from conformance.wire import Response


class Ahead:
    """One request, sent at once over a connection of its own; several readers may take its answer."""

    def __init__(
        self, client: Client, method: str, path: str, query: dict[str, Any] | None = None, *, json: Any = None
    ) -> None:
        self._client = Client(client.endpoint, client.version, limits=client.limits, role="check")
        self._fault: DaemonFault | None = None
        self._thread = Thread(target=self._run, args=(method, path, query, json), daemon=True)
        self._thread.start()

    def _run(self, method: str, path: str, query: dict[str, Any] | None, json: Any) -> None:
        try:
            self._client.request(method, path, query, json=json)
        except DaemonFault as fault:
            self._fault = fault
        finally:
            self._client.close()

    def answer(self, reader: Client) -> Response:
        """Wait for the answer and put the exchange into the transcript of `reader`. Raises DaemonFault if none came."""
        begun = time.monotonic()
        self._thread.join()
        exchange = self._client.transcript[-1]
        # The rest of the daemon's time went by while other cases ran.
        reader.transcript.append(replace(exchange, seconds=time.monotonic() - begun))
        if exchange.response is None:
            raise self._fault or DaemonFault("no answer came")
        return replace(exchange.response, reads={})
