"""The upgrade of a connection that is taken over, as API v1.17 introduced it."""

import pytest

from conformance import after, assert_status, before, since
from conformance.testing import STDOUT, payload

ANSWER = "read line; echo got $line"
START = {"Detach": False, "Tty": False}
PAST = {"logs": 1, "stream": 0, "stdout": 1}


@pytest.fixture
def attach(answering_container):
    """Where to attach to a container that answers the line it is sent."""
    return {
        "path": f"/containers/{answering_container}/attach",
        "query": {"stream": 1, "stdin": 1, "stdout": 1},
    }


@pytest.fixture
def exec_start(env):
    """Where to start an exec instance that answers the line it is sent."""
    instance = env.create_exec(env.idle_container(), "sh", "-c", ANSWER, AttachStdin=True)
    return {"path": f"/exec/{instance}/start", "json": START}


def talk(hijacked):
    """Send a line and read the answer; returns standard output."""
    hijacked.send(b"it\n")
    hijacked.read_output_until(b"got it\n")
    return payload(hijacked.response.frames(), STDOUT)


def assert_upgraded(response):
    assert_status(response, 101)
    assert (response.header("Upgrade") or "").lower() == "tcp"
    assert "upgrade" in (response.header("Connection") or "").lower()


def assert_not_upgraded(response):
    assert_status(response, 200)
    assert response.header("Upgrade") is None


@since("1.17/attach-upgrade")
def test_attach_is_upgraded(api, attach):
    with api.hijack("POST", **attach) as hijacked:
        output = talk(hijacked)

    assert_upgraded(hijacked.response)
    assert output == b"got it\n"


@before("1.17/attach-upgrade")
def test_attach_with_an_upgrade_header_answers_200(api, container_with_output):
    with api.hijack("POST", f"/containers/{container_with_output}/attach", PAST) as hijacked:
        pass

    assert_status(hijacked.response, 200)


@since("1.17/attach-without-upgrade")
def test_attach_without_an_upgrade_header_is_not_upgraded(api, container_with_output):
    with api.hijack("POST", f"/containers/{container_with_output}/attach", PAST, headers=()) as hijacked:
        hijacked.rest()

    assert_not_upgraded(hijacked.response)
    assert payload(hijacked.response.frames(), STDOUT) == b"out\n"


@since("1.17/exec-start-upgrade")
def test_exec_start_is_upgraded(api, exec_start):
    with api.hijack("POST", **exec_start) as hijacked:
        output = talk(hijacked)

    assert_upgraded(hijacked.response)
    assert output == b"got it\n"


@before("1.17/exec-start-upgrade")
def test_exec_start_with_an_upgrade_header_is_not_upgraded(api, exec_start):
    with api.hijack("POST", **exec_start) as hijacked:
        pass

    assert_status(hijacked.response, 200)


@since("1.17/exec-start-without-upgrade")
def test_exec_start_without_an_upgrade_header_is_not_upgraded(api, exec_start):
    with api.hijack("POST", **exec_start, headers=()) as hijacked:
        output = talk(hijacked)

    assert_not_upgraded(hijacked.response)
    assert output == b"got it\n"


def logs(api, env):
    """Get the logs of the idle container with an Upgrade header; returns the answer."""
    path = f"/containers/{env.idle_container()}/logs"
    with api.hijack("GET", path, {"stdout": 1, "stderr": 1}) as hijacked:
        return hijacked.response


@since("1.17/logs-upgrade")
def test_logs_are_upgraded(api, env):
    answer = logs(api, env)

    assert_upgraded(answer)


@before("1.17/logs-upgrade")
def test_logs_with_an_upgrade_header_answer_200(api, env):
    answer = logs(api, env)

    assert_status(answer, 200)


@after("1.17/logs-upgrade")
def test_later_logs_with_an_upgrade_header_answer_200(api, env):
    answer = logs(api, env)

    assert_status(answer, 200)
