"""DELETE /containers/(id), as API v1.14 changed it."""

import time

import pytest

from conformance import ABSENT, assert_alive, assert_refused, assert_status, at, since
from conformance.testing import (
    STDOUT,
    FixtureError,
    SharedStream,
    actions_about,
    event_action,
    events_about,
    payload,
    time_before_now,
    unchanged_container,
    wait_for_output,
)
from fixtures.volumes import find_volume

STUBBORN = "trap 'echo asked' HUP INT QUIT TERM; echo ready; while :; do sleep 0.05; done"
NO_GRACE = 5.0
"""Seconds: well below the ten of the default grace period between the stop signal and the kill."""


@since("1.14/force-removal-kills-at-once")
def test_the_process_is_killed_and_not_asked_to_end(api, env):
    container = env.create_container("sh", "-c", STUBBORN)
    container_id = at(env.get(f"/containers/{container}/json"), "Id")
    before = time_before_now(env)
    with env.client.hijack("POST", f"/containers/{container}/attach", {"stream": 1, "stdout": 1}) as attached:
        env.start(container)
        wait_for_output(attached, b"ready\n")

        begun = time.monotonic()
        answer = api.delete(f"/containers/{container}", {"force": "1"})
        seconds = time.monotonic() - begun

        assert_status(answer, 204)
        assert seconds < NO_GRACE, f"expected no grace period, got {seconds:.1f} s until the answer"
        assert_status(env.client.get(f"/containers/{container}/json"), 404)
        attached.rest()
    written = payload(attached.response.frames(), STDOUT)
    assert written == b"ready\n", "expected no signal before the kill"
    event = find_death(env, container_id, before)
    assert event is not None, "expected an event die, got none"
    assert at(event, "Actor", "Attributes", "exitCode") in (ABSENT, "137")


def find_death(env, container, since):
    """The event die of a container in the daemon's newest version, or None."""
    query = {"since": since, "filters": {"container": [container]}}
    stream = SharedStream(env.client, "/events", query, seconds=6)
    answer = stream.answer(env.client, lambda answer: "die" in actions_about(answer.messages(), container))
    found = events_about(answer.messages(), container)
    return next((event for event in found if event_action(event) == "die"), None)


@since("1.14/force-removal-kills-at-once")
@pytest.mark.parametrize("force", ["True", "true"])
def test_force_is_any_true_value(api, env, force):
    container = env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")

    answer = api.delete(f"/containers/{container}", {"force": force})

    assert_status(answer, 204)
    assert_status(env.client.get(f"/containers/{container}/json"), 404)


@since("1.14/removal-of-running-needs-force")
@pytest.mark.parametrize("query", [{}, {"force": "0"}, {"force": "False"}], ids=["none", "0", "False"])
def test_a_running_container_stays(api, env, query):
    container = unchanged_container(env, running=True)

    answer = api.delete(f"/containers/{container}", query)

    assert_refused(answer)
    assert at(env.client.get(f"/containers/{container}/json").json(), "State.Running") is True


@since("1.14/remove-unknown-container")
@pytest.mark.parametrize("query", [{}, {"force": "1"}, {"v": "1"}], ids=["plain", "force", "v"])
def test_an_unknown_container_is_not_found(api, env, query):
    answer = api.delete(f"/containers/{env.prefix}unknown", query)

    assert_status(answer, 404)
    assert_alive(api)


@since("1.14/remove-bad-parameter")
@pytest.mark.parametrize("name", ["force", "v"])
def test_a_value_that_is_no_boolean_is_refused(api, env, name):
    container = unchanged_container(env, running=False)

    answer = api.delete(f"/containers/{container}", {name: "perhaps"})

    assert_status(answer, 400)
    assert_status(env.client.get(f"/containers/{container}/json"), 200)


@pytest.fixture
def with_volume(env):
    """The name of a container that was never started, and its anonymous volume."""
    name = env.create_container(Volumes={"/data": {}})
    volume = find_volume(env, name, "/data")
    if volume is None:
        raise FixtureError("the daemon shows no volume of the container")
    if volume.name:
        env.adopt("volume", volume.name)
    return name, volume


@since("1.14/remove-volumes")
@pytest.mark.parametrize("v", ["1", "True", "true"])
def test_its_volumes_go_with_it(api, with_volume, volume_exists, v):
    container, volume = with_volume

    answer = api.delete(f"/containers/{container}", {"v": v})

    assert_status(answer, 204)
    assert not volume_exists(volume), "the volume is still there"


@since("1.14/remove-volumes")
@pytest.mark.parametrize("query", [{}, {"v": "0"}], ids=["default", "0"])
def test_its_volumes_stay(api, env, with_volume, volume_exists, query):
    container, volume = with_volume

    answer = api.delete(f"/containers/{container}", query)

    assert_status(answer, 204)
    assert_status(env.client.get(f"/containers/{container}/json"), 404)
    assert volume_exists(volume), "the volume is gone"
