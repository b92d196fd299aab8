"""The last bound of a case: whatever it waits for, a phase of it ends. Every wait has a bound of its own before this one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from conformance.model.errors import ConformanceError


class Overdue(ConformanceError):
    """A phase of a case took longer than any may: the harness waited in vain. Gives the verdict ``error``."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise Overdue inside the block once `seconds` have passed. Only the main thread has alarms; another goes unbounded."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise Overdue(f"took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
