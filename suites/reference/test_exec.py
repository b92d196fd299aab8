"""The members of exec create and exec start, as the references describe them."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance import assert_status, assert_type, at, since
from conformance.testing import KILLED_ON_STOP, STDERR, STDOUT, becomes_true, payload

DETACHED = {"Detach": True, "Tty": False}
ATTACHED = {"Detach": False, "Tty": False}


def run(api, instance, **body):
    """Start an instance and read it to its end; returns the answer."""
    with api.hijack("POST", f"/exec/{instance}/start", json={**ATTACHED, **body}, headers=()) as started:
        started.rest()
    return started.response


def create(api, env, *cmd, **members):
    """Create an instance in the idle container; returns its id."""
    body = {"AttachStdout": True, "AttachStderr": True, "Cmd": list(cmd), **members}
    answer = api.post(f"/containers/{env.idle_container()}/exec", json=body)
    assert_status(answer, 201)
    return assert_type(answer.json(), "Id", str)


@since("reference/exec-create-stdin")
def test_input_reaches_a_command_that_is_attached_to_it(api, env):
    instance = create(api, env, "cat", AttachStdin=True)

    with api.hijack("POST", f"/exec/{instance}/start", json=ATTACHED, headers=()) as started:
        started.send(b"here\n")
        shown = started.read_output_until(b"here\n")

    assert shown == b"here\n"


@since("reference/exec-create-stdin")
def test_a_command_that_is_not_attached_to_input_finds_its_end(api, env):
    instance = create(api, env, "sh", "-c", "cat; echo end")

    answer = run(api, instance)

    assert payload(answer.frames(), STDOUT) == b"end\n"


@since("reference/exec-create-terminal")
@pytest.mark.parametrize("tty", [True, False])
def test_the_command_has_a_terminal_if_it_was_asked_for(api, env, tty):
    instance = create(api, env, "sh", "-c", "test -t 1; echo $?", Tty=tty)

    answer = run(api, instance, Tty=tty)

    shown = answer.body if tty else payload(answer.frames(), STDOUT)
    assert shown.strip() == (b"0" if tty else b"1")


@since("reference/exec-create-command")
def test_each_element_is_an_argument(api, env):
    instance = create(api, env, "printf", "[%s]", "one two", "", "$HOME", "*")

    answer = run(api, instance)

    assert payload(answer.frames(), STDOUT) == b"[one two][][$HOME][*]"


@since("reference/exec-create-by-name")
def test_an_instance_is_created_in_a_container_by_its_name(api, env):
    name = at(env.get(f"/containers/{env.idle_container()}/json"), "Name").lstrip("/")

    answer = api.post(f"/containers/{name}/exec", json={"AttachStdout": True, "Cmd": ["echo", "out"]})

    assert_status(answer, 201)
    assert payload(run(env.client, at(answer.json(), "Id")).frames(), STDOUT) == b"out\n"


@since("reference/exec-inspect-exit-code")
@pytest.mark.parametrize("code", [0, 7, 255])
@pytest.mark.parametrize("detached", [False, True], ids=["attached", "detached"])
def test_exit_code_is_that_of_the_command(api, env, code, detached):
    instance = env.create_exec(env.idle_container(), "sh", "-c", f"exit {code}")
    if detached:
        env.post(f"/exec/{instance}/start", json=DETACHED)
    else:
        run(env.client, instance)

    def ended():
        document = api.get(f"/exec/{instance}/json").json()
        return at(document, "Running") is False and at(document, "ExitCode") == code

    assert becomes_true(ended, 5), f"expected an instance that ended with {code}"


@since("reference/exec-several")
def test_each_of_several_commands_at_once_has_its_own_output_and_code(api, env):
    def run_one(number):
        client = api.apart()
        script = f"sleep 0.2; echo {number}; exit {number}"
        instance = create(client, env, "sh", "-c", script)
        shown = payload(run(client, instance).frames(), STDOUT)
        return shown, at(client.get(f"/exec/{instance}/json").json(), "ExitCode")

    env.idle_container()
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(run_one, range(1, 7)))

    assert results == [(f"{number}\n".encode(), number) for number in range(1, 7)]


@since("reference/exec-create-env-again")
def test_a_variable_takes_the_place_of_that_of_the_container(api, env):
    name = env.share(
        "container with a colour",
        lambda: env.create_container("sleep", "86400", start=True, Env=["COLOUR=red"], **KILLED_ON_STOP),
    )
    body = {"AttachStdout": True, "Cmd": ["sh", "-c", "env | grep ^COLOUR="], "Env": ["COLOUR=blue"]}

    answer = api.post(f"/containers/{name}/exec", json=body)

    assert_status(answer, 201)
    assert env.start_exec(assert_type(answer.json(), "Id", str)).stdout == "COLOUR=blue\n"


@since("reference/exec-start-once")
def test_an_instance_runs_once(api, env):
    instance = env.create_exec(env.idle_container(), "true")
    run(env.client, instance)

    answer = api.post(f"/exec/{instance}/start", json=DETACHED)

    assert answer.status >= 400, f"expected a refusal, got {answer.status}"


@since("reference/exec-start-streams")
def test_long_output_of_both_streams_comes_to_its_end(api, env):
    script = "seq 1 20000; seq 1 20000 >&2"
    instance = env.create_exec(env.idle_container(), "sh", "-c", script)

    answer = run(api, instance)

    whole = b"".join(b"%d\n" % number for number in range(1, 20001))
    frames = answer.frames()
    assert (payload(frames, STDOUT) == whole, payload(frames, STDERR) == whole) == (True, True)


@since("reference/exec-start-type")
def test_the_stream_has_the_type_of_raw_streams(api, env):
    instance = env.create_exec(env.idle_container(), "true")

    answer = run(api, instance)

    assert answer.header("Content-Type") == "application/vnd.docker.raw-stream"


@since("1.15/exec-start")
def test_a_detached_start_of_an_unknown_instance_is_not_found(api):
    answer = api.post(f"/exec/{'0' * 64}/start", json=DETACHED)

    assert_status(answer, 404)


@since("1.21/exec-start-stopped")
def test_a_detached_start_in_a_stopped_container_conflicts(api, env):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
    instance = env.create_exec(name, "true")
    env.post(f"/containers/{name}/stop")

    answer = api.post(f"/exec/{instance}/start", json=DETACHED)

    assert_status(answer, 409)


@since("1.21/exec-start-paused")
def test_a_detached_start_in_a_paused_container_conflicts(api, env):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
    instance = env.create_exec(name, "true")
    env.post(f"/containers/{name}/pause")

    answer = api.post(f"/exec/{instance}/start", json=DETACHED)

    env.post(f"/containers/{name}/unpause")
    assert_status(answer, 409)


@since("reference/exec-no-program")
@pytest.mark.parametrize("detached", [False, True], ids=["attached", "detached"])
def test_a_program_that_does_not_exist_is_an_error(api, env, detached):
    instance = env.create_exec(env.idle_container(), "/nosuch")

    answer = api.post(f"/exec/{instance}/start", json=DETACHED if detached else ATTACHED)

    code = at(env.get(f"/exec/{instance}/json"), "ExitCode")
    assert answer.status >= 400 or code in (126, 127), (
        f"expected a refusal or an exit code of 126 or 127, got {answer.status} and {code}"
    )


@since("reference/exec-start-no-streams")
@pytest.mark.parametrize("body", [ATTACHED, DETACHED], ids=["attached", "detached"])
def test_a_command_runs_without_any_stream(api, env, body):
    path = f"/written-{secrets.token_hex(4)}"
    created = api.post(f"/containers/{env.idle_container()}/exec", json={"Cmd": ["touch", path]})
    assert_status(created, 201)
    instance = assert_type(created.json(), "Id", str)

    answer = api.post(f"/exec/{instance}/start", json=body)

    assert_status(answer, 200)
    assert becomes_true(lambda: env.execute(env.idle_container(), "test", "-e", path).exit_code == 0, 5)


@since("reference/exec-create-as-container")
def test_a_command_has_the_user_the_environment_and_the_folder_of_its_container(api, env):
    name = env.share(
        "container with a user and a folder",
        lambda: env.create_container(
            "sleep",
            "86400",
            start=True,
            User="tester",
            WorkingDir="/tmp",
            Env=["COLOUR=red"],
            Hostname="somehost",
            **KILLED_ON_STOP,
        ),
    )
    script = "echo $(id -un) $(pwd) $COLOUR $(hostname)"

    answer = api.post(f"/containers/{name}/exec", json={"AttachStdout": True, "Cmd": ["sh", "-c", script]})

    assert_status(answer, 201)
    shown = env.start_exec(assert_type(answer.json(), "Id", str)).stdout
    assert shown == "tester /tmp red somehost\n"


@since("reference/exec-inspect-killed")
def test_exit_code_tells_that_the_command_was_killed(api, env):
    instance = create(api, env, "sh", "-c", "kill -9 $$")
    run(api, instance)

    document = api.get(f"/exec/{instance}/json").json()

    assert (at(document, "Running"), at(document, "ExitCode")) == (False, 137)


@since("reference/exec-start-detached-attached")
def test_an_instance_with_attached_streams_runs_detached_too(api, env):
    path = f"/written-{secrets.token_hex(4)}"
    instance = create(api, env, "sh", "-c", f"echo out; touch {path}", AttachStdin=True)

    answer = api.post(f"/exec/{instance}/start", json=DETACHED)

    assert_status(answer, 200)
    assert b"out" not in answer.body
    assert becomes_true(lambda: env.execute(env.idle_container(), "test", "-e", path).exit_code == 0, 5)


@since("reference/exec-ends-with-command")
def test_the_stream_ends_with_the_command_while_its_client_stays(api, env):
    instance = create(api, env, "echo", "out", AttachStdin=True)

    with api.hijack("POST", f"/exec/{instance}/start", json=ATTACHED, headers=()) as started:
        started.rest(15)

    assert started.response.complete, "the stream goes on although the command has ended"
    assert payload(started.response.frames(), STDOUT) == b"out\n"


@since("reference/exec-half-close")
@pytest.mark.parametrize("sent", [b"", b"here\n"], ids=["nothing", "a line"])
def test_a_command_finds_the_end_of_its_input_when_the_client_has_sent_it(api, env, sent):
    instance = create(api, env, "sh", "-c", "cat; echo end", AttachStdin=True)

    with api.hijack("POST", f"/exec/{instance}/start", json=ATTACHED, headers=()) as started:
        if sent:
            started.send(sent)
        started.close_write()
        started.rest(15)

    assert payload(started.response.frames(), STDOUT) == sent + b"end\n"


@since("reference/exec-ends-with-container")
def test_the_stream_ends_with_the_container(api, env):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
    body = {"AttachStdout": True, "Cmd": ["sh", "-c", "echo out; exec sleep 86400"]}
    instance = at(api.post(f"/containers/{name}/exec", json=body).json(), "Id")

    with api.hijack("POST", f"/exec/{instance}/start", json=ATTACHED, headers=()) as started:
        started.read_output_until(b"out\n")
        env.post(f"/containers/{name}/kill")
        started.rest(15)

    assert started.response.complete, "the stream goes on although the container has ended"


@since("reference/exec-several")
def test_two_commands_at_once_have_their_own_output_and_exit_codes(api, env):
    scripts = ("read line; echo first got $line; exit 3", "read line; echo second got $line; exit 4")
    first, second = (create(api, env, "sh", "-c", script, AttachStdin=True) for script in scripts)

    with (
        api.hijack("POST", f"/exec/{first}/start", json=ATTACHED, headers=()) as one,
        env.client.apart().hijack("POST", f"/exec/{second}/start", json=ATTACHED, headers=()) as other,
    ):
        other.send(b"b\n")
        other.rest(15)
        one.send(b"a\n")
        one.rest(15)

    shown = [payload(started.response.frames(), STDOUT) for started in (one, other)]
    codes = [at(env.get(f"/exec/{instance}/json"), "ExitCode") for instance in (first, second)]
    assert shown == [b"first got a\n", b"second got b\n"]
    assert codes == [3, 4]
