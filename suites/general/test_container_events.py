"""GET /events: events of containers."""

from typing import NamedTuple

import pytest

from conformance import at, since
from conformance.testing import OptionalSteps, commit_image, is_in_order

STEPS = ["create", "start", "pause", "unpause", "restart", "destroy"]
FREEZES = pytest.mark.needs("freezer")
#: An engine may emit stop only now and then, so one stop would show chance.
STOPS = 4


def read_id(env, name):
    return env.get(f"/containers/{name}/json")["Id"]


def start_container(env):
    return read_id(env, env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL"))


class Life(NamedTuple):
    """A container that was created, used and removed: its id, the id and the only name of its image, the steps that failed."""

    container: str
    image: tuple[str, str]
    steps: OptionalSteps


def go_through_life(env):
    # Not the test image, which checks give other names: an event may name the image by any of them.
    image = commit_image(env, env.create_container())
    steps = OptionalSteps()
    name = env.create_container("sleep", "86400", start=True, Image=image, StopSignal="SIGKILL")
    container = read_id(env, name)
    for verb in ("pause", "unpause", "restart"):
        steps.run(verb, lambda verb=verb: env.post(f"/containers/{container}/{verb}"))
    env.remove("container", container)
    return Life(container, (env.get(f"/images/{image}/json")["Id"].removeprefix("sha256:"), image), steps)


def stop_repeatedly(env):
    container = start_container(env)
    for left in reversed(range(STOPS)):
        env.post(f"/containers/{container}/stop")
        if left:
            env.start(container)
    return container


def kill_and_remove(env):
    container = start_container(env)
    env.post(f"/containers/{container}/kill")
    env.remove("container", container)
    return container


def run_to_end(env):
    name = env.create_container("true", start=True)
    env.wait_for_exit(name)
    return read_id(env, name)


@since("general/container-life-emits-events")
@pytest.mark.parametrize(
    "step", [pytest.param(step, marks=FREEZES) if "pause" in step else step for step in STEPS]
)
def test_a_step_of_a_life_emits_its_event(record_events, step):
    life, events = record_events("/events", go_through_life)
    life.steps.require(step)

    assert step in events.actions(life.container, until=step)


@since("general/container-life-emits-events")
@FREEZES
def test_events_come_in_the_order_of_the_steps(record_events):
    life, events = record_events("/events", go_through_life)
    life.steps.require("pause", "unpause", "restart")

    actions = events.actions(life.container, until="destroy")
    # Whether each of them comes is the claim of another check.
    received = [step for step in STEPS if step in actions]
    assert len(received) > 1, actions
    # An engine may emit an event twice, the second time after the next event: the first one counts.
    assert sorted(received, key=actions.index) == received, actions


@since("general/container-life-emits-events")
def test_each_stop_emits_stop(record_events):
    container, events = record_events("/events", stop_repeatedly)

    actions = events.actions(container, until="stop", times=STOPS)
    assert is_in_order(actions, ["create", *["start", "stop"] * STOPS]), actions


@since("general/container-life-emits-events")
@pytest.mark.parametrize("event", ["kill", "die"])
def test_killing_emits_kill_and_die(record_events, event):
    container, events = record_events("/events", kill_and_remove)

    actions = events.actions(container, until=event)
    assert is_in_order(actions, ["create", "start", event]), actions


@since("general/container-life-emits-events")
def test_an_end_of_its_own_emits_die(record_events):
    container, events = record_events("/events", run_to_end)

    actions = events.actions(container, until="die")
    assert is_in_order(actions, ["create", "start", "die"]), actions


@since("general/events-members")
@pytest.mark.parametrize("member", ["status", "id", "from", "time"])
def test_an_event_says_what_of_which_container_and_when(record_events, member):
    life, events = record_events("/events", go_through_life)

    values = [at(event, member) for event in events.about(life.container)]
    is_valid = {
        "status": lambda value: isinstance(value, str) and value != "",
        "id": lambda value: isinstance(value, str) and len(value) >= 12 and life.container.startswith(value),
        "from": lambda value: isinstance(value, str) and value.endswith(life.image),
        "time": lambda value: type(value) is int and 1_400_000_000 < value < 100_000_000_000,
    }[member]
    assert values
    assert all(is_valid(value) for value in values), f"{member}: got {values!r}"


def export_container(env):
    name = env.create_container()
    env.require(env.client.get(f"/containers/{name}/export"))
    return read_id(env, name)


@since("general/export-emits-event")
def test_exporting_emits_export(record_events):
    container, events = record_events("/events", export_container)

    assert "export" in events.actions(container, until="export")


def create_execs(env):
    """The ids of a container whose exec was started, and of one that was removed before its exec was started."""
    ran, waits = env.idle_container(), start_container(env)
    started = env.post(f"/containers/{ran}/exec", json={"Cmd": ["true"]}).json()["Id"]
    env.post(f"/exec/{started}/start", json={"Detach": True})
    env.post(f"/containers/{waits}/exec", json={"Cmd": ["true"]})
    env.remove("container", waits)
    return ran, waits


@since("general/exec-create-emits-event")
@pytest.mark.parametrize("which", [0, 1], ids=["started", "not started"])
def test_creating_an_exec_emits_exec_create(record_events, which):
    containers, events = record_events("/events", create_execs)

    assert "exec_create" in events.actions(containers[which], until="exec_create")


@since("general/exec-start-emits-event")
def test_starting_an_exec_emits_exec_start_after_exec_create(record_events):
    (ran, _), events = record_events("/events", create_execs)

    actions = events.actions(ran, until="exec_start")
    assert is_in_order(actions, ["exec_create", "exec_start"]), actions


@since("general/exec-start-emits-event")
def test_an_exec_that_is_not_started_emits_no_exec_start(record_events):
    (ran, waits), events = record_events("/events", create_execs)

    assert "exec_start" in events.actions(ran, until="exec_start")
    actions = events.actions(waits, until="destroy")
    assert "exec_create" in actions
    assert "exec_start" not in actions
