"""Answers that come while something else is done: each is read in a thread, over a connection of its own.

An engine keeps only its last few events, so a check that asks afterwards can miss its own on a busy daemon. A stream
that was open before misses none; and one action with a stream per version serves the checks of all versions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Thread
from typing import Any, Generic, TypeVar

from conformance.environment.environment import Environment
from conformance.http import event_log
from conformance.http.client import Client
from conformance.http.messages import Exchange, Response
from conformance.model.errors import DaemonFault, DaemonTimeout, FixtureError
from conformance.model.versions import ApiVersion

T = TypeVar("T")
_PULSE = 0.25
#: How long a action waits for its last event to come through every stream, and how long each is read after that at
#: least. Where that event took its time, the ones that are missing get ten times as long, up to the same limit.
_PATIENCE, _LINGER = 5.0, 1.0


class Watch:
    """A GET whose body is read in the background until `enough` of it is there, it ends, or `seconds` have passed.

    `enough` takes the body so far. Leaving early closes the connection, which tells the daemon that nobody listens.
    """

    def __init__(
        self,
        client: Client,
        path: str,
        query: dict[str, Any] | None = None,
        *,
        enough: Callable[[bytes], bool] = lambda _: False,
        seconds: float = 30.0,
    ) -> None:
        timeouts = replace(client.timeouts, first_byte=seconds)
        self._client = Client(client.endpoint, client.version, timeouts=timeouts, role=client.role)
        self._path, self._query, self._enough = path, query, enough
        self._ends = time.monotonic() + seconds
        self._fault: DaemonFault | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with self._client.stream("GET", self._path, self._query) as stream:
                while (left := self._ends - time.monotonic()) > 0 and not self._enough(stream.response.body):
                    with suppress(DaemonTimeout):
                        if stream.read(min(left, _PULSE)) is None:
                            break
        except DaemonFault as fault:
            self._fault = fault

    @property
    def body(self) -> bytes:
        """What has come so far."""
        response = self._response()
        return b"" if response is None else response.body

    def reading(self) -> bool:
        """Whether it is still being read."""
        return self._thread.is_alive()

    def finish(self) -> None:
        """Wait until no more is read."""
        self._thread.join()

    def leave(self, after: float) -> None:
        """Read for `after` more seconds at most."""
        self._ends = min(self._ends, time.monotonic() + after)

    def answer(self, reader: Client, enough: Callable[[Response], bool] = lambda _: False) -> Response:
        """Wait for the end or until `reader` has `enough`; return what has come and put it into the reader's transcript.

        ``complete`` tells whether the daemon ended it. Raises DaemonFault when there is no answer at all.
        """
        begun = time.monotonic()
        while self.reading():
            so_far = self._response()
            if so_far is not None and enough(replace(so_far, complete=False, reads={})):
                break
            self._thread.join(0.01)
        seen = self._response()
        answer = (
            None if seen is None else replace(seen, complete=seen.complete and not self.reading(), reads={})
        )
        if self._client.transcript:
            # It was read beside other work: only what this reader had to wait for is time spent on the daemon.
            waited = time.monotonic() - begun
            exchange = replace(self._client.transcript[-1], response=answer, seconds=waited)
            self._show(reader.transcript, exchange)
        if answer is None:
            raise self._fault or DaemonTimeout(f"GET {self._path} was not answered")
        return answer

    @staticmethod
    def _show(transcript: list[Exchange], exchange: Exchange) -> None:
        """Put the exchange into a transcript, in the place of what was shown of it there before."""
        if transcript and transcript[-1].request is exchange.request:
            before = transcript.pop()
            exchange.seconds += before.seconds
            if before.response is not None and exchange.response is not None:
                exchange.response.reads.update(before.response.reads)
        transcript.append(exchange)

    def _response(self) -> Response | None:
        exchanges = self._client.transcript
        return exchanges[-1].response if exchanges else None


class RecordedEvents:
    """What the event stream of one version told while a action was done, other people's events too."""

    def __init__(self, watch: Watch, reader: Client) -> None:
        self._watch = watch
        self._reader = reader

    def about(self, *names: str, until: str | None = None, times: int = 1) -> list[Any]:
        """The events of one object (see eventlog.concerns); waits for as many called `until`, as long as any may come.

        Raises DaemonFault, Refused or Malformed when there was no stream of events.
        """

        def enough(answer: Response) -> bool:
            return until is None or event_log.actions_about(answer.messages(), *names).count(until) >= times

        return event_log.events_about(self._watch.answer(self._reader, enough).messages(), *names)

    def actions(self, *names: str, until: str | None = None, times: int = 1) -> list[str]:
        """The names of the events of one object; see about()."""
        return [event_log.event_action(event) for event in self.about(*names, until=until, times=times)]


class RecordedAction(Generic[T]):
    """A action that was done: its `value` (what it returned), and who heard what of it."""

    def __init__(self, value: T, watches: dict[ApiVersion | None, Watch]) -> None:
        self.value = value
        self._watches = watches

    def events_in(self, api: Client) -> RecordedEvents:
        """What the stream in the version of `api` told."""
        return RecordedEvents(self._watches[api.version], api)


def record_while(
    env: Environment, clients: Sequence[Client], action: Callable[[Environment], T]
) -> RecordedAction[T]:
    """Do `action` while ``GET /events`` is read in the version of each client.

    Raises FixtureError when the action goes wrong; that a stream tells nothing is for its check to say.
    """
    last = env.create_container()
    needle = str(env.get(f"/containers/{last}/json")["Id"]).encode()
    watches = {client.version: Watch(client, "/events") for client in clients}
    linger = 0.0
    try:
        _until_heard(env, list(watches.values()))
        value = action(env)
        begun = time.monotonic()
        env.remove("container", last)
        while (late := time.monotonic() - begun) < _PATIENCE and any(
            watch.reading() and needle not in watch.body for watch in watches.values()
        ):
            time.sleep(0.005)
        linger = min(max(_LINGER, 10 * late), _PATIENCE)
    finally:
        # Nothing says that events of different objects come in the order in which they were caused.
        for watch in watches.values():
            watch.leave(after=linger)
    return RecordedAction(value, watches)


def _until_heard(env: Environment, watches: list[Watch]) -> None:
    """Make containers until every stream has told of one: nothing else says that a subscription stands."""
    ends = time.monotonic() + _PATIENCE
    deaf = watches
    while deaf and time.monotonic() < ends:
        name = env.create_container()
        pause = time.monotonic() + 0.1
        while deaf and time.monotonic() < pause:
            deaf = [watch for watch in deaf if not watch.body and watch.reading()]
            time.sleep(0.002)
        env.remove("container", name)


class OptionalSteps:
    """Steps of a action, of which one that goes wrong spoils only what is asked of it."""

    def __init__(self) -> None:
        self._failed: dict[str, Exception] = {}

    def take(self, name: str, act: Callable[[], T]) -> T | None:
        """Do a step; returns what `act` returned, or None when it failed."""
        try:
            return act()
        except (FixtureError, DaemonFault, AssertionError) as error:
            self._failed[name] = error
            return None

    def require(self, *names: str) -> None:
        """Raises FixtureError when one of these steps failed."""
        for name in names:
            if name in self._failed:
                raise FixtureError(f"the step {name} could not be done: {self._failed[name]}")
