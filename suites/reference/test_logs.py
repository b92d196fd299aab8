"""GET /containers/(id)/logs: which stream, how many lines, with which times, and until when."""

import re
from datetime import datetime

import pytest

from conformance import assert_status, since
from conformance.testing import KILLED_ON_STOP, STDERR, STDOUT, payload, start_and_wait_for_output
from fixtures.containers import run_to_end
from fixtures.parameters import FALSE, TRUE

#: What the container has written: three lines to standard output, two to standard error.
OUT, ERR = b"one\ntwo\nthree\n", b"bad\nworse\n"


@pytest.fixture
def logged_container(env):
    """The name of a container that has ended and has written OUT and then ERR.

    It waits between them: an engine takes each stream by itself, and one that is busy may log the later one first.
    """
    script = "echo one; echo two; echo three; sleep 0.5; echo bad >&2; echo worse >&2"
    return env.share("container with logs", lambda: run_to_end(env, "sh", "-c", script))


@pytest.fixture
def logged_output(env):
    """The name of a container that has ended and has written OUT and nothing else."""
    script = "echo one; echo two; echo three"
    return env.share("container with logged output", lambda: run_to_end(env, "sh", "-c", script))


def read_streams(answer):
    """What the answer holds of standard output and of standard error."""
    frames = answer.frames()
    return payload(frames, STDOUT), payload(frames, STDERR)


@since("reference/logs-streams")
@pytest.mark.parametrize("value", TRUE)
def test_stdout_shows_standard_output_alone(api, logged_container, value):
    answer = api.get(f"/containers/{logged_container}/logs", {"stdout": value})

    assert read_streams(answer) == (OUT, b"")


@since("reference/logs-streams")
@pytest.mark.parametrize("value", TRUE)
def test_stderr_shows_standard_error_alone(api, logged_container, value):
    answer = api.get(f"/containers/{logged_container}/logs", {"stderr": value})

    assert read_streams(answer) == (b"", ERR)


@since("reference/logs-streams")
def test_both_streams_are_shown_each_under_its_own_number(api, logged_container):
    answer = api.get(f"/containers/{logged_container}/logs", {"stdout": 1, "stderr": 1})

    assert read_streams(answer) == (OUT, ERR)


@since("reference/logs-streams")
@pytest.mark.parametrize("value", FALSE)
def test_a_stream_is_left_out_by_a_false_value(api, logged_container, value):
    answer = api.get(f"/containers/{logged_container}/logs", {"stdout": 1, "stderr": value})

    assert read_streams(answer) == (OUT, b"")


@since("reference/logs-tail")
@pytest.mark.parametrize(
    ("tail", "lines"), [("1", b"three\n"), ("2", b"two\nthree\n"), ("3", OUT), ("100", OUT), ("all", OUT)]
)
def test_tail_leaves_as_many_lines_at_the_end(api, logged_output, tail, lines):
    answer = api.get(f"/containers/{logged_output}/logs", {"stdout": 1, "tail": tail})

    assert read_streams(answer)[0] == lines


@since("reference/logs-tail")
def test_every_line_is_shown_without_tail(api, logged_output):
    answer = api.get(f"/containers/{logged_output}/logs", {"stdout": 1})

    assert read_streams(answer)[0] == OUT


@since("reference/logs-timestamps")
@pytest.mark.parametrize("value", TRUE)
def test_timestamps_stand_before_every_line(api, logged_container, value):
    answer = api.get(f"/containers/{logged_container}/logs", {"stdout": 1, "stderr": 1, "timestamps": value})

    for shown, lines in zip(read_streams(answer), (OUT, ERR), strict=True):
        stamps = [line.partition(b" ")[0].decode() for line in shown.splitlines()]
        assert [line.partition(b" ")[2] for line in shown.splitlines()] == lines.splitlines()
        times = [datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", stamp)) for stamp in stamps]
        assert times == sorted(times), f"expected times that do not go back, got {stamps}"


@since("reference/logs-timestamps")
@pytest.mark.parametrize("value", FALSE)
def test_no_timestamps_are_shown_by_a_false_value(api, logged_container, value):
    answer = api.get(f"/containers/{logged_container}/logs", {"stdout": 1, "timestamps": value})

    assert read_streams(answer)[0] == OUT


@since("reference/logs-follow")
@pytest.mark.parametrize("value", TRUE)
def test_follow_goes_on_until_the_container_ends(api, env, value):
    script = "echo early; while ! test -e /go; do sleep 0.05; done; echo late; echo bad >&2"
    name = env.create_container("sh", "-c", script, start=True, **KILLED_ON_STOP)

    with api.stream("GET", f"/containers/{name}/logs", {"stdout": 1, "stderr": 1, "follow": value}) as stream:
        env.execute(name, "touch", "/go")
        stream.rest(15)

    assert stream.response.complete, "the stream goes on although the container has ended"
    assert read_streams(stream.response) == (b"early\nlate\n", b"bad\n")


@since("reference/logs-follow")
@pytest.mark.parametrize("query", [{}, {"follow": "0"}, {"follow": "false"}], ids=["default", "0", "false"])
def test_logs_of_a_running_container_end_without_follow(api, env, query):
    script = "echo early; exec sleep 86400"
    name = env.share(
        "container that has written and runs",
        lambda: env.create_container("sh", "-c", script, start=True, **KILLED_ON_STOP),
    )

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, **query})

    assert_status(answer, 200)


