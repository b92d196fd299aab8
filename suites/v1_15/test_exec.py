"""POST /containers/(id)/exec and the endpoints of its instances, as API v1.15 added them."""

import pytest

from conformance import (
    after,
    assert_alive,
    assert_refused,
    assert_status,
    assert_success,
    assert_type,
    at,
    since,
)
from conformance.testing import STDERR, STDOUT, becomes_true, payload

JSON = {"Content-Type": "application/json"}
MALFORMED = [b'{"Cmd": [', b'{"Cmd": ["true"], "Tty": "maybe"}']
BOTH = "echo out; echo err >&2"
EVERY_BYTE = bytes(range(256)) * 256
UNKNOWN = "0" * 64


def run(api, instance, tty=False):
    """Start an instance and read it to its end; returns the answer."""
    with api.hijack(
        "POST", f"/exec/{instance}/start", json={"Detach": False, "Tty": tty}, headers=()
    ) as started:
        started.rest()
    return started.response


@since("1.15/exec-create")
def test_create_prepares_an_instance(api, env):
    answer = api.post(
        f"/containers/{env.idle_container()}/exec", json={"AttachStdout": True, "Cmd": ["true"]}
    )

    assert_status(answer, 201)
    instance = assert_type(answer.json(), "Id", str)
    assert instance
    assert_status(run(env.client, instance), 200)


@since("1.15/exec-create")
def test_create_in_an_unknown_container_is_not_found(api, env):
    answer = api.post(f"/containers/{env.prefix}unknown/exec", json={"Cmd": ["true"]})

    assert_status(answer, 404)


@since("1.15/exec-create-refused")
def test_create_in_a_container_that_does_not_run_is_refused(api, env):
    name = env.share("never started", lambda: env.create_container("true"))

    answer = api.post(f"/containers/{name}/exec", json={"Cmd": ["true"]})

    assert_refused(answer)


@since("1.15/exec-create-malformed")
@pytest.mark.parametrize("body", MALFORMED, ids=["no-json", "wrong-type"])
def test_create_with_a_malformed_body_is_refused(api, env, body):
    answer = api.post(f"/containers/{env.idle_container()}/exec", body=body, headers=JSON)

    assert_refused(answer)
    assert_alive(api)


@since("1.15/exec-cmd-string")
def test_cmd_is_a_string(api, env):
    answer = api.post(
        f"/containers/{env.idle_container()}/exec", json={"AttachStdout": True, "Cmd": "whoami"}
    )

    instance = at(answer.json(), "Id")
    assert payload(run(env.client, instance).frames(), STDOUT) == b"root\n"


@since("1.15/exec-start")
def test_output_streams_back_in_frames(api, env):
    instance = env.create_exec(env.idle_container(), "sh", "-c", BOTH)

    answer = run(api, instance)

    assert_status(answer, 200)
    frames = answer.frames()
    assert (payload(frames, STDOUT), payload(frames, STDERR)) == (b"out\n", b"err\n")


@since("1.15/exec-start")
def test_output_of_a_terminal_is_its_bytes(api, env):
    instance = env.create_exec(env.idle_container(), "sh", "-c", "test -t 1 && echo out", Tty=True)

    answer = run(api, instance, tty=True)

    assert_status(answer, 200)
    assert answer.body, (
        "expected the output of the process, got an empty stream: it was lost at the end of the process"
    )
    assert answer.body == b"out\r\n"


@since("1.15/exec-start")
def test_every_byte_goes_through_unchanged(api, env):
    instance = env.create_exec(env.idle_container(), "head", "-c", str(len(EVERY_BYTE)), AttachStdin=True)

    with api.hijack(
        "POST", f"/exec/{instance}/start", json={"Detach": False, "Tty": False}, headers=()
    ) as started:
        started.send(EVERY_BYTE)
        started.end_input()
        started.rest()

    assert payload(started.response.frames(), STDOUT) == EVERY_BYTE, (
        "the process wrote other bytes than it was sent"
    )


@since("1.15/exec-start")
def test_start_of_an_unknown_instance_is_not_found(api):
    answer = api.post(f"/exec/{UNKNOWN}/start", json={"Detach": False, "Tty": False})

    assert_status(answer, 404)


@since("1.15/exec-start-refused")
@pytest.mark.parametrize("body", [b'{"Detach": ', b'{"Detach": "maybe"}'], ids=["no-json", "wrong-type"])
def test_start_with_a_malformed_body_is_refused(api, env, body):
    instance = env.create_exec(env.idle_container(), "true")

    answer = api.post(f"/exec/{instance}/start", body=body, headers=JSON)

    assert_refused(answer)
    assert_alive(api)


@since("1.15/exec-chosen-streams")
@pytest.mark.parametrize("chosen", [["Stdout"], ["Stderr"]], ids="-".join)
def test_output_is_that_of_the_attached_streams(api, env, chosen):
    attached = {f"Attach{stream}": stream in chosen for stream in ("Stdout", "Stderr")}

    created = api.post(
        f"/containers/{env.idle_container()}/exec", json={**attached, "Cmd": ["sh", "-c", BOTH]}
    )

    instance = assert_type(created.json(), "Id", str)
    frames = run(env.client, instance).frames()
    expected = {"Stdout": b"out\n", "Stderr": b"err\n"}
    assert (payload(frames, STDOUT), payload(frames, STDERR)) == tuple(
        expected[stream] if stream in chosen else b"" for stream in expected
    )


@since("1.15/exec-start-detached")
def test_detached_start_returns_while_the_command_runs(api, env):
    instance = env.create_exec(env.idle_container(), "sh", "-c", "echo output; exec sleep 10")

    answer = api.post(f"/exec/{instance}/start", json={"Detach": True, "Tty": False})

    assert_status(answer, 200)
    assert b"output" not in answer.body
    assert env.get(f"/exec/{instance}/json")["Running"], "the command does not run"


@since("1.15/exec-resize")
def test_the_terminal_takes_the_size(api, terminal_exec, terminal_size):
    height, width = terminal_size

    answer = api.post(f"/exec/{terminal_exec.instance}/resize", {"h": height, "w": width})

    assert_success(answer)
    assert becomes_true(lambda: terminal_exec.size() == f"{height} {width}")


@since("1.15/exec-resize")
def test_resize_of_an_unknown_instance_is_not_found(api):
    answer = api.post(f"/exec/{UNKNOWN}/resize", {"h": 41, "w": 97})

    assert_status(answer, 404)


@since("1.15/exec-resize-refused")
def test_resize_without_numbers_is_refused(api, terminal_exec):
    answer = api.post(f"/exec/{terminal_exec.instance}/resize", {"h": "tall", "w": "wide"})

    assert_refused(answer)
    assert_alive(api)


@since("1.15/exec-resize-answers-201")
def test_resize_answers_201(api, terminal_exec):
    answer = api.post(f"/exec/{terminal_exec.instance}/resize", {"h": 41, "w": 97})

    assert_status(answer, 201)


@after("1.15/exec-resize-answers-201")
def test_resize_answers_200(api, terminal_exec):
    answer = api.post(f"/exec/{terminal_exec.instance}/resize", {"h": 41, "w": 97})

    assert_status(answer, 200)
