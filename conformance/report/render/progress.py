"""How far a run is, on stderr: one live line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from conformance.model.results import NOT_CONFORMANT, Result, Verdict
from conformance.report.outcome import Totals
from conformance.report.render import labels

QUIET_SECONDS = 10.0
_LIVE_SECONDS = 0.1


class Progress:
    """Counts results as they come. `total` tells how many are expected; workers may still be collecting, so it may grow."""

    def __init__(
        self,
        total: int | Callable[[], int],
        stream: IO[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = total
        self._stream = stream or sys.stderr
        self._clock = clock
        self._live = self._stream.isatty()
        self._begun = self._shown = clock()
        self._totals: Totals = {}
        self._done = 0
        self._width = 0

    def advance(self, result: Result) -> None:
        """Take a result, and show where the run is if it is time to."""
        self._done += 1
        self._totals[result.verdict] = self._totals.get(result.verdict, 0) + 1
        now = self._clock()
        if now - self._shown >= (_LIVE_SECONDS if self._live else QUIET_SECONDS):
            self._shown = now
            self._show(result.case.change)

    def close(self) -> None:
        """Take the live line away."""
        if self._live and self._width:
            self._write("\r" + " " * self._width + "\r")
            self._width = 0

    def line(self, change: str = "") -> str:
        """Where the run is, in words."""
        total = self._total() if callable(self._total) else self._total
        parts = [f"{self._done} of {max(total, self._done)} cases"]
        bad = sum(self._totals.get(verdict, 0) for verdict in NOT_CONFORMANT)
        if bad:
            parts.append(f"{bad} not as documented")
        unclear = sum(self._totals.get(verdict, 0) for verdict in (Verdict.BLOCKED, Verdict.ERROR))
        if unclear:
            parts.append(f"{unclear} could not tell")
        parts.append(f"{self._clock() - self._begun:.0f} s")
        return ", ".join(parts) + (f": {labels.visible(change)}" if change else "")

    def _show(self, change: str) -> None:
        if not self._live:
            self._write(self.line() + "\n")
            return
        text = labels.cut(self.line(change), 79)
        self._write("\r" + text.ljust(self._width))
        self._width = len(text)

    def _write(self, text: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        with suppress(OSError):  # nobody looks any more: that is no reason to end a run
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()
