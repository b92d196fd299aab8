"""Two watchdogs: the daemon is still the one that was identified, and no phase of a test runs for ever.

A verdict speaks of the daemon that was identified at the start. One that went away, was restarted (and with it the
environment) or identifies itself differently is not asked any more; earlier results stay, and the run is incomplete.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from conformance.engine.identity import Daemon
from conformance.engine.private.daemon import peer_pid
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.errors import Malformed, Refused
from conformance.http.sizes import Sizes
from conformance.http.timeouts import Timeouts
from conformance.model.errors import ConformanceError, DaemonFault, Unreachable

#: How often a daemon that answers is identified again, in seconds.
_INTERVAL = 5.0
#: Seconds after an answer in which an open connection is proof enough: a daemon that dies closes it.
_FRESH = 0.5
#: Silence on ``GET /_ping`` after which the daemon counts as gone, in seconds.
_SILENCE = 10.0
#: Facts of an identity, and the member of ``GET /version`` that states each.
_STATED_IN = {"version": "Version", "newest": "ApiVersion", "oldest": "MinAPIVersion", "commit": "GitCommit"}


class DaemonWatchdog:
    """Watches one daemon for one worker; `patience` is how long it may take to answer, in seconds.

    It has a connection of its own, so that its requests are in no case's transcript.
    """

    def __init__(self, daemon: Daemon, patience: float) -> None:
        silence = min(_SILENCE, patience)
        timeouts = Timeouts(connect=silence, first_byte=silence, silence=silence, total=silence)
        self._client = Client(daemon.endpoint, timeouts=timeouts, sizes=Sizes(body=1024 * 1024))
        self._known = daemon.identity
        self._process = self._listener()
        self._asked = time.monotonic()
        self._heard = 0.0

    def trouble(self, *, thorough: bool = False) -> str:
        """What is wrong with the daemon, in words that go on with "during CASE"; "" if nothing is.

        The daemon is identified again every few seconds only, or if `thorough`, as after a fault.
        """
        if not thorough and time.monotonic() - self._heard < _FRESH and self._client.is_open():
            return ""
        self._client.transcript.clear()
        try:
            process = self._listener()
            self._client.get("/_ping")
            self._heard = time.monotonic()
        except (Unreachable, DaemonFault) as fault:
            return f"the daemon stopped answering ({fault})"
        if process and self._process and process != self._process:
            return f"the daemon was restarted (process {self._process} -> {process})"
        if thorough or time.monotonic() - self._asked >= _INTERVAL:
            self._asked = time.monotonic()
            return self._changes()
        return ""

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _listener(self) -> int:
        """The process that listens on the daemon's unix socket; 0 if it is not visible. Raises Unreachable."""
        return 0 if self._client.endpoint.path is None else max(0, peer_pid(self._client.endpoint))

    def _changes(self) -> str:
        """How the daemon differs from the one that was identified. An invalid answer is for checks to judge."""
        try:
            document = self._client.get("/version").json()
        except DaemonFault as fault:
            return "" if self._answers() else f"the daemon stopped answering ({fault})"
        except (Malformed, Refused):
            return ""
        for name, member in _STATED_IN.items():
            was, now = str(getattr(self._known, name)), at(document, member)
            # an oldest version that the daemon does not state was found by asking
            if (
                isinstance(now, str)
                and now != was
                and (name != "oldest" or self._known.oldest_from == "said")
            ):
                return f"the daemon's identity changed during the run: {member} {was[:80]!r} -> {now[:80]!r}"
        return ""

    def _answers(self) -> bool:
        try:
            self._client.get("/_ping")
        except DaemonFault:
            return False
        return True


class PhaseTimeout(ConformanceError):
    """A test phase exceeded its time limit. Gives the verdict ``error``."""


@contextmanager
def limit_phase(seconds: float) -> Iterator[None]:
    """Raise PhaseTimeout inside the block after `seconds`. Every wait has a shorter limit of its own; this is the last.

    Only the main thread has alarms; in another thread there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise PhaseTimeout(f"the phase exceeded its time limit of {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
