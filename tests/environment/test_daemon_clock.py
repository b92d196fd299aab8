"""The daemon's clock: a fixture that depends on it is made again when the clock was set meanwhile."""

import time
from datetime import UTC, datetime

import pytest
from scripted import answering, client_of

from conformance.environment import Environment, Ledger
from conformance.environment.daemon_clock import read_clock, time_before_now, with_steady_clock
from conformance.environment.ledger import new_run
from conformance.environment.test_image import TestImage
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


@pytest.mark.parametrize(
    ("headers", "moment"),
    [((("Date", "Thu, 01 Jan 2015 00:00:10 GMT"),), 1_420_070_310), ((("Date", "noon"),), None), ((), None)],
    ids=["Date", "no date", "no header"],
)
def test_a_daemon_without_systemtime_tells_the_time_in_a_header(headers, moment, tmp_path, state):
    """Engines before API v1.18 have no SystemTime."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers).encode()
    answer = (
        b"HTTP/1.1 200 OK\r\n" + fields + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    with client_of(tmp_path, answering(answer, answer)) as client:
        env = Environment(client, Ledger(new_run("unix:///nowhere"), "main"), TestImage("image:1", "image:1"))
        if moment is None:
            with pytest.raises(FixtureError, match="Date: expected a time"):
                time_before_now(env)
        else:
            assert time_before_now(env) == moment
