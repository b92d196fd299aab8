"""POST /containers/(id)/attach: what is sent, as the references describe it."""

from threading import Thread

import pytest

from conformance import assert_status, since
from conformance.testing import KILLED_ON_STOP, STDERR, STDOUT, payload
from fixtures.containers import run_to_end

RAW_STREAM = "application/vnd.docker.raw-stream"


def attach(api, name, query, headers=()):
    return api.hijack("POST", f"/containers/{name}/attach", query, headers=headers)


@pytest.fixture
def ended_container(env):
    """The name of a container that has written ``out`` and ``err``, a line to each stream, and has ended."""
    command = ("sh", "-c", "echo out; echo err >&2")
    return env.share("container that has written and ended", lambda: run_to_end(env, *command))


@since("reference/containers-attach-ended")
def test_logs_of_a_container_that_has_ended_come(api, ended_container):
    with attach(api, ended_container, {"logs": 1, "stream": 0, "stdout": 1, "stderr": 1}) as attached:
        attached.rest(10)

    frames = attached.response.frames()
    assert (payload(frames, STDOUT), payload(frames, STDERR)) == (b"out\n", b"err\n")


@since("reference/containers-attach-whole-output")
def test_long_output_comes_to_its_end(api, env):
    script = "read go; seq 1 50000; seq 1 50000 >&2"
    name = env.create_container("sh", "-c", script, start=True, OpenStdin=True, **KILLED_ON_STOP)

    with attach(api, name, {"stream": 1, "stdin": 1, "stdout": 1, "stderr": 1}) as attached:
        attached.send(b"go\n")
        attached.rest(30)

    whole = b"".join(b"%d\n" % number for number in range(1, 50001))
    frames = attached.response.frames()
    assert (payload(frames, STDOUT) == whole, payload(frames, STDERR) == whole) == (True, True)


@since("reference/containers-attach-no-stdin")
@pytest.mark.parametrize("query", [{}, {"stdin": "0"}, {"stdin": "false"}], ids=["default", "0", "false"])
def test_input_does_not_reach_the_process_without_stdin(api, env, query):
    script = "while read line; do echo got $line; done"
    name = env.create_container("sh", "-c", script, start=True, OpenStdin=True, **KILLED_ON_STOP)

    with attach(api, name, {"stream": 1, "stdout": 1, **query}) as attached:
        attached.send(b"lost\n")
        with attach(env.client.apart(), name, {"stream": 1, "stdin": 1}) as other:
            other.send(b"arrives\n")
            shown = attached.read_output_until(b"arrives\n")

    assert shown == b"got arrives\n"


@since("reference/containers-attach-several")
def test_two_clients_get_the_same_output(api, env):
    script = "read go; echo out"
    name = env.create_container("sh", "-c", script, start=True, OpenStdin=True, **KILLED_ON_STOP)
    query = {"stream": 1, "stdout": 1}

    with (
        attach(api, name, query) as first,
        attach(api.apart(), name, query) as second,
        attach(env.client.apart(), name, {"stream": 1, "stdin": 1}) as other,
    ):
        other.send(b"go\n")
        readers = [Thread(target=attached.rest, args=(15,), daemon=True) for attached in (first, second)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(20)

    assert [payload(attached.response.frames(), STDOUT) for attached in (first, second)] == [b"out\n"] * 2


@since("reference/containers-attach-type")
@pytest.mark.parametrize(
    "headers", [(), {"Connection": "Upgrade", "Upgrade": "tcp"}], ids=["plain", "with an upgrade"]
)
def test_the_stream_has_the_type_of_raw_streams(api, container_with_output, headers):
    query = {"logs": 1, "stream": 0, "stdout": 1}

    with attach(api, container_with_output, query, headers) as attached:
        attached.rest(10)

    assert attached.response.header("Content-Type") == RAW_STREAM


@since("1.17/attach-upgrade")
def test_a_terminal_is_upgraded_too(api, terminal_with_output):
    query = {"logs": 1, "stream": 0, "stdout": 1}

    with attach(api, terminal_with_output, query, {"Connection": "Upgrade", "Upgrade": "tcp"}) as attached:
        attached.rest(10)

    assert_status(attached.response, 101)
    assert attached.response.header("Upgrade") == "tcp"
    assert attached.response.body.strip() == b"out"


@since("reference/containers-attach-before-start")
def test_a_client_that_attaches_before_the_start_gets_all_output(api, env):
    name = env.create_container("sh", "-c", "echo out; echo err >&2")

    with attach(api, name, {"stream": 1, "stdout": 1, "stderr": 1}) as attached:
        env.start(name)
        attached.rest(15)

    frames = attached.response.frames()
    assert (payload(frames, STDOUT), payload(frames, STDERR)) == (b"out\n", b"err\n")


@since("reference/containers-attach-booleans")
@pytest.mark.parametrize("value", ["1", "True", "true"])
def test_parameters_may_be_true_in_three_ways(api, ended_container, value):
    with attach(api, ended_container, {"logs": value, "stdout": value, "stderr": value}) as attached:
        attached.rest(10)

    frames = attached.response.frames()
    assert (payload(frames, STDOUT), payload(frames, STDERR)) == (b"out\n", b"err\n")


@since("reference/containers-attach-booleans")
@pytest.mark.parametrize("value", ["0", "False", "false"])
def test_parameters_may_be_false_in_three_ways(api, ended_container, value):
    with attach(api, ended_container, {"logs": 1, "stdout": 1, "stderr": value, "stream": value}) as attached:
        attached.rest(10)

    frames = attached.response.frames()
    assert (payload(frames, STDOUT), payload(frames, STDERR)) == (b"out\n", b"")


@since("reference/containers-attach-ends-with-process")
def test_the_stream_ends_although_the_client_could_go_on(api, env):
    name = env.create_container("sh", "-c", "read line; echo got $line", start=True, OpenStdin=True)

    with attach(api, name, {"stream": 1, "stdin": 1, "stdout": 1}) as attached:
        attached.send(b"red\n")
        attached.rest(15)

    assert payload(attached.response.frames(), STDOUT) == b"got red\n"
    assert attached.response.complete, "the stream goes on although the process has ended"
