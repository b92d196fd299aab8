"""GET /exec/(id)/json, as API v1.16 added it."""

import pytest

from conformance import after, assert_status, assert_type, at, since

DESCRIPTION = {
    "Running": False,
    "ExitCode": 2,
    "ProcessConfig.entrypoint": "sh",
    "ProcessConfig.arguments": ["-c", "exit 2"],
    "ProcessConfig.tty": False,
    "ProcessConfig.privileged": False,
}
#: An exec instance can be given a user from API v1.19 on.
USER = "ProcessConfig.user"


@since("1.16/exec-inspect")
def test_inspect_names_the_instance(api, ended_exec):
    answer = api.get(f"/exec/{ended_exec}/json")

    assert_status(answer, 200)
    assert at(answer.json(), "ID") == ended_exec


@since("1.16/exec-inspect")
@pytest.mark.parametrize("path", [*DESCRIPTION, pytest.param(USER, marks=pytest.mark.needs("api-1.19"))])
def test_inspect_tells_what_ran_and_how_it_ended(api, ended_exec, path):
    value = at(api.get(f"/exec/{ended_exec}/json").json(), path)

    expected = "tester" if path == USER else DESCRIPTION[path]
    assert value == expected
    assert isinstance(value, bool) == isinstance(expected, bool), (
        f"{path}: expected {expected!r}, got {value!r}"
    )


@since("1.16/exec-inspect")
@pytest.mark.parametrize("field", ["OpenStdin", "OpenStdout", "OpenStderr"])
def test_inspect_tells_which_streams_are_open(api, ended_exec, field):
    document = api.get(f"/exec/{ended_exec}/json").json()

    assert_type(document, field, bool)


@since("1.16/exec-inspect")
def test_inspect_tells_that_it_runs(api, terminal_exec):
    document = api.get(f"/exec/{terminal_exec.instance}/json").json()

    assert at(document, "Running") is True


@since("1.16/exec-inspect")
def test_inspect_of_an_unknown_instance_is_not_found(api):
    answer = api.get(f"/exec/{'0' * 64}/json")

    assert_status(answer, 404)


@since("1.16/exec-inspect-container")
@pytest.mark.parametrize(
    ("path", "kind"), [("ID", str), ("State", dict), ("Config", dict)], ids=["ID", "State", "Config"]
)
def test_inspect_describes_the_container(api, ended_exec, path, kind):
    document = api.get(f"/exec/{ended_exec}/json").json()

    assert_type(document, ("Container", path), kind)


@after("1.16/exec-inspect-container")
def test_inspect_names_the_container(api, env, ended_exec):
    document = api.get(f"/exec/{ended_exec}/json").json()

    assert at(document, "ContainerID") == env.idle_container()
