"""GET /events, as API v1.19 added events of containers."""

import pytest

from conformance import assert_status, since
from conformance.testing import OptionalSteps, actions_about, time_before_now


class Uses:
    """Uses of a running container with a terminal: its id, and the steps that failed."""

    def __init__(self, env):
        self.steps = OptionalSteps()
        # Engines up to 1.13 do not rename a container that has joined the network of another one.
        name = env.create_container(
            "sleep", "86400", start=True, own_network=True, Tty=True, StopSignal="SIGKILL"
        )
        self.container = env.get(f"/containers/{name}/json")["Id"]
        path = f"/containers/{self.container}"
        for step, act in {
            "attach": lambda: self._attach(env, path),
            "commit": lambda: self._commit(env),
            "resize": lambda: env.post(f"{path}/resize", {"h": 30, "w": 100}),
            "top": lambda: env.get(f"{path}/top"),
            "rename": lambda: env.post(f"{path}/rename", {"name": env.reserve_name("container")}),
        }.items():
            self.steps.run(step, act)

    @staticmethod
    def _attach(env, path):
        with env.client.hijack("POST", f"{path}/attach", {"stream": 1, "stdout": 1}) as attached:
            assert_status(attached.response, 101, 200)

    def _commit(self, env):
        repo, _, tag = env.reserve_name("image").rpartition(":")
        env.post("/commit", {"container": self.container, "repo": repo, "tag": tag}, json={})


def use_container(env):
    return Uses(env)


@since("1.19/events-container-actions")
@pytest.mark.parametrize(
    "step", ["attach", "commit", "rename", "resize", pytest.param("top", marks=pytest.mark.needs("cgroups"))]
)
def test_a_use_of_a_container_emits_its_event(record_events, step):
    uses, events = record_events("/events", use_container)
    uses.steps.require(step)

    assert step in events.actions(uses.container, until=step)


@since("1.19/events-container-copy")
def test_copying_out_emits_copy(api, env):
    begun = time_before_now(env)
    name = env.create_container()
    container = env.get(f"/containers/{name}/json")["Id"]

    assert_status(api.post(f"/containers/{name}/copy", json={"Resource": "/bin/busybox"}), 200)

    env.remove("container", name)
    with api.stream("GET", "/events", {"since": begun}) as stream:
        assert_status(stream.response, 200)
        actions = read_until_destroyed(stream, container)
    assert "copy" in actions, actions


def read_until_destroyed(stream, container):
    actions = []
    for event in stream.messages(5):
        actions += actions_about([event], container)
        if "destroy" in actions:
            break
    return actions
