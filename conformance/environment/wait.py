"""Waiting for a condition, for a limited time."""

from __future__ import annotations

import time
from collections.abc import Callable

from conformance.model.errors import FixtureError


def wait_until(condition: Callable[[], bool], what: str, timeout: float = 15.0) -> None:
    """Wait until `condition` holds. Raises FixtureError, which names `what`, after `timeout` seconds."""
    ends = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > ends:
            raise FixtureError(f"timed out after {timeout:g} s waiting for: {what}")
        time.sleep(0.01)


def becomes_true(condition: Callable[[], object], seconds: float = 2.0) -> bool:
    """Whether a condition becomes true within `seconds`: for effects that may come after the answer of their request."""
    ends = time.monotonic() + seconds
    while not (is_true := bool(condition())) and time.monotonic() < ends:
        time.sleep(0.02)
    return is_true
