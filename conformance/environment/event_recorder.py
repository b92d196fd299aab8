"""Events that every version streams while one action is done.

An engine keeps only its last few events, so a check that asks afterwards can miss its own on a busy daemon. A stream that was
open before misses none, and one action with a stream for each version serves the checks of all versions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from conformance.environment.environment import Environment
from conformance.environment.shared_exchange import SharedStream
from conformance.http import event_log
from conformance.http.client import Client, Query
from conformance.http.messages import Response
from conformance.model.versions import ApiVersion

T = TypeVar("T")
#: Seconds in which the first and the last event must come through every stream.
_PATIENCE = 5.0
#: Seconds for which a stream is read after the last event at least; where that event was late, ten times the delay, up to
#: _PATIENCE.
_LINGER = 1.0


class RecordedEvents:
    """The events of one version's stream, those of other objects too. `reader` is the client of the running case."""

    def __init__(self, stream: SharedStream, reader: Client) -> None:
        self._stream = stream
        self._reader = reader

    def about(self, *names: str, until: str | None = None, times: int = 1) -> list[Any]:
        """The events of one object (see ``event_log.is_about``).

        Waits for `times` events called `until`, as long as the stream is read. Raises DaemonFault, Refused or Malformed when
        there was no stream of events.
        """

        def enough(answer: Response) -> bool:
            return until is None or event_log.actions_about(answer.messages(), *names).count(until) >= times

        return event_log.events_about(self._stream.answer(self._reader, enough).messages(), *names)

    def actions(self, *names: str, until: str | None = None, times: int = 1) -> list[str]:
        """The names of the events of one object; see about()."""
        return [event_log.event_action(event) for event in self.about(*names, until=until, times=times)]


class RecordedAction(Generic[T]):
    """An action's return value and the events that each version received."""

    def __init__(self, value: T, streams: dict[ApiVersion | None, SharedStream]) -> None:
        self.value = value
        self._streams = streams

    def events_in(self, api: Client) -> RecordedEvents:
        """The events in the version of `api`."""
        return RecordedEvents(self._streams[api.version], api)


def record_while(
    env: Environment,
    clients: Sequence[Client],
    path: str,
    action: Callable[[Environment], T],
    query: Query = None,
) -> RecordedAction[T]:
    """Do `action` while each client reads the events at `path`.

    Raises FixtureError when the action fails. A stream without events is for its check to judge.
    """
    last = env.create_container()
    last_id = str(env.get(f"/containers/{last}/json")["Id"]).encode()
    streams = {client.version: SharedStream(client, path, query) for client in clients}
    linger = 0.0
    try:
        _wait_for_subscriptions(env, list(streams.values()))
        value = action(env)
        begun = time.monotonic()
        env.remove("container", last)
        while (late := time.monotonic() - begun) < _PATIENCE and any(
            stream.is_running() and last_id not in stream.body for stream in streams.values()
        ):
            time.sleep(0.005)
        linger = min(max(_LINGER, 10 * late), _PATIENCE)
    finally:
        # No document says that events of different objects come in the order of their causes.
        for stream in streams.values():
            stream.leave(after=linger)
    return RecordedAction(value, streams)


def _wait_for_subscriptions(env: Environment, streams: list[SharedStream]) -> None:
    """Create containers until every stream has had an event: no other sign tells that a subscription has begun."""
    ends = time.monotonic() + _PATIENCE
    silent = streams
    while silent and time.monotonic() < ends:
        name = env.create_container()
        pause = time.monotonic() + 0.1
        while silent and time.monotonic() < pause:
            silent = [stream for stream in silent if not stream.body and stream.is_running()]
            time.sleep(0.002)
        env.remove("container", name)
