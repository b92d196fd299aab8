"""POST /containers/(id)/start, as API v1.14 describes it."""

import pytest

from conformance import after, assert_alive, assert_refused, assert_status, at, since
from conformance.testing import SHOW_STATUS, Unavailable, read_capabilities, start_body, unchanged_container


@pytest.fixture
def usual_capabilities(env):
    """The default capabilities of a process."""
    found = env.share(
        "usual capabilities",
        lambda: read_capabilities(env.start_and_wait(env.create_container(*SHOW_STATUS)).stdout),
    )
    if not {"CHOWN", "KILL"} <= found or {"NET_ADMIN", "SYS_TIME"} & found:
        raise Unavailable("the daemon's default capabilities are configured, so these checks cannot tell")
    return found


def capabilities_after_start(env, container):
    """The capabilities of the process; starts the container without a body if the request under test did not."""
    env.client.post(f"/containers/{container}/start")
    return read_capabilities(env.wait_for_end(container).stdout)


@since("1.14/start-cap-add")
def test_the_process_has_added_capabilities(configured_at_start, usual_capabilities):
    result = configured_at_start.post("/containers/{id}/start", CapAdd=["NET_ADMIN", "SYS_TIME"])

    found = read_capabilities(result.stdout)
    assert found - usual_capabilities == {"NET_ADMIN", "SYS_TIME"}


@after("1.14/start-cap-add")
def test_an_added_capability_is_not_taken_any_more(api, env):
    container = env.create_container(*SHOW_STATUS)

    api.post(f"/containers/{container}/start", json=start_body(env, CapAdd=["NET_ADMIN"]))

    assert "NET_ADMIN" not in capabilities_after_start(env, container)


@since("1.14/start-cap-drop")
def test_the_process_lacks_dropped_capabilities(configured_at_start, usual_capabilities):
    result = configured_at_start.post("/containers/{id}/start", CapDrop=["CHOWN", "KILL"])

    found = read_capabilities(result.stdout)
    assert usual_capabilities - found == {"CHOWN", "KILL"}


@after("1.14/start-cap-drop")
def test_a_dropped_capability_is_not_taken_any_more(api, env):
    container = env.create_container(*SHOW_STATUS)

    api.post(f"/containers/{container}/start", json=start_body(env, CapDrop=["KILL"]))

    assert "KILL" in capabilities_after_start(env, container)


@since("1.14/start-unknown-container")
def test_an_unknown_container_is_not_found(api, env):
    answer = api.post(f"/containers/{env.prefix}unknown/start")

    assert_status(answer, 404)
    assert_alive(api)


@since("1.14/start-of-running-container")
def test_a_running_container_runs_on(api, env):
    container = env.idle_container()
    process = at(env.get(f"/containers/{container}/json"), "State.Pid")

    answer = api.post(f"/containers/{container}/start")

    assert_status(answer, 304)
    assert at(env.get(f"/containers/{container}/json"), "State.Pid") == process


@since("1.14/start-malformed-host-config")
@pytest.mark.parametrize(
    "body",
    [b'{"CapAdd": ["NET_ADMIN"', b"no JSON at all", b'{"CapAdd": 17}', b'["NET_ADMIN"]'],
    ids=["cut short", "text", "wrong type", "list"],
)
def test_a_malformed_body_is_refused(api, env, body):
    container = unchanged_container(env, running=False, purpose=body)

    answer = api.post(
        f"/containers/{container}/start", body=body, headers={"Content-Type": "application/json"}
    )

    assert_refused(answer)
    assert at(env.get(f"/containers/{container}/json"), "State.Running") is False
    assert_alive(api)
