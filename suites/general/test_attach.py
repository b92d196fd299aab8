"""POST /containers/(id)/attach: the connection becomes the process's standard streams."""

import pytest

from conformance import since
from conformance.streams import STDERR, STDOUT, payload

ALL = {"stream": 1, "stdin": 1, "stdout": 1, "stderr": 1}
EVERY_BYTE = bytes(range(256)) * 256


def attach(api, name, query):
    return api.hijack("POST", f"/containers/{name}/attach", query, headers=())


def written(attached, stream=STDOUT):
    return payload(attached.response.frames(), stream)


@since("general/attach-carries-both-directions")
def test_input_comes_back_from_the_process(api, listener):
    name = listener("cat")

    with attach(api, name, ALL) as attached:
        for byte in b"to and fro\n":
            attached.send(bytes([byte]))
        while b"\n" not in written(attached):
            attached.read()

    assert written(attached) == b"to and fro\n"


@since("general/attach-carries-both-directions")
def test_every_byte_goes_through_unchanged(api, listener):
    name = listener(f"head -c {len(EVERY_BYTE)}")

    with attach(api, name, ALL) as attached:
        attached.send(EVERY_BYTE)
        attached.rest()

    assert written(attached) == EVERY_BYTE, "what the process wrote is to be what it was sent"


@since("general/attach-carries-both-directions")
def test_the_stream_ends_with_the_process(api, listener):
    name = listener("read go; echo out; echo err >&2")

    with attach(api, name, ALL) as attached:
        attached.send(b"go\n")
        attached.rest()

    assert (written(attached, STDOUT), written(attached, STDERR)) == (b"out\n", b"err\n")


@since("general/attach-half-close")
@pytest.mark.usefixtures("half_close")
def test_input_ends_and_output_goes_on(api, listener):
    name = listener("cat; echo end", StdinOnce=True)

    with attach(api, name, ALL) as attached:
        attached.send(b"in\n")
        attached.close_write()
        attached.rest()

    assert written(attached) == b"in\nend\n"


@since("general/attach-chosen-streams")
@pytest.mark.parametrize("chosen", [["stdout"], ["stderr"], ["stdout", "stderr"]], ids="-".join)
def test_past_output_is_that_of_the_chosen_streams(api, talker, chosen):
    with attach(api, talker, {"logs": 1, "stream": 0, **dict.fromkeys(chosen, 1)}) as attached:
        attached.rest()

    expected = {"stdout": b"out\n", "stderr": b"err\n"}
    assert (written(attached, STDOUT), written(attached, STDERR)) == tuple(
        expected[stream] if stream in chosen else b"" for stream in expected
    )


@since("general/attach-chosen-streams")
def test_live_output_is_that_of_the_chosen_stream(api, listener):
    name = listener("read go; echo out; echo err >&2")

    with attach(api, name, {"stream": 1, "stdin": 1, "stderr": 1}) as attached:
        attached.send(b"go\n")
        attached.rest()

    assert (written(attached, STDOUT), written(attached, STDERR)) == (b"", b"err\n")


@since("general/attach-logs")
def test_without_stream_it_ends_while_the_process_runs(api, stage, talker):
    with attach(api, talker, {"logs": 1, "stream": 0, "stdout": 1}) as attached:
        attached.rest()

    assert written(attached) == b"out\n"
    assert stage.get(f"/containers/{talker}/json")["State"]["Running"]


@since("general/attach-logs")
@pytest.mark.parametrize("logs", [0, 1])
def test_past_output_comes_only_with_logs(api, past, logs):
    with attach(api, past, {"logs": logs, "stream": 1, "stdin": 1, "stdout": 1}) as attached:
        attached.send(b"go\n")
        attached.rest()

    assert written(attached) == (b"early\nlate\n" if logs else b"late\n")


@since("general/attach-unknown-container")
def test_attach_to_an_unknown_container_is_not_found(api, stage):
    answer = api.post(f"/containers/{stage.prefix}nobody/attach", {"stream": 1, "stdout": 1})

    assert answer.status == 404
