"""State.Health of GET /containers/(id)/json, which the reference of API v1.39 describes."""

import pytest

from conformance import array, assert_type, at, since
from conformance.testing import wait_until
from fixtures.health import read_checks
from fixtures.times import read_time


@since("1.39/state-health")
@pytest.mark.parametrize("health", ["starting", "healthy", "unhealthy"])
def test_health_has_its_status(api, container_with_health, health):
    container = container_with_health(health)

    document = api.get(f"/containers/{container}/json").json()

    assert at(document, "State.Health.Status") == health
    failures = assert_type(document, ("State", "Health", "FailingStreak"), int)
    assert (failures > 0) is (health == "unhealthy")


@since("1.39/state-health")
def test_results_are_in_the_order_of_time(api, env, container_with_health):
    container = container_with_health("unhealthy")
    wait_until(lambda: len(read_checks(env, container)) > 1, "two results", timeout=20)

    rows = array(api.get(f"/containers/{container}/json").json(), "State.Health.Log")

    times = [read_time(row, "Start") for row in rows]
    assert len(times) > 1
    assert times == sorted(times)


@since("1.39/state-health-log")
@pytest.mark.parametrize(
    ("health", "code", "output"),
    [("healthy", 0, ""), ("unhealthy", 1, "sick\n")],
    ids=["healthy", "unhealthy"],
)
def test_result_has_times_and_exit_code_and_output(api, container_with_health, health, code, output):
    container = container_with_health(health)

    rows = array(api.get(f"/containers/{container}/json").json(), "State.Health.Log")

    assert rows, "expected results"
    assert (at(rows[0], "ExitCode"), at(rows[0], "Output")) == (code, output)
    assert read_time(rows[0], "Start") <= read_time(rows[0], "End")
