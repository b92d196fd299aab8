"""Signals that end a command in its own way, so that it leaves the daemon clean."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def handle_signals(handler: Callable[[int, FrameType | None], None], *numbers: int) -> Iterator[None]:
    """Let `handler` handle signals. One that was ignored when we were started stays so, as with nohup or in a background job."""
    handled = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in handled}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


@contextmanager
def interruptible(note: Callable[[int], None] = lambda _: None) -> Iterator[None]:
    """Raise KeyboardInterrupt at Ctrl-C, at SIGTERM and at the end of the terminal, with the command's exit code.

    Only the first signal raises: a further one must not end the clean-up. `note` gets the exit code of each.
    """
    raised = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal raised
        del frame
        note(128 + number)
        if not raised:
            raised = True
            raise KeyboardInterrupt(128 + number)

    with handle_signals(stop, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        yield
