"""GET /containers/(id)/logs, as API v1.19 changed it."""

import re

import pytest

from conformance import assert_alive, assert_refused, since
from conformance.testing import STDERR, STDOUT, payload, start_and_wait_for_output, with_steady_clock


@pytest.fixture
def container_with_lines(env):
    """The name of a container that wrote ``early`` and later ``late``, and a second before, between and after both lines.

    Its process writes the times, to standard error: a daemon that ignores ``timestamps`` can be asked all the same.
    """

    def make():
        script = "date +%s >&2; echo early; sleep 2.5; echo late; date +%s. >&2; exec sleep 86400"
        name = start_and_wait_for_output(env, b"late", b".", "sh", "-c", script)
        first, last = (
            int(second) for second in re.findall(rb"[0-9]{10}", payload(env.read_log(name), STDERR))
        )
        return name, {"before": first, "between": first + 2, "after": last + 2}

    return env.share("written", lambda: with_steady_clock(env, make))


def read_entries(answer):
    """The entries of standard output; whether each ends a line is the claim of other checks."""
    return re.findall(rb"early|late", payload(answer.frames(), STDOUT))


@since("1.19/logs-since")
def test_earlier_entries_are_left_out(api, container_with_lines):
    name, seconds = container_with_lines

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "since": seconds["between"]})

    assert read_entries(answer) == [b"late"]


@since("1.19/logs-since")
def test_entries_from_that_second_on_are_kept(api, container_with_lines):
    name, seconds = container_with_lines

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "since": seconds["before"]})

    assert read_entries(answer) == [b"early", b"late"]


@since("1.19/logs-since")
def test_a_moment_after_the_last_entry_leaves_nothing(api, container_with_lines):
    name, seconds = container_with_lines

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "since": seconds["after"]})

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
