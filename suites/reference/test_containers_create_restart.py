"""The restart policy of a container, as POST /containers/create describes it."""

import pytest

from conformance import (
    assert_status,
    at,
    since,
)
from conformance.testing import (
    KILLED_ON_STOP,
    becomes_true,
    is_running,
)
from fixtures.containers import body_without_host_config


def end_once(code):
    """A command that ends with `code` when it runs in a container for the first time, and goes on when it runs again."""
    return "sh", "-c", f"test -e /ran && exec sleep 86400; touch /ran; sleep 0.1; exit {code}"


def assert_restarted_once(api, env, body):
    """Create and start a container that runs ``end_once``: it has to be restarted once, and to go on."""
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    assert becomes_true(lambda: count_restarts(env, name) == 1 and is_running(env, name), 30)


@since("reference/containers-create-restart-policy")
@pytest.mark.parametrize("code", [0, 1])
def test_always_restarts_a_container_whatever_its_exit_code(api, env, code):
    policy = {"RestartPolicy": {"Name": "always"}}
    body = env.container_body(*end_once(code), HostConfig=policy, **KILLED_ON_STOP)

    assert_restarted_once(api, env, body)


@since("reference/containers-create-restart-policy")
def test_on_failure_restarts_a_failing_container_as_often_as_it_may(api, env):
    name = env.reserve_name("container")
    policy = {"Name": "on-failure", "MaximumRetryCount": 2}
    body = env.container_body("sh", "-c", "sleep 0.05; exit 1", HostConfig={"RestartPolicy": policy})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    assert becomes_true(lambda: count_restarts(env, name) == 2 and is_running(env, name) is False, 10)


@since("reference/containers-create-restart-policy")
def test_on_failure_leaves_a_container_that_succeeded(api, env):
    name = env.reserve_name("container")
    policy = {"Name": "on-failure", "MaximumRetryCount": 2}
    body = env.container_body("true", HostConfig={"RestartPolicy": policy})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start_and_wait(name)
    assert not becomes_true(lambda: count_restarts(env, name) > 0, 0.5), "the container was restarted"


def count_restarts(env, name):
    return at(env.get(f"/containers/{name}/json"), "RestartCount")


@since("reference/containers-create-on-failure-unlimited")
@pytest.mark.parametrize(
    "policy", [{"Name": "on-failure"}, {"Name": "on-failure", "MaximumRetryCount": 0}], ids=["absent", "zero"]
)
def test_on_failure_without_a_count_restarts_as_often_as_the_container_fails(api, env, policy):
    name = env.reserve_name("container")
    script = "echo run >> /runs; test $(wc -l < /runs) -ge 4"
    body = env.container_body("sh", "-c", script, HostConfig={"RestartPolicy": policy})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    path = f"/containers/{name}/json"
    assert becomes_true(lambda: at(env.get(path), "RestartCount") == 3, 30), "expected three restarts"
    assert becomes_true(lambda: at(env.get(path), "State.Running") is False, 10), (
        "expected that it stays down"
    )


@since("reference/containers-create-restart-policy-beside")
def test_the_policy_beside_the_other_members_restarts_the_container(api, env):
    policy = {"RestartPolicy": {"Name": "always"}}
    body = body_without_host_config(env, *end_once(0), **policy, **KILLED_ON_STOP)

    assert_restarted_once(api, env, body)
