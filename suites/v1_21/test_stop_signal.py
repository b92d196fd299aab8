"""StopSignal in POST /containers/create and in GET /containers/(id)/json, as API v1.21 added it."""

import pytest

from conformance import assert_status, at, since
from conformance.testing import assert_starts, wait_until

# Process 1 of a container gets no signal that it has no handler for. A handler runs when a short sleep has ended: a wait
# that could be interrupted loses the signal that comes just before it. A shell cannot hear what an engine under nohup hands
# on as shut off: SIGHUP.
TELL = 'for s in USR1 USR2 TERM; do trap "echo $s; exit 0" $s; done; echo ready; while :; do sleep 0.05; done'


def told(api, env, **members):
    """The names of the signals that a container, created and stopped through `api`, got in the end."""
    name = env.reserve_name("container")
    assert_status(
        api.post("/containers/create", {"name": name}, json=env.container_body("sh", "-c", TELL, **members)),
        201,
    )
    assert_starts(env, name)
    wait_until(
        lambda: b"ready" in env.client.get(f"/containers/{name}/logs", {"stdout": 1}).body,
        "the process can be signalled",
    )

    assert_status(api.post(f"/containers/{name}/stop", {"t": 10}), 204)

    assert at(env.get(f"/containers/{name}/json"), "State", "Running") is False, "the container runs on"
    return env.wait_for_end(name).stdout.split()[1:]


@since("1.21/stopsignal")
def test_container_is_stopped_with_it(api, env):
    assert told(api, env, StopSignal="SIGUSR2") == ["USR2"]


@since("1.21/stopsignal-number")
@pytest.mark.parametrize("signal", [10, "10"], ids=["number", "text"])
def test_container_is_stopped_with_the_signal_of_the_number(api, env, signal):
    assert told(api, env, StopSignal=signal) == ["USR1"]


@since("1.21/stopsignal-default")
def test_container_is_stopped_with_sigterm(api, env):
    assert told(api, env) == ["TERM"]


@since("1.21/inspect-stopsignal")
@pytest.mark.parametrize("signal", ["SIGUSR1", "SIGTERM"])
def test_inspect_shows_it(api, env, signal):
    name = env.share(
        ("container with a stop signal", signal), lambda: env.create_container(StopSignal=signal)
    )

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "Config", "StopSignal") == signal
