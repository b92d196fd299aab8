"""The form of output streams: frames without a terminal, the terminal's own bytes with one."""

import pytest

from conformance import assert_success, since
from conformance.testing import STDERR, STDOUT, payload, start_and_wait_for_output

LIVE = {"stream": 1, "stdin": 1, "stdout": 1, "stderr": 1}
LINE = b"x" * 100_000 + b"\n"
LONG_OUTPUT = "head -c 100000 /dev/zero | tr '\\0' x; echo"
LONG_OUTPUT += "; head -c 100000 /dev/zero | tr '\\0' x >&2; echo >&2"


def from_logs(api, name):
    return api.get(f"/containers/{name}/logs", {"stdout": 1, "stderr": 1})


def from_attach(api, name):
    query = {"logs": 1, "stream": 0, "stdout": 1, "stderr": 1}
    with api.hijack("POST", f"/containers/{name}/attach", query, headers=()) as attached:
        attached.rest()
    return attached.response


def live_frames(api, name):
    with api.hijack("POST", f"/containers/{name}/attach", LIVE, headers=()) as attached:
        attached.send(b"go\n")
        attached.rest()
    return attached.response.frames()


@pytest.fixture
def container_with_long_output(env):
    """The name of a running container that has written a line of 100,000 letters and a word to each stream."""
    script = f"{LONG_OUTPUT}; echo said; echo told >&2; exec sleep 86400"

    return env.share(
        "container with long output",
        lambda: start_and_wait_for_output(env, b"said\n", b"told\n", "sh", "-c", script),
    )


@since("general/streams-are-framed")
@pytest.mark.parametrize("read", [from_attach, from_logs], ids=["attach", "logs"])
def test_each_line_is_in_a_frame_of_its_stream(api, container_with_output, read):
    frames = read(api, container_with_output).frames()

    assert sorted({frame.stream for frame in frames}) == [STDOUT, STDERR]
    assert (payload(frames, STDOUT), payload(frames, STDERR)) == (b"out\n", b"err\n")


@since("general/streams-are-framed")
@pytest.mark.parametrize("read", [from_attach, from_logs], ids=["attach", "logs"])
def test_a_long_line_is_frames_from_end_to_end(api, container_with_long_output, read):
    frames = read(api, container_with_long_output).frames()

    assert payload(frames, STDOUT) == LINE + b"said\n"
    assert payload(frames, STDERR) == LINE + b"told\n"


@since("general/streams-are-framed")
def test_live_output_is_frames_from_end_to_end(api, start_reader):
    name = start_reader(f"read go; {LONG_OUTPUT}")

    frames = live_frames(api, name)

    assert payload(frames, STDOUT) == LINE
    assert payload(frames, STDERR) == LINE


@since("general/streams-are-framed")
def test_output_that_looks_like_a_frame_is_framed_all_the_same(api, start_reader):
    name = start_reader(r"read go; printf '\002\000\000\000\000\000\000\004not\n'")

    frames = live_frames(api, name)

    assert payload(frames, STDOUT) == b"\2\0\0\0\0\0\0\4not\n"
    assert payload(frames, STDERR) == b""


@since("general/streams-are-raw-with-a-tty")
@pytest.mark.parametrize("read", [from_attach, from_logs], ids=["attach", "logs"])
def test_past_output_is_the_terminals_bytes(api, terminal_with_output, read):
    answer = read(api, terminal_with_output)

    assert_success(answer)
    assert answer.body in (b"out\r\n", b"out\n")  # engines of 2015 log a terminal with plain line feeds


@since("general/streams-are-raw-with-a-tty")
def test_live_output_is_the_terminals_bytes(api, terminal_echo_container):
    query = {"stream": 1, "stdin": 1, "stdout": 1}

    with api.hijack("POST", f"/containers/{terminal_echo_container}/attach", query, headers=()) as attached:
        attached.send(b"line\n")
        output = attached.read_until(b"line\r\nline\r\n")

    assert output == b"line\r\nline\r\n"
