"""GET /events: what happens to a container."""

import pytest

from conformance import at, since
from conformance.testing import OptionalSteps, is_in_order

STEPS = ["create", "start", "pause", "unpause", "restart", "destroy"]
#: An engine may tell of a stop only now and then: what a single one shows is chance.
STOPS = 4


def identity(env, name):
    return env.get(f"/containers/{name}/json")["Id"]


def resting(env):
    return identity(env, env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL"))


def live(env):
    """The id of a container that came, lived and went; and its steps."""
    steps = OptionalSteps()
    container = resting(env)
    for verb in ("pause", "unpause", "restart"):
        steps.run(verb, lambda verb=verb: env.post(f"/containers/{container}/{verb}"))
    env.remove("container", container)
    return container, steps


def be_stopped(env):
    container = resting(env)
    for left in reversed(range(STOPS)):
        env.post(f"/containers/{container}/stop")
        if left:
            env.start(container)
    return container


def be_killed(env):
    container = resting(env)
    env.post(f"/containers/{container}/kill")
    env.remove("container", container)
    return container


def end(env):
    name = env.create_container("true", start=True)
    env.wait_for_exit(name)
    return identity(env, name)


@since("general/container-life-emits-events")
@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_a_life_emits_its_event(record_events, step):
    (container, steps), events = record_events("/events", live)
    steps.require(step)

    assert step in events.actions(container, until=step)


@since("general/container-life-emits-events")
def test_events_come_in_the_order_of_the_steps(record_events):
    (container, steps), events = record_events("/events", live)
    steps.require("pause", "unpause", "restart")

    told = events.actions(container, until="destroy")
    # That each of them comes is the claim of another check.
    came = [step for step in STEPS if step in told]
    assert len(came) > 1, told
    # An engine that hears of a step twice may tell of it again, even after the next one: the first time counts.
    assert sorted(came, key=told.index) == came, told


@since("general/container-life-emits-events")
def test_each_stop_emits_stop(record_events):
    container, events = record_events("/events", be_stopped)

    told = events.actions(container, until="stop", times=STOPS)
    assert is_in_order(told, ["create", *["start", "stop"] * STOPS]), told


@since("general/container-life-emits-events")
@pytest.mark.parametrize("event", ["kill", "die"])
def test_killing_emits_kill_and_die(record_events, event):
    container, events = record_events("/events", be_killed)

    told = events.actions(container, until=event)
    assert is_in_order(told, ["create", "start", event]), told


@since("general/container-life-emits-events")
def test_an_end_of_its_own_emits_die(record_events):
    container, events = record_events("/events", end)

    told = events.actions(container, until="die")
    assert is_in_order(told, ["create", "start", "die"]), told


@since("general/events-members")
@pytest.mark.parametrize("member", ["status", "id", "from", "time"])
def test_an_event_says_what_of_which_container_and_when(record_events, env, member):
    (container, _), events = record_events("/events", live)

    told = [at(event, member) for event in events.about(container)]
    right = {
        "status": lambda value: isinstance(value, str) and value != "",
        "id": lambda value: isinstance(value, str) and len(value) >= 12 and container.startswith(value),
        "from": lambda value: isinstance(value, str) and value.endswith(env.image),
        "time": lambda value: type(value) is int and 1_400_000_000 < value < 100_000_000_000,
    }[member]
    assert told
    assert all(right(value) for value in told), f"{member}: got {told!r}"


def be_exported(env):
    name = env.create_container()
    env.require(env.client.get(f"/containers/{name}/export"))
    return identity(env, name)


@since("general/export-emits-event")
def test_exporting_emits_export(record_events):
    container, events = record_events("/events", be_exported)

    assert "export" in events.actions(container, until="export")


def execute(env):
    """The ids of a container whose exec was started and of one that went with its exec unstarted."""
    ran, waits = env.idle_container(), resting(env)
    started = env.post(f"/containers/{ran}/exec", json={"Cmd": ["true"]}).json()["Id"]
    env.post(f"/exec/{started}/start", json={"Detach": True})
    env.post(f"/containers/{waits}/exec", json={"Cmd": ["true"]})
    env.remove("container", waits)
    return ran, waits


@since("general/exec-create-emits-event")
@pytest.mark.parametrize("which", [0, 1], ids=["started", "not started"])
def test_creating_an_exec_emits_exec_create(record_events, which):
    containers, events = record_events("/events", execute)

    assert "exec_create" in events.actions(containers[which], until="exec_create")


@since("general/exec-start-emits-event")
def test_starting_an_exec_emits_exec_start_after_exec_create(record_events):
    (ran, _), events = record_events("/events", execute)

    told = events.actions(ran, until="exec_start")
    assert is_in_order(told, ["exec_create", "exec_start"]), told


@since("general/exec-start-emits-event")
def test_an_exec_that_is_not_started_emits_no_exec_start(record_events):
    (ran, waits), events = record_events("/events", execute)

    assert "exec_start" in events.actions(ran, until="exec_start")
    told = events.actions(waits, until="destroy")
    assert "exec_create" in told
    assert "exec_start" not in told