@since("reference/logs-follow")
def test_follow_of_a_container_that_has_ended_ends(api, logged_container):
    answer = api.get(f"/containers/{logged_container}/logs", {"stdout": 1, "stderr": 1, "follow": 1})

    assert read_streams(answer) == (OUT, ERR)


@since("reference/logs-follow")
def test_follow_begins_at_the_tail(api, env):
    script = "echo one; echo two; while ! test -e /go; do sleep 0.05; done; echo three"
    name = start_and_wait_for_output(env, b"two\n", b"", "sh", "-c", script)

    with api.stream("GET", f"/containers/{name}/logs", {"stdout": 1, "follow": 1, "tail": 1}) as stream:
        env.execute(name, "touch", "/go")
        stream.rest(15)

    assert read_streams(stream.response)[0] == b"two\nthree\n"


@pytest.fixture
def ended_terminal(env):
    """The name of a container that had a terminal, has written a line, and has ended."""

    def make():
        name = env.create_container("echo", "line", Tty=True, start=True)
        env.wait_for_exit(name)
        return name

    return env.share("container that had a terminal", make)


@since("reference/logs-terminal")
def test_logs_of_a_terminal_have_no_frames(api, ended_terminal):
    answer = api.get(f"/containers/{ended_terminal}/logs", {"stdout": 1, "stderr": 1})

    assert answer.body in (b"line\r\n", b"line\n")


@since("reference/logs-tail")
def test_tail_zero_leaves_no_line(api, logged_output):
    answer = api.get(f"/containers/{logged_output}/logs", {"stdout": 1, "tail": "0"})

    assert read_streams(answer)[0] == b""


@since("reference/logs-tail")
def test_tail_counts_the_lines_of_the_chosen_stream(api, logged_container):
    answer = api.get(f"/containers/{logged_container}/logs", {"stderr": 1, "tail": "1"})

    assert read_streams(answer) == (b"", b"worse\n")


@since("reference/logs-no-stream")
@pytest.mark.parametrize("query", [{}, {"stdout": 0, "stderr": 0}], ids=["neither", "both false"])
def test_logs_of_no_stream_are_refused(api, logged_container, query):
    answer = api.get(f"/containers/{logged_container}/logs", query)

    assert_status(answer, 400)


@since("reference/logs-since-stream")
@pytest.mark.parametrize(
    "query", [{"stderr": 1}, {"stdout": 1, "stderr": 1, "follow": 1}], ids=["stderr", "follow"]
)
def test_since_counts_for_every_stream_and_beside_follow(api, env, query):
    script = "echo old $(date +%s); echo bad >&2; sleep 2.5; echo new; echo worse >&2"

    def make():
        name = env.create_container("sh", "-c", script)
        env.start(name)
        written = env.wait_for_end(name, must_write=True).stdout
        time_shown = re.search("[0-9]{10}", written)
        assert time_shown, f"expected the time in the output, got {written!r}"
        return name, int(time_shown[0]) + 2

    name, between = env.share("container that has written twice", make)

    answer = api.get(f"/containers/{name}/logs", {**query, "since": between})

    assert read_streams(answer) == (b"new\n" if "stdout" in query else b"", b"worse\n")


@since("reference/logs-kept")
def test_logs_of_every_run_are_kept(api, env):
    def make():
        name = env.create_container("echo", "line")
        for _ in range(2):
            env.start(name)
            env.wait_for_exit(name)
        return name

    name = env.share("container that has run twice", make)

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1})

    assert read_streams(answer)[0] == b"line\nline\n"


@since("reference/logs-line-without-end")
def test_a_line_without_an_end_is_shown_as_it_is(api, env):
    name = env.share(
        "container with a last line without an end", lambda: run_to_end(env, "printf", "one\\ntwo")
    )

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1})

    assert read_streams(answer)[0] == b"one\ntwo"


@since("reference/logs-whole")
def test_long_logs_come_to_their_end_with_follow_too(api, env):
    name = env.share("container with long logs", lambda: run_to_end(env, "seq", "1", "20000"))

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "follow": 1})

    assert read_streams(answer)[0] == b"".join(b"%d\n" % number for number in range(1, 20001))


@since("reference/logs-long-line")
def test_a_line_that_is_longer_than_a_buffer_comes_whole(api, env):
    script = "head -c 50000 /dev/zero | tr '\\0' x; echo"
    name = env.share("container with a long line", lambda: run_to_end(env, "sh", "-c", script))

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1})

    assert read_streams(answer)[0] == b"x" * 50000 + b"\n"


