"""Exec instances, as API v1.25 changed them: variables of the environment, and the process's id on the host."""

import pytest

from conformance import assert_status, assert_type, since


@since("1.25/exec-env")
def test_process_has_the_variables_beside_those_of_the_container(api, env):
    container = env.share(
        "container with a variable",
        lambda: env.create_container(
            "sleep", "86400", start=True, Env=["OWN=of the container"], StopSignal="SIGKILL"
        ),
    )

    body = {
        "AttachStdout": True,
        "Cmd": ["sh", "-c", "echo $OWN/$FIRST/$SECOND"],
        "Env": ["FIRST=1", "SECOND=two words"],
    }
    answer = api.post(f"/containers/{container}/exec", json=body)

    assert_status(answer, 201)
    assert env.start_exec(assert_type(answer.json(), "Id", str)).stdout == "of the container/1/two words\n"


@since("1.25/exec-inspect-pid")
def test_pid_is_that_of_the_process(api, daemon, terminal_exec):
    document = api.get(f"/exec/{terminal_exec.instance}/json").json()

    pid = assert_type(document, "Pid", int)
    file = daemon.root / "proc" / str(pid) / "cmdline"
    assert file.is_file(), f"expected the process {pid} on the daemon's host, got none"
    assert "stty size" in file.read_text()


@since("1.25/exec-resize-bad-parameter")
@pytest.mark.parametrize("query", [{"h": "many", "w": 80}, {"h": 40, "w": "many"}], ids=["height", "width"])
def test_size_that_is_no_number_is_a_bad_parameter(api, terminal_exec, query):
    answer = api.post(f"/exec/{terminal_exec.instance}/resize", query)

    assert_status(answer, 400)
