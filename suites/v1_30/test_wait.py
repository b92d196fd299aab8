"""POST /containers/(id)/wait, as API v1.30 changed it: the condition, and an answer whose head comes at once."""

import time

import pytest

from conformance import assert_refused, assert_status, at, before, since
from conformance.testing import KILLED_ON_STOP, SharedRequest, is_running


@pytest.fixture
def ended_container(env):
    """The name of a container of this check's own whose process has ended with 3."""
    name = env.create_container("sh", "-c", "exit 3")
    env.start_and_wait(name)
    return name


@since("1.30/wait-not-running")
@pytest.mark.parametrize("query", [{}, {"condition": "not-running"}], ids=["unsaid", "not-running"])
def test_a_container_that_does_not_run_is_not_waited_for(api, ended_container, query):
    answer = api.post(f"/containers/{ended_container}/wait", query)

    assert_status(answer, 200)
    assert at(answer.json(), "StatusCode") == 3


@since("1.30/wait-next-exit")
def test_next_exit_waits_until_the_container_has_run_again(api, env, ended_container):
    waiting = SharedRequest(api, "POST", f"/containers/{ended_container}/wait", {"condition": "next-exit"})

    time.sleep(0.5)
    assert waiting.is_running(), "the answer came before the container ran again"
    env.start(ended_container)
    assert at(waiting.answer(api).json(), "StatusCode") == 3


@since("1.30/wait-next-exit")
def test_next_exit_is_noticed_though_the_container_starts_again(api, env):
    script = ("sh", "-c", "sleep 0.5; exit 3")
    name = env.create_container(*script, start=True, HostConfig={"RestartPolicy": {"Name": "always"}})

    answer = api.post(f"/containers/{name}/wait", {"condition": "next-exit"})

    assert_status(answer, 200)
    assert at(answer.json(), "StatusCode") == 3


@before("1.30/wait-next-exit")
def test_next_exit_is_ignored(api, ended_container):
    answer = api.post(f"/containers/{ended_container}/wait", {"condition": "next-exit"})

    assert_status(answer, 200)
    assert at(answer.json(), "StatusCode") == 3


@since("1.30/wait-removed")
def test_removed_waits_until_the_container_is_removed(api, env, ended_container):
    waiting = SharedRequest(api, "POST", f"/containers/{ended_container}/wait", {"condition": "removed"})

    time.sleep(0.5)
    assert waiting.is_running(), "the answer came before the container was removed"
    env.remove("container", ended_container)
    assert at(waiting.answer(api).json(), "StatusCode") == 3


@before("1.30/wait-removed")
def test_removed_is_ignored(api, ended_container):
    answer = api.post(f"/containers/{ended_container}/wait", {"condition": "removed"})

    assert_status(answer, 200)
    assert at(answer.json(), "StatusCode") == 3


def has_head(answer):
    return answer.status > 0


@since("1.30/wait-head")
def test_head_of_the_answer_comes_while_the_container_runs(api, env):
    name = env.create_container("sleep", "10", start=True, **KILLED_ON_STOP)

    answer = SharedRequest(api, "POST", f"/containers/{name}/wait").answer(api, has_head)

    assert_status(answer, 200)
    assert is_running(env, name) is True


@before("1.30/wait-head")
def test_head_of_the_answer_comes_when_the_container_has_ended(api, env):
    name = env.create_container("sleep", "1", start=True, **KILLED_ON_STOP)

    answer = SharedRequest(api, "POST", f"/containers/{name}/wait").answer(api, has_head)

    assert_status(answer, 200)
    assert is_running(env, name) is False


@since("1.30/wait-removed-failure")
def test_a_removal_that_fails_has_no_answer(spare_engine, unremovable):
    with spare_engine.api.stream(
        "POST", f"/containers/{unremovable}/wait", {"condition": "removed"}
    ) as waiting:
        assert_status(waiting.response, 200)
        assert_refused(spare_engine.env.client.delete(f"/containers/{unremovable}"))
        body = waiting.rest(10)

    assert body.strip() == b""
