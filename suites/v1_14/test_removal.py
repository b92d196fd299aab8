"""DELETE /containers/(id), as API v1.14 changed it."""

import time

import pytest

from conformance import at, since

STUBBORN = "trap 'echo asked >> /data/asked' TERM; touch /data/ready; while :; do sleep 86400 & wait; done"
OBEDIENT = "mkdir /data; trap 'exit 3' TERM; touch /data/ready; sleep 86400 & wait"
READY = "until [ -e /data/ready ]; do usleep 5000; done"
NO_GRACE = 5.0
"""Seconds: well below the ten that a daemon waits by default between asking a process to end and killing it."""


@since("1.14/force-removal-kills-at-once")
def test_the_process_is_not_asked_to_end_first(api, stage):
    volume = stage.volume()
    binds = {"Binds": [f"{volume}:/data"]}
    container = stage.container("sh", "-c", STUBBORN, start=True, HostConfig=binds)
    stage.execute(container, "sh", "-c", READY)

    begun = time.monotonic()
    answer = api.delete(f"/containers/{container}", {"force": "1"})
    seconds = time.monotonic() - begun

    assert answer.status == 204
    assert seconds < NO_GRACE, f"the removal took {seconds:.1f} s: a grace period has passed"
    assert stage.client.get(f"/containers/{container}/json").status == 404
    found = stage.output(stage.container("ls", "/data", HostConfig=binds)).out.split()
    assert found == ["ready"], "the process was sent SIGTERM"


@since("1.14/force-removal-kills-at-once")
def test_the_process_dies_of_sigkill(api, stage):
    container = stage.container("sh", "-c", OBEDIENT, start=True)
    stage.execute(container, "sh", "-c", READY)

    with stage.client.stream("GET", "/events", {"filters": {"container": [container]}}) as events:
        answer = api.delete(f"/containers/{container}", {"force": "1"})
        died = next((event for event in events.messages(20) if at(event, "Action") == "die"), None)

    assert answer.status == 204
    assert at(died, "Actor.Attributes.exitCode") == "137"


@since("1.14/force-removal-kills-at-once")
@pytest.mark.parametrize("force", ["True", "true"])
def test_a_running_container_goes_away(api, stage, force):
    container = stage.container("sleep", "86400", start=True, StopSignal="SIGKILL")

    answer = api.delete(f"/containers/{container}", {"force": force})

    assert answer.status == 204
    assert stage.client.get(f"/containers/{container}/json").status == 404


@since("1.14/removal-of-running-needs-force")
@pytest.mark.parametrize("query", [{}, {"force": "0"}, {"force": "False"}], ids=["none", "0", "False"])
def test_a_running_container_stays(api, stage, query):
    container = stage.container("sleep", "86400", start=True, StopSignal="SIGKILL")

    answer = api.delete(f"/containers/{container}", query)

    assert answer.status >= 400
    assert at(stage.get(f"/containers/{container}/json"), "State.Running") is True


@since("1.14/remove-unknown-container")
@pytest.mark.parametrize("query", [{}, {"force": "1"}, {"v": "1"}], ids=["plain", "force", "v"])
def test_an_unknown_container_is_not_found(api, stage, query):
    answer = api.delete(f"/containers/{stage.prefix}nobody", query)

    assert answer.status == 404
    assert api.get("/_ping").status == 200


@since("1.14/remove-bad-parameter")
@pytest.mark.parametrize("name", ["force", "v"])
def test_a_value_that_is_no_boolean_is_refused(api, stage, name):
    container = stage.container()

    answer = api.delete(f"/containers/{container}", {name: "perhaps"})

    assert answer.status == 400
    assert stage.client.get(f"/containers/{container}/json").status == 200, "the container is to stay"
