"""Whether the daemon under test is still there, and still the same one.

A verdict speaks of the daemon that was identified at the start. One that went away, was restarted (and with it the
stage) or calls itself something else can be asked nothing more; what was seen before stays, and the run is incomplete.
"""

from __future__ import annotations

import time

from conformance.engine.identity import Daemon
from conformance.engine.private.daemon import peer_pid
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.errors import Malformed, Refused
from conformance.http.sizes import Sizes
from conformance.http.timeouts import Timeouts
from conformance.model.errors import DaemonFault, Unreachable

#: How often a daemon that answers is asked again who it is, in seconds.
_INTERVAL = 5.0
#: Seconds after an answer in which a connection that is still open says enough: a daemon that dies closes it.
_FRESH = 0.5
#: Silence on ``GET /_ping`` after which nothing more is expected of a daemon, in seconds.
_SILENCE = 10.0
_SAID = {"version": "Version", "newest": "ApiVersion", "oldest": "MinAPIVersion", "commit": "GitCommit"}


class Guard:
    """Watches one daemon for one worker; `patience` is how long it may take to answer, in seconds.

    Asks over a connection of its own, so that nothing of it is in a case's transcript.
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
        """What is wrong with the daemon, in words that go on with "during CASE"; "" when nothing is.

        Who it is, is asked now and then only, or when `thorough`: after a fault, say.
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
            return f"the daemon was restarted (process {self._process} became {process})"
        if thorough or time.monotonic() - self._asked >= _INTERVAL:
            self._asked = time.monotonic()
            return self._strange()
        return ""

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _listener(self) -> int:
        """The process that listens on the daemon's unix socket; 0 where there is none to be seen. Raises Unreachable."""
        return 0 if self._client.endpoint.path is None else max(0, peer_pid(self._client.endpoint))

    def _strange(self) -> str:
        """How the daemon differs from the one that was identified. An answer that is none is for checks to judge."""
        try:
            document = self._client.get("/version").json()
        except DaemonFault as fault:
            return "" if self._answers() else f"the daemon stopped answering ({fault})"
        except (Malformed, Refused):
            return ""
        for name, member in _SAID.items():
            was, now = str(getattr(self._known, name)), at(document, member)
            # what it did not say at the start was found out otherwise
            if (
                isinstance(now, str)
                and now != was
                and (name != "oldest" or self._known.oldest_from == "said")
            ):
                return f"the daemon became another ({member} was {was[:80]!r} and is now {now[:80]!r})"
        return ""

    def _answers(self) -> bool:
        try:
            self._client.get("/_ping")
        except DaemonFault:
            return False
        return True
