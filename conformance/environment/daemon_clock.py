"""The daemon's own clock, which somebody may set while checks go on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from conformance.environment.environment import Environment
from conformance.model.errors import FixtureError

T = TypeVar("T")

#: Seconds by which a clock may be set back without a moment of the past becoming one of the future.
_MARGIN = 100
#: Seconds that a clock may go wrong between two looks at it: asking takes time.
_SLACK = 0.5
_TURNS = 5


def read_clock(env: Environment) -> float:
    """The daemon's own time in seconds since the epoch, to the microsecond. Raises FixtureError."""
    said = env.get("/info").get("SystemTime")
    with suppress(TypeError, ValueError):
        return datetime.fromisoformat(said).timestamp()
    raise FixtureError(f"the daemon does not tell its time: SystemTime is {said!r}")


def time_before_now(env: Environment) -> int:
    """A moment in seconds since the epoch that lies before all that is made from now on."""
    return math.floor(read_clock(env)) - _MARGIN


def with_steady_clock(env: Environment, make: Callable[[], T]) -> T:
    """What `make` returns, which rests on the daemon's clock: made anew if somebody has set it meanwhile.

    Raises what `make` raises, and FixtureError when the clock was set each time.
    """
    error: FixtureError | None = None
    for _ in range(_TURNS):
        before, error = read_clock(env) - time.monotonic(), None
        try:
            made = make()
        except FixtureError as caught:
            error = caught
        if abs(read_clock(env) - time.monotonic() - before) < _SLACK:
            if error is not None:
                raise error
            return made
    raise FixtureError("the daemon's clock was set again and again, on which this rests") from error
