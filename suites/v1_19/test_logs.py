"""GET /containers/(id)/logs, as API v1.19 changed it."""

from datetime import datetime

import pytest

from conformance import assert_alive, assert_refused, since
from conformance.testing import STDOUT, FixtureError, payload, start_and_wait_for_output, with_steady_clock


@pytest.fixture
def container_with_lines(env):
    """The name of a container that wrote ``early`` and, a second later, ``late``, and the seconds of both lines."""

    def make():
        script = "echo early; sleep 1.1; echo late; exec sleep 86400"
        name = start_and_wait_for_output(env, b"late\n", b"", "sh", "-c", script)
        answer = env.client.get(f"/containers/{name}/logs", {"stdout": 1, "timestamps": 1})
        lines = payload(env.require(answer).frames(), STDOUT).decode().splitlines()
        stamps = dict(reversed(line.split()) for line in lines)
        seconds = {word: int(datetime.fromisoformat(stamp).timestamp()) for word, stamp in stamps.items()}
        if not seconds["early"] < seconds["late"]:
            raise FixtureError(f"expected lines of different seconds, got {lines}")
        return name, seconds

    return env.share("written", lambda: with_steady_clock(env, make))


def out(answer):
    return payload(answer.frames(), STDOUT)


@since("1.19/logs-since")
def test_earlier_entries_are_left_out(api, container_with_lines):
    name, seconds = container_with_lines

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "since": seconds["late"]})

    assert out(answer) == b"late\n"


@since("1.19/logs-since")
def test_entries_from_that_second_on_are_kept(api, container_with_lines):
    name, seconds = container_with_lines

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "since": seconds["early"]})

    assert out(answer) == b"early\nlate\n"


@since("1.19/logs-since")
def test_a_moment_after_the_last_entry_leaves_nothing(api, container_with_lines):
    name, seconds = container_with_lines

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "since": seconds["late"] + 1})

    assert out(answer) == b""


@since("1.19/logs-since-refused")
def test_a_moment_that_is_no_number_is_refused(api, container_with_lines):
    answer = api.get(f"/containers/{container_with_lines[0]}/logs", {"stdout": 1, "since": "yesterday"})

    assert_refused(answer)
    assert_alive(api)


@since("1.19/logs-since-zero")
@pytest.mark.parametrize("query", [{"since": 0}, {}], ids=["zero", "default"])
def test_every_entry_is_returned(api, container_with_lines, query):
    answer = api.get(f"/containers/{container_with_lines[0]}/logs", {"stdout": 1, **query})

    assert out(answer) == b"early\nlate\n"