@since("reference/logs-follow")
def test_follow_goes_on_in_a_container_that_was_started_again(api, env):
    script = "test -e /ran || { touch /ran; echo first; exit; }; while ! test -e /go; do sleep 0.05; done; echo late"
    name = env.create_container("sh", "-c", script, **KILLED_ON_STOP)
    env.start(name)
    env.wait_for_end(name, must_write=True)
    env.start(name)

    with api.stream("GET", f"/containers/{name}/logs", {"stdout": 1, "follow": 1}) as stream:
        env.execute(name, "touch", "/go")
        stream.rest(15)

    assert read_streams(stream.response)[0] == b"first\nlate\n"


@since("reference/logs-timestamps")
@pytest.mark.parametrize(
    ("query", "lines"),
    [({"tail": 2}, [b"two", b"three"]), ({"follow": 1}, [b"one", b"two", b"three"])],
    ids=["tail", "follow"],
)
def test_timestamps_stand_beside_other_parameters(api, logged_output, query, lines):
    answer = api.get(f"/containers/{logged_output}/logs", {"stdout": 1, "timestamps": 1, **query})

    stamped = [line.partition(b" ") for line in read_streams(answer)[0].splitlines()]
    assert [text for _, _, text in stamped] == lines
    for stamp, _, _ in stamped:
        datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", stamp.decode()))


@since("reference/logs-running")
def test_logs_of_a_running_container_have_all_lines_that_were_written(api, env):
    script = "seq 1 2000; echo ready; exec sleep 86400"
    name = env.share(
        "container that has written much and runs",
        lambda: start_and_wait_for_output(env, b"ready\n", b"", "sh", "-c", script),
    )

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1})

    assert read_streams(answer)[0] == b"".join(b"%d\n" % number for number in range(1, 2001)) + b"ready\n"


@since("reference/logs-silent")
@pytest.mark.parametrize("query", [{}, {"tail": "10"}, {"follow": 1}, {"tail": "1", "follow": 1}], ids=str)
def test_the_logs_of_a_container_without_output_are_empty(api, env, query):
    name = env.share("container that has ended in silence", lambda: run_to_end(env, "true"))

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "stderr": 1, **query})

    assert_status(answer, 200)
    assert answer.body == b""


@pytest.fixture
def mixed_container(env):
    """The name of a container that has written ``one`` and ``three`` to standard output and ``two`` to standard error between."""
    script = "echo one; sleep 0.5; echo two >&2; sleep 0.5; echo three"
    return env.share("container with mixed logs", lambda: run_to_end(env, "sh", "-c", script))


@since("reference/logs-order")
@pytest.mark.parametrize("query", [{}, {"follow": 1}], ids=["default", "follow"])
def test_lines_of_both_streams_come_in_the_order_in_which_they_were_written(api, mixed_container, query):
    answer = api.get(f"/containers/{mixed_container}/logs", {"stdout": 1, "stderr": 1, **query})

    shown = [(frame.stream, frame.payload) for frame in answer.frames()]
    assert shown == [(STDOUT, b"one\n"), (STDERR, b"two\n"), (STDOUT, b"three\n")]


@since("reference/logs-tail-streams")
@pytest.mark.parametrize(
    ("tail", "lines"), [(1, (b"three\n", b"")), (2, (b"three\n", b"two\n")), (3, (b"one\nthree\n", b"two\n"))]
)
def test_tail_counts_the_lines_of_both_streams_together(api, mixed_container, tail, lines):
    answer = api.get(f"/containers/{mixed_container}/logs", {"stdout": 1, "stderr": 1, "tail": tail})

    assert read_streams(answer) == lines


@since("reference/logs-terminal")
@pytest.mark.parametrize(
    "query", [{"follow": 1}, {"tail": 1}, {"stderr": 1}], ids=["follow", "tail", "stderr"]
)
def test_logs_of_a_terminal_have_no_frames_beside_other_parameters(api, ended_terminal, query):
    answer = api.get(f"/containers/{ended_terminal}/logs", {"stdout": 1, **query})

    assert answer.body in (b"line\r\n", b"line\n")


@since("reference/logs-states")
def test_logs_of_a_container_that_was_never_started_are_empty(api, container_in_state):
    answer = api.get(f"/containers/{container_in_state('created').id}/logs", {"stdout": 1, "stderr": 1})

    assert_status(answer, 200)
    assert answer.body == b""


@since("reference/logs-states")
@pytest.mark.needs("freezer")
def test_logs_of_a_paused_container_are_read(api, env):
    def make():
        name = start_and_wait_for_output(env, b"ready\n", b"", "sh", "-c", "echo ready; exec sleep 86400")
        env.post(f"/containers/{name}/pause")
        return name

    name = env.share("paused container with logs", make)

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1})

    assert read_streams(answer)[0] == b"ready\n"


@since("reference/logs-since-tail")
def test_since_and_tail_hold_together(api, env):
    script = "echo old $(date +%s); sleep 2.5; echo new; echo newest"

    def make():
        name = env.create_container("sh", "-c", script)
        env.start(name)
        written = env.wait_for_end(name, must_write=True).stdout
        return name, int(written.split()[1]) + 2

    name, between = env.share("container that has written after a while", make)

    shown = [
        read_streams(api.get(f"/containers/{name}/logs", {"stdout": 1, "since": between, "tail": tail}))[0]
        for tail in (1, 3)
    ]

    assert shown == [b"newest\n", b"new\nnewest\n"]
