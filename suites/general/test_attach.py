"""POST /containers/(id)/attach: the connection becomes the process's standard streams."""

import pytest

from conformance import assert_status, since
from conformance.testing import STDERR, STDOUT, payload, start_and_wait_for_output

ALL = {"stream": 1, "stdin": 1, "stdout": 1, "stderr": 1}
EVERY_BYTE = bytes(range(256)) * 256


def attach(api, name, query):
    return api.hijack("POST", f"/containers/{name}/attach", query, headers=())


def written(answer, stream=STDOUT):
    return payload(answer.frames(), stream)


#: The checks of input below, and others later, can use its result when it is over.
pytestmark = pytest.mark.usefixtures("begin_outliving_trial")


@since("general/attach-carries-both-directions")
def test_the_stream_ends_with_the_process(api, start_reader):
    name = start_reader("read go; echo out; echo err >&2")

    with attach(api, name, ALL) as attached:
        attached.send(b"go\n")
        attached.rest()

    assert attached.response.complete
    assert (written(attached.response, STDOUT), written(attached.response, STDERR)) == (b"out\n", b"err\n")


@since("general/attach-half-close")
@pytest.mark.usefixtures("half_close")
def test_input_ends_and_output_goes_on(api, start_reader):
    name = start_reader("cat; echo end", StdinOnce=True)

    with attach(api, name, ALL) as attached:
        attached.send(b"in\n")
        attached.close_write()
        attached.rest()

    assert written(attached.response) == b"in\nend\n"


@since("general/attach-chosen-streams")
@pytest.mark.parametrize("chosen", [["stdout"], ["stderr"], ["stdout", "stderr"]], ids="-".join)
def test_past_output_is_that_of_the_chosen_streams(api, container_with_output, chosen):
    with attach(api, container_with_output, {"logs": 1, "stream": 0, **dict.fromkeys(chosen, 1)}) as attached:
        attached.rest()

    expected = {"stdout": b"out\n", "stderr": b"err\n"}
    assert (written(attached.response, STDOUT), written(attached.response, STDERR)) == tuple(
        expected[stream] if stream in chosen else b"" for stream in expected
    )


@since("general/attach-chosen-streams")
def test_live_output_is_that_of_the_chosen_stream(api, start_reader):
    name = start_reader("read go; echo out; echo err >&2")

    with attach(api, name, {"stream": 1, "stdin": 1, "stderr": 1}) as attached:
        attached.send(b"go\n")
        attached.rest()

    assert (written(attached.response, STDOUT), written(attached.response, STDERR)) == (b"", b"err\n")


@since("general/attach-logs")
def test_without_stream_it_ends_while_the_process_runs(api, env, container_with_output):
    with attach(api, container_with_output, {"logs": 1, "stream": 0, "stdout": 1}) as attached:
        attached.rest()

    assert written(attached.response) == b"out\n"
    assert env.get(f"/containers/{container_with_output}/json")["State"]["Running"]


@since("general/attach-logs")
@pytest.mark.parametrize("logs", [0, 1])
def test_past_output_comes_only_with_logs(api, env, logs):
    script = ("sh", "-c", "echo early; read go; echo late")
    name = start_and_wait_for_output(env, b"early\n", b"", *script, OpenStdin=True)

    with attach(api, name, {"logs": logs, "stream": 1, "stdin": 1, "stdout": 1}) as attached:
        attached.send(b"go\n")
        attached.rest()

    assert written(attached.response) == (b"early\nlate\n" if logs else b"late\n")


@since("general/attach-unknown-container")
def test_attach_to_an_unknown_container_is_not_found(api, env):
    answer = api.post(f"/containers/{env.prefix}unknown/attach", {"stream": 1, "stdout": 1})

    assert_status(answer, 404)


@since("general/attach-carries-both-directions")
def test_input_reaches_the_process(api, answering_container):
    with attach(api, answering_container, ALL) as attached:
        for byte in b"it\n":
            attached.send(bytes([byte]))
        attached.read_output_until(b"it\n")
        attached.send(b"then\n")
        attached.read_output_until(b"then\n")

    assert written(attached.response) == b"got it\ngot then\n"


@since("general/attach-carries-both-directions")
def test_every_byte_goes_through_unchanged(api, echo_container):
    with attach(api, echo_container, ALL) as attached:
        attached.send(EVERY_BYTE)
        left = len(EVERY_BYTE)
        while left > 0 and (frame := attached.frame()):
            left -= len(frame.payload)

    assert written(attached.response) == EVERY_BYTE, "the process wrote back other bytes than it was sent"
