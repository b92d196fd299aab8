"""GET /exec/(id)/json, as API v1.16 added it."""

import pytest

from conformance import after, at, since
from conformance.environment import persistent_containers

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


@pytest.fixture
def ended(env):
    """The id of an exec instance in the resting container that has ended with exit code 2."""
    return persistent_containers.ended_exec(env)


@since("1.16/exec-inspect")
def test_inspect_names_the_instance(api, ended):
    answer = api.get(f"/exec/{ended}/json")

    assert answer.status == 200
    assert at(answer.json(), "ID") == ended


@since("1.16/exec-inspect")
@pytest.mark.parametrize("path", [*DESCRIPTION, pytest.param(USER, marks=pytest.mark.needs("api-1.19"))])
def test_inspect_tells_what_ran_and_how_it_ended(api, ended, path):
    value = at(api.get(f"/exec/{ended}/json").json(), path)

    told = "tester" if path == USER else DESCRIPTION[path]
    assert value == told
    assert isinstance(value, bool) == isinstance(told, bool), f"{path} is {value!r}"


@since("1.16/exec-inspect")
@pytest.mark.parametrize("field", ["OpenStdin", "OpenStdout", "OpenStderr"])
def test_inspect_tells_which_streams_are_open(api, ended, field):
    value = at(api.get(f"/exec/{ended}/json").json(), field)

    assert isinstance(value, bool), f"{field} is to be a boolean, it is {value!r}"


@since("1.16/exec-inspect")
def test_inspect_tells_that_it_runs(api, env):
    document = api.get(f"/exec/{persistent_containers.terminal_exec(env).instance}/json").json()

    assert at(document, "Running") is True


@since("1.16/exec-inspect")
def test_inspect_of_an_unknown_instance_is_not_found(api):
    answer = api.get(f"/exec/{'0' * 64}/json")

    assert answer.status == 404


@since("1.16/exec-inspect-container")
@pytest.mark.parametrize(
    ("path", "kind"), [("ID", str), ("State", dict), ("Config", dict)], ids=["ID", "State", "Config"]
)
def test_inspect_describes_the_container(api, ended, path, kind):
    value = at(api.get(f"/exec/{ended}/json").json(), "Container", path)

    assert isinstance(value, kind), f"Container.{path} is {value!r}"


@after("1.16/exec-inspect-container")
def test_inspect_names_the_container(api, env, ended):
    document = api.get(f"/exec/{ended}/json").json()

    assert at(document, "ContainerID") == env.idle_container()
