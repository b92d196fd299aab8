"""What a run says while it goes on: what is prepared before the first case, how far it is, and what blocks cases."""

from __future__ import annotations

import io

import pytest
from reports import BOOLEANS, case

from conformance.model.verdicts import Verdict
from conformance.report.render.progress import RunProgress


class Clock:
    """Time that the test sets."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def clock():
    return Clock()


def blocked(reason, fixture="idle", **more):
    return case(BOOLEANS, "1.19", Verdict.BLOCKED, reason, fixture=fixture, **more)


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_what_is_prepared_is_shown_before_the_first_case(stream, clock):
    out = stream()
    progress = RunProgress(lambda: 0, out, clock)

    progress.begin("preparing the test image")
    shown = out.getvalue()
    progress.close()

    assert "preparing the test image ..." in shown


def test_a_line_is_written_each_ten_seconds(clock):
    out = io.StringIO()
    progress = RunProgress(lambda: 9, out, clock)

    for second in (1, 5, 11, 12, 25):
        clock.now = second
        progress.add(case(BOOLEANS, "1.19"))

    assert out.getvalue().splitlines() == ["3 of 9 cases, 11 s", "5 of 9 cases, 25 s"]


def test_a_failure_that_blocks_cases_is_shown_when_it_is_met_first_and_once(clock):
    out = io.StringIO()
    progress = RunProgress(lambda: 9, out, clock)
    start = (
        "POST /v1.{}/containers/dockerconf-0123abcd-idle-89abcdef/start was refused with 500: no log driver"
    )

    progress.add(blocked(start.format(41)))
    progress.add(blocked("as in x::y@1.19", first="x::y@1.19"))
    progress.add(blocked(start.format(24)))

    assert out.getvalue().splitlines() == [
        "blocked: fixture 'idle' failed: POST /containers/(name)/start was refused with 500: no log driver;"
        " cases that need it are not judged"
    ]


def test_only_the_first_failures_are_shown(clock):
    out = io.StringIO()
    progress = RunProgress(lambda: 9, out, clock)

    for number in range(20):
        progress.add(blocked(f"failure {number}", fixture=""))

    assert len(out.getvalue().splitlines()) == 5
    assert f"blocked: {BOOLEANS} failed: failure 0" in out.getvalue()


def test_what_a_daemon_says_cannot_steer_the_terminal(clock):
    out = io.StringIO()
    progress = RunProgress(lambda: 9, out, clock)

    progress.add(blocked("refused: \x1b[2J\u202e"))
    progress.say("\x9b1m")

    assert not {"\x1b", "\u202e", "\x9b"} & set(out.getvalue())
