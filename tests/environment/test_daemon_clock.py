"""The daemon's clock: a fixture that depends on it is made again when the clock was set meanwhile."""

import time
from datetime import UTC, datetime

import pytest

from conformance.environment.daemon_clock import read_clock, time_before_now, with_steady_clock
from conformance.model.errors import FixtureError


class MovedClock:
    """An environment whose daemon's clock differs from the host's by `moved` seconds."""

    def __init__(self):
        self.moved = 0.0

    def get(self, path):
        return {"SystemTime": datetime.fromtimestamp(time.time() + self.moved, UTC).isoformat()}


def test_a_value_is_made_again_when_the_clock_was_set_meanwhile():
    env = MovedClock()
    made = []

    def make():
        made.append(env.moved)
        env.moved = -60.0
        return len(made)

    assert with_steady_clock(env, make) == 2
    assert made == [0.0, -60.0]


def test_a_failure_counts_only_when_the_clock_was_not_set():
    env = MovedClock()
    made = []

    def make():
        made.append(env.moved)
        env.moved = 60.0
        raise FixtureError("no")

    with pytest.raises(FixtureError, match="no"):
        with_steady_clock(env, make)

    assert made == [0.0, 60.0]


def test_a_clock_that_is_set_each_time_is_a_fixture_error():
    env = MovedClock()

    def make():
        env.moved += 60.0

    with pytest.raises(FixtureError, match="set during each of 5 attempts"):
        with_steady_clock(env, make)


def test_a_time_before_now_stays_before_when_the_clock_is_set_back_a_minute():
    env = MovedClock()

    moment = time_before_now(env)

    env.moved = -60.0
    assert moment < read_clock(env)
