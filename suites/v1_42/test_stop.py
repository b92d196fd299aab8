"""POST /containers/(id)/stop, /restart and /wait, as API v1.42 changed them: the signal, and unknown conditions."""

import pytest

from conformance import assert_status, before, since
from conformance.testing import STDOUT, becomes_true, payload, wait_for_log

#: Says which signal came, and ends.
SCRIPT = "trap 'echo usr1; exit' USR1; trap 'echo term; exit' TERM; echo ready; while :; do sleep 0.1; done"
WAYS = pytest.mark.parametrize("way", ["stop", "restart"])


@pytest.fixture
def trapping_container(env):
    """The name of a running container that says by which signal it was ended; its own stop signal is SIGTERM."""
    name = env.create_container("sh", "-c", SCRIPT, start=True)
    wait_for_log(env, name, b"ready\n")
    return name


def was_ended_by(env, name, signal):
    return becomes_true(lambda: signal in payload(env.read_log(name), STDOUT).split(), 5)


@since("1.42/stop-signal")
@WAYS
@pytest.mark.parametrize("signal", ["SIGUSR1", "USR1", "10"])
def test_process_gets_the_signal(api, env, trapping_container, way, signal):
    answer = api.post(f"/containers/{trapping_container}/{way}", {"signal": signal})

    assert_status(answer, 204)
    assert was_ended_by(env, trapping_container, b"usr1")


@before("1.42/stop-signal")
@WAYS
def test_process_gets_the_stop_signal_of_the_container(api, env, trapping_container, way):
    answer = api.post(f"/containers/{trapping_container}/{way}", {"signal": "SIGUSR1"})

    assert_status(answer, 204)
    assert was_ended_by(env, trapping_container, b"term")


@since("1.42/wait-invalid-condition")
def test_unknown_condition_is_refused(api, env):
    answer = api.post(f"/containers/{env.create_container()}/wait", {"condition": "nosuch"})

    assert_status(answer, 400)
