"""A container to which every version is attached at the same time: one process serves the checks of all of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Event, Thread
from typing import Any

from conformance.environment.environment import Environment
from conformance.environment.processes import KILLED_ON_STOP, start_and_wait_for_output
from conformance.http.client import Client
from conformance.http.errors import Refused
from conformance.http.messages import Response
from conformance.model.errors import DaemonFault
from conformance.model.versions import ApiVersion

_GO = b"go\n"
#: Seconds in which a line that was written comes to the process, and in which a stream is read to its end.
_PATIENCE, _LIMIT = 5.0, 15.0


class _Listener:
    """One version's attachment: it writes a line and reads to the end, in a thread and over a connection of its own."""

    def __init__(self, client: Client, path: str, query: dict[str, Any]) -> None:
        self._client = client.alone()
        self._error: DaemonFault | Refused | None = None
        self.asked = Event()
        self.has_written = False
        self._thread = Thread(target=self._run, args=(path, query), daemon=True)
        self._thread.start()

    def _run(self, path: str, query: dict[str, Any]) -> None:
        try:
            with self._client.hijack("POST", path, query, headers=()) as attached:
                if attached.status in (101, 200):
                    attached.send(_GO)
                    self.has_written = True
                self.asked.set()
                attached.rest(_LIMIT)
        except (DaemonFault, Refused) as error:
            self._error = error
        finally:
            self.asked.set()

    def reading(self) -> bool:
        return self._thread.is_alive()

    def finish(self) -> None:
        self._thread.join()

    def answer(self, reader: Client) -> Response:
        exchange = self._client.transcript[-1]
        reader.transcript.append(replace(exchange, seconds=0.0))
        if self._error is not None:
            raise self._error
        assert exchange.response is not None
        return replace(exchange.response, reads={})


class Together:
    """What a process wrote, as each version was told it over ``POST /containers/(id)/attach``."""

    def __init__(self, listeners: dict[ApiVersion | None, _Listener]) -> None:
        self._listeners = listeners

    def answer(self, reader: Client) -> Response:
        """The answer in the version of `reader`, which takes the exchange into its transcript.

        Raises DaemonFault or Refused when that version had no stream that came to its end.
        """
        return self._listeners[reader.version].answer(reader)


def attach_together(
    env: Environment, clients: Sequence[Client], script: str, query: dict[str, Any], past: str = ""
) -> Together:
    """Start a shell that runs `script` when every version is attached to it with `query`, and wait for its end.

    A line from each attachment tells it, so that nothing is written before there is somebody to hear it. `past` is a word
    that it has written before anybody was attached. Raises FixtureError; a version that cannot be attached spoils no other.
    """
    waiting = f"for _ in $(seq {len(clients)}); do read go; done"
    if past:
        command = ("sh", "-c", f"echo {past}; {waiting}; {script}")
        name = start_and_wait_for_output(env, f"{past}\n".encode(), b"", *command, OpenStdin=True)
    else:
        name = env.create_container(
            "sh", "-c", f"{waiting}; {script}", start=True, OpenStdin=True, **KILLED_ON_STOP
        )
    listeners = {client.version: _Listener(client, f"/containers/{name}/attach", query) for client in clients}
    every = list(listeners.values())
    for start_reader in every:
        start_reader.asked.wait()
    if any(start_reader.has_written for start_reader in every):
        ends = time.monotonic() + (_PATIENCE if all(row.has_written for row in every) else _PATIENCE / 5)
        while time.monotonic() < ends and any(row.reading() and row.has_written for row in every):
            time.sleep(0.002)
        if any(start_reader.reading() for start_reader in every):
            _make_up(env, name, len(every))
    for start_reader in every:
        start_reader.finish()
    return Together(listeners)


def _make_up(env: Environment, name: str, lines: int) -> None:
    """Write the lines that did not come to the process from those whose they are."""
    with (
        suppress(DaemonFault, Refused),
        env.client.hijack(
            "POST", f"/containers/{name}/attach", {"stream": 1, "stdin": 1}, headers=()
        ) as attached,
    ):
        attached.send(_GO * lines)
        attached.read(1.0)
