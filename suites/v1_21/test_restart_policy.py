"""The restart policy unless-stopped of POST /containers/create, as the reference of API v1.21 has it."""

import pytest

from conformance import assert_status, at, since
from conformance.testing import STDOUT, assert_starts, becomes_true, payload, wait_until

POLICY = {"RestartPolicy": {"Name": "unless-stopped"}}


def restarts(env, name):
    return at(env.get(f"/containers/{name}/json"), "RestartCount")


@since("1.21/restart-unless-stopped")
@pytest.mark.parametrize("code", [0, 3], ids=["success", "failure"])
def test_container_is_restarted_whenever_it_exits(api, env, code):
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", f"echo again; exit {code}", HostConfig=POLICY)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)

    def count_runs():
        return payload(env.read_log(name), STDOUT).count(b"again")

    assert becomes_true(lambda: count_runs() >= 3, 10), "the process ran fewer than three times"


@since("1.21/restart-unless-stopped")
def test_policy_is_kept_as_it_is_named(api, env):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body(HostConfig=POLICY))

    assert_status(answer, 201)
    assert at(env.get(f"/containers/{name}/json"), "HostConfig", "RestartPolicy", "Name") == "unless-stopped"


@since("1.21/restart-unless-stopped")
def test_container_that_was_stopped_stays_down(api, env):
    name = env.reserve_name("container")
    body = env.container_body("sleep", "86400", HostConfig=POLICY, StopSignal="SIGKILL")
    assert_status(api.post("/containers/create", {"name": name}, json=body), 201)
    assert_starts(env, name)

    answer = api.post(f"/containers/{name}/stop", {"t": 1})

    assert_status(answer, 204)
    record_events = env.create_container("true", start=True, HostConfig=POLICY)
    wait_until(lambda: restarts(env, record_events) > 1, "the restart of a container that ended later")
    state = at(env.get(f"/containers/{name}/json"), "State")
    assert (at(state, "Running"), at(state, "Restarting")) == (False, False)
