"""POST /containers/create, as API v1.29 changed it: the time in which a container may fail its health checks."""

from conformance import assert_status, at, early, since
from conformance.testing import KILLED_ON_STOP, assert_starts, becomes_true
from fixtures.health import HOUR, SECOND, read_checks, read_health


def check_that_fails(start_period):
    test = {"Test": ["CMD", "false"], "Interval": SECOND // 5, "Timeout": 10 * SECOND, "Retries": 1}
    return {"Healthcheck": {**test, "StartPeriod": start_period}, **KILLED_ON_STOP}


@early
@since("1.29/create-health-start-period")
def test_failures_within_the_period_do_not_count(api, env):
    name = env.reserve_name("container")

    body = env.container_body("sleep", "86400", **check_that_fails(HOUR))
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert becomes_true(lambda: at(read_checks(env, name), 0, "ExitCode") == 1, 15), "expected a failed check"
    assert read_health(env, name) == "starting"


@early
@since("1.29/create-health-start-period")
def test_failures_after_the_period_count(api, env):
    name = env.reserve_name("container")

    body = env.container_body("sleep", "86400", **check_that_fails(SECOND // 2))
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert becomes_true(lambda: read_health(env, name) == "unhealthy", 15), "expected it to be unhealthy"
