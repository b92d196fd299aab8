"""The daemon's clock, which may be set while checks run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from conformance.environment.environment import Environment
from conformance.model.errors import FixtureError

T = TypeVar("T")

#: Seconds by which a clock may be set back while a time from the past stays in the past.
_MARGIN = 100
#: Seconds of difference between two readings that do not count as a change: reading takes time.
_SLACK = 0.5
_TURNS = 5


def read_clock(env: Environment) -> float:
    """The daemon's time in seconds since the epoch, to the microsecond. Raises FixtureError."""
    value = env.get("/info").get("SystemTime")
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(value).timestamp()
    raise FixtureError(f"SystemTime: expected a time, got {value!r}")


def time_before_now(env: Environment) -> int:
    """A time in seconds since the epoch that lies before everything that is created from now on.

    A daemon whose ``/info`` tells no time tells it in the header Date, to the second. Raises FixtureError.
    """
    try:
        now = read_clock(env)
    except FixtureError:
        date = env.require(env.client.get("/info")).header("Date") or ""
        try:
            now = parsedate_to_datetime(date).timestamp()
        except ValueError:
            raise FixtureError(f"Date: expected a time, got {date!r}") from None
    return math.floor(now) - _MARGIN


def with_steady_clock(env: Environment, make: Callable[[], T]) -> T:
    """The value of `make`, which depends on the daemon's clock; `make` is called again if the clock was set meanwhile.

    Raises what `make` raises, and FixtureError when the clock was set during every call.
    """
    error: FixtureError | None = None
    for _ in range(_TURNS):
        before, error = read_clock(env) - time.monotonic(), None
        try:
            value = make()
        except FixtureError as caught:
            error = caught
        if abs(read_clock(env) - time.monotonic() - before) < _SLACK:
            if error is not None:
                raise error
            return value
    raise FixtureError(f"the daemon's clock was set during each of {_TURNS} attempts") from error
