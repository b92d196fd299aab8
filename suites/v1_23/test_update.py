"""RestartPolicy in POST /containers/(id)/update, which API v1.23 added."""

from conformance import assert_status, at, since
from conformance.testing import becomes_true, start_and_wait_for_output

POLICY = {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}}
#: Fails when the file is there, and at once when it was there before.
FAIL_WHEN_TOLD = "echo ready; until test -e /fail; do sleep 0.02; done; exit 3"


def has_ended_after_two_restarts(env, name):
    document = env.get(f"/containers/{name}/json")
    return (at(document, "RestartCount"), at(document, "State", "Status")) == (2, "exited")


@since("1.23/update-restartpolicy")
def test_policy_counts_from_the_next_start(api, env):
    name = env.create_container("false")

    answer = api.post(f"/containers/{name}/update", json=POLICY)

    assert_status(answer, 200)
    env.start(name)
    assert becomes_true(lambda: has_ended_after_two_restarts(env, name), 30), "expected two restarts"


@since("1.23/update-restartpolicy")
def test_policy_counts_for_a_process_that_runs(api, env):
    name = start_and_wait_for_output(env, b"ready", b"", "sh", "-c", FAIL_WHEN_TOLD)

    answer = api.post(f"/containers/{name}/update", json=POLICY)

    assert_status(answer, 200)
    env.execute(name, "touch", "/fail")
    assert becomes_true(lambda: has_ended_after_two_restarts(env, name), 30), "expected two restarts"
