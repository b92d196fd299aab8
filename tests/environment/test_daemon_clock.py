"""The daemon's clock on the environment: an environment that rests on it is set anew when somebody has set the clock meanwhile."""

import time
from datetime import UTC, datetime

import pytest

from conformance.environment.daemon_clock import read_clock, time_before_now, with_steady_clock
from conformance.model.errors import FixtureError


class Told:
    """An environment whose daemon tells the host's time, moved by `moved` seconds."""

    def __init__(self):
        self.moved = 0.0

    def get(self, path):
        return {"SystemTime": datetime.fromtimestamp(time.time() + self.moved, UTC).isoformat()}


def test_what_was_made_while_the_clock_was_set_is_made_anew():
    env = Told()
    made = []

    def make():
        made.append(env.moved)
        env.moved = -60.0
        return len(made)

    assert with_steady_clock(env, make) == 2
    assert made == [0.0, -60.0]


def test_a_failure_counts_only_where_the_clock_went_on():
    env = Told()
    made = []

    def make():
        made.append(env.moved)
        env.moved = 60.0
        raise FixtureError("no")

    with pytest.raises(FixtureError, match="no"):
        with_steady_clock(env, make)

    assert made == [0.0, 60.0]


def test_a_clock_that_is_set_each_time_is_said():
    env = Told()

    def make():
        env.moved += 60.0

    with pytest.raises(FixtureError, match="set again and again"):
        with_steady_clock(env, make)


def test_a_moment_before_now_stays_one_when_the_clock_is_set_back_a_minute():
    env = Told()

    moment = time_before_now(env)

    env.moved = -60.0
    assert moment < read_clock(env)
