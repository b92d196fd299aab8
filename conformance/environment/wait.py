"""Waiting for a condition on the environment, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable

from conformance.model.errors import FixtureError


def wait_until(condition: Callable[[], bool], what: str, timeout: float = 15.0) -> None:
    """Wait until `condition` holds; raises FixtureError that names `what` when it does not within `timeout` seconds."""
    ends = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > ends:
            raise FixtureError(f"waited {timeout:g} s in vain: {what}")
        time.sleep(0.01)


def becomes_true(condition: Callable[[], object], seconds: float = 2.0) -> bool:
    """Whether a condition comes true within so many seconds: where nothing says that an answer waits for its effect."""
    ends = time.monotonic() + seconds
    while not (held := bool(condition())) and time.monotonic() < ends:
        time.sleep(0.02)
    return held
