"""How far a run is, on stderr: a live bar on a terminal, a line every ten seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from conformance.model.text import cut, one_line, visible
from conformance.model.verdicts import NOT_CONFORMANT, Result, Verdict
from conformance.report.causes import generalize
from conformance.report.outcome import Totals

#: Seconds between two lines where there is no terminal.
LINE_SECONDS = 10.0
_REFRESH_SECONDS = 0.1
_BAR_WIDTH = 20
#: Failures that block cases are shown at once up to this number; the report has all.
_MOST_WARNINGS = 5


class Progress:
    """Counts what is done of `total`, which may grow; 0 is unknown. `noun` names what is counted.

    Where `stream` is not a terminal, nothing is shown unless `lines` is set.
    """

    def __init__(
        self,
        noun: str,
        total: int | Callable[[], int] = 0,
        *,
        lines: bool = False,
        stream: IO[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._noun = noun
        self._total = total
        self._stream = stream or sys.stderr
        self._clock = clock
        self._begun = self._shown = clock()
        self._done = 0
        live = self._stream.isatty()
        self._interval = _REFRESH_SECONDS if live else LINE_SECONDS if lines else None
        self._bar = _LiveBar(self._stream) if live else None

    def advance(self, current: str = "", *notes: str) -> None:
        """Count one more, and show it if it is time to: `current` is what was done, `notes` are shown behind the count."""
        self._done += 1
        now = self._clock()
        if self._interval is None or now - self._shown < self._interval:
            return
        self._shown = now
        if self._bar is not None:
            self._bar.show(self._done, self._get_total(), self.describe(current, *notes))
        else:
            _write(self._stream, self.describe("", *notes) + "\n")

    def say(self, text: str) -> None:
        """Show a line that stays."""
        if self._bar is not None:
            self._bar.say(visible(text))
        else:
            _write(self._stream, f"{visible(text)}\n")

    def begin(self, what: str) -> None:
        """Show what is being done before anything can be counted."""
        if self._bar is not None:
            self._bar.show(0, 0, f"{visible(what)} ...")
        elif self._interval is not None:
            _write(self._stream, f"{visible(what)} ...\n")

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()

    def describe(self, current: str = "", *notes: str) -> str:
        """The progress in words."""
        total = self._get_total()
        count = (
            f"{self._done} of {max(total, self._done)} {self._noun}"
            if total
            else f"{self._done} {self._noun}"
        )
        text = ", ".join([count, *filter(None, notes), f"{self._clock() - self._begun:.0f} s"])
        return f"{text}: {visible(current)}" if current else text

    def _get_total(self) -> int:
        return self._total() if callable(self._total) else self._total


class RunProgress(Progress):
    """The progress of a run of checks, with the verdicts that are not good."""

    def __init__(
        self,
        total: int | Callable[[], int],
        stream: IO[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("cases", total, lines=True, stream=stream, clock=clock)
        self._totals: Totals = {}
        self._causes: set[str] = set()

    def add(self, result: Result) -> None:
        """Count a result; a failure that blocks cases is shown when it is met first."""
        if result.verdict is Verdict.BLOCKED and not result.first:
            self._warn(result)
        self._totals[result.verdict] = self._totals.get(result.verdict, 0) + 1
        bad = sum(self._totals.get(verdict, 0) for verdict in NOT_CONFORMANT)
        inconclusive = sum(self._totals.get(verdict, 0) for verdict in (Verdict.BLOCKED, Verdict.ERROR))
        self.advance(
            result.case.change,
            f"{bad} not as documented" if bad else "",
            f"{inconclusive} inconclusive" if inconclusive else "",
        )

    def _warn(self, result: Result) -> None:
        cause = generalize(result.reason)
        if cause in self._causes or len(self._causes) == _MOST_WARNINGS:
            return
        self._causes.add(cause)
        who = f"fixture {result.fixture!r}" if result.fixture else result.case.change
        self.say(f"blocked: {who} failed: {one_line(cause, 400)}; cases that need it are not judged")


class _LiveBar:
    """One line on a terminal that is drawn again and again."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._bar = Bar(
            BarColumn(_BAR_WIDTH),
            TextColumn("{task.description}", markup=False),
            console=_Terminal(file=stream, highlight=False, markup=False, emoji=False),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._bar.add_task("", total=None)

    def show(self, done: int, total: int, text: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        text = cut(text, max(20, self._bar.console.width - _BAR_WIDTH - 2))
        text = text.encode(encoding, "replace").decode(encoding)
        with suppress(OSError):  # the terminal is gone: no reason to end a run
            self._bar.start()
            self._bar.update(
                self._task, completed=done, total=max(total, done) if total else None, description=text
            )
            self._bar.refresh()

    def say(self, text: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        with suppress(OSError):
            self._bar.console.print(text.encode(encoding, "replace").decode(encoding), soft_wrap=True)

    def close(self) -> None:
        with suppress(OSError):
            self._bar.stop()


class _Terminal(Console):
    def on_broken_pipe(self) -> None:
        """Raise, instead of ending the process."""
        raise  # rich calls this while it handles the BrokenPipeError

    def show_cursor(self, show: bool = True) -> bool:
        """Leave the cursor visible: a run that is killed could not show it again."""
        del show
        return False


def _write(stream: IO[str], text: str) -> None:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    with suppress(OSError):  # stderr is closed: no reason to end a run
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
