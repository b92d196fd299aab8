"""GET /containers/(id)/logs, as API v1.19 changed it."""

import re
from datetime import datetime

import pytest

from conformance import assert_alive, assert_refused, since
from conformance.testing import STDOUT, FixtureError, payload, start_and_wait_for_output, with_steady_clock


@pytest.fixture
def container_with_lines(env):
    """The name of a container that wrote ``early`` and, a second later, ``late``, and the seconds of both lines."""

    def make():
        script = "echo early; sleep 1.1; echo late; exec sleep 86400"
        name = start_and_wait_for_output(env, b"late", b"", "sh", "-c", script)
        answer = env.client.get(f"/containers/{name}/logs", {"stdout": 1, "timestamps": 1})
        shown = payload(env.require(answer).frames(), STDOUT).decode()
        seconds = {word: read_second(stamp) for stamp, word in re.findall(r"(\S+) (early|late)", shown)}
        if not (seconds.keys() == {"early", "late"} and seconds["early"] < seconds["late"]):
            raise FixtureError(f"expected two lines behind times of different seconds, got {shown!r}")
        return name, seconds

    return env.share("written", lambda: with_steady_clock(env, make))


def read_second(stamp):
    try:
        return int(datetime.fromisoformat(stamp).timestamp())
    except ValueError:
        raise FixtureError(f"expected the time of a line, got {stamp!r}") from None


def read_entries(answer):
    """The entries of standard output; whether each ends a line is the claim of other checks."""
    return re.findall(rb"early|late", payload(answer.frames(), STDOUT))


@since("1.19/logs-since")
def test_earlier_entries_are_left_out(api, container_with_lines):
    name, seconds = container_with_lines

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "since": seconds["late"]})

    assert read_entries(answer) == [b"late"]


@since("1.19/logs-since")
def test_entries_from_that_second_on_are_kept(api, container_with_lines):
    name, seconds = container_with_lines

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "since": seconds["early"]})

    assert read_entries(answer) == [b"early", b"late"]


@since("1.19/logs-since")
def test_a_moment_after_the_last_entry_leaves_nothing(api, container_with_lines):
    name, seconds = container_with_lines

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "since": seconds["late"] + 1})

    assert payload(answer.frames(), STDOUT) == b""


@since("1.19/logs-since-refused")
def test_a_moment_that_is_no_number_is_refused(api, container_with_lines):
    answer = api.get(f"/containers/{container_with_lines[0]}/logs", {"stdout": 1, "since": "yesterday"})

    assert_refused(answer)
    assert_alive(api)


@since("1.19/logs-since-zero")
@pytest.mark.parametrize("query", [{"since": 0}, {}], ids=["zero", "default"])
def test_every_entry_is_returned(api, container_with_lines, query):
    answer = api.get(f"/containers/{container_with_lines[0]}/logs", {"stdout": 1, **query})

    assert read_entries(answer) == [b"early", b"late"]
