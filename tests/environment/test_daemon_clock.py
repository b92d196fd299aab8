"""The daemon's clock on the stage: a stage that rests on it is set anew when somebody has set the clock meanwhile."""

import time
from datetime import UTC, datetime

import pytest

from conformance.environment.daemon_clock import before_now, clock, steadily
from conformance.model.errors import StageError


class Told:
    """A stage whose daemon tells the host's time, moved by `moved` seconds."""

    def __init__(self):
        self.moved = 0.0

    def get(self, path):
        return {"SystemTime": datetime.fromtimestamp(time.time() + self.moved, UTC).isoformat()}


def test_what_was_made_while_the_clock_was_set_is_made_anew():
    stage = Told()
    made = []

    def make():
        made.append(stage.moved)
        stage.moved = -60.0
        return len(made)

    assert steadily(stage, make) == 2
    assert made == [0.0, -60.0]


def test_a_failure_counts_only_where_the_clock_went_on():
    stage = Told()
    made = []

    def make():
        made.append(stage.moved)
        stage.moved = 60.0
        raise StageError("no")

    with pytest.raises(StageError, match="no"):
        steadily(stage, make)

    assert made == [0.0, 60.0]


def test_a_clock_that_is_set_each_time_is_said():
    stage = Told()

    def make():
        stage.moved += 60.0

    with pytest.raises(StageError, match="set again and again"):
        steadily(stage, make)


def test_a_moment_before_now_stays_one_when_the_clock_is_set_back_a_minute():
    stage = Told()

    moment = before_now(stage)

    stage.moved = -60.0
    assert moment < clock(stage)
