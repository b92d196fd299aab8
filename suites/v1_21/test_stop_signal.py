"""StopSignal in POST /containers/create and in GET /containers/(id)/json, as API v1.21 added it."""

import pytest

from conformance import assert_status, at, since
from conformance.testing import assert_starts, wait_for_log

# Process 1 of a container only receives signals that it handles. A handler runs after a short sleep: an interruptible wait
# would lose a signal that comes just before it. SIGHUP is left out, as an engine under nohup passes it on as ignored.
PRINT_SIGNALS = (
    'for s in USR1 USR2 TERM; do trap "echo $s; exit 0" $s; done; echo ready; while :; do sleep 0.05; done'
)


def stop_and_read_signals(api, env, **members):
    """Create and stop a container through `api`; returns the names of the signals that its process received."""
    name = env.reserve_name("container")
    assert_status(
        api.post(
            "/containers/create",
            {"name": name},
            json=env.container_body("sh", "-c", PRINT_SIGNALS, **members),
        ),
        201,
    )
    assert_starts(env, name)
    wait_for_log(env, name, b"ready")

    assert_status(api.post(f"/containers/{name}/stop", {"t": 10}), 204)

    assert at(env.get(f"/containers/{name}/json"), "State", "Running") is False, "the container still runs"
    return env.wait_for_end(name).stdout.split()[1:]


@since("1.21/stopsignal")
def test_container_is_stopped_with_it(api, env):
    assert stop_and_read_signals(api, env, StopSignal="SIGUSR2") == ["USR2"]


@since("1.21/stopsignal-number")
@pytest.mark.parametrize("signal", [10, "10"], ids=["number", "text"])
def test_container_is_stopped_with_the_signal_of_the_number(api, env, signal):
    assert stop_and_read_signals(api, env, StopSignal=signal) == ["USR1"]


@since("1.21/stopsignal-default")
def test_container_is_stopped_with_sigterm(api, env):
    assert stop_and_read_signals(api, env) == ["TERM"]


@since("1.21/inspect-stopsignal")
@pytest.mark.parametrize("signal", ["SIGUSR1", "SIGTERM"])
def test_inspect_shows_it(api, env, signal):
    name = env.share(
        ("container with a stop signal", signal), lambda: env.create_container(StopSignal=signal)
    )

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "Config", "StopSignal") == signal
