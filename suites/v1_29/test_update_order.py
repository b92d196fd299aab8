"""The order of an update of a service, as the reference of API v1.29 has it."""

import pytest

from conformance import assert_status, since
from conformance.testing import becomes_true
from fixtures.swarm import PATIENCE, create_service, edit, running_task, tasks_of


@since("1.29/service-update-order")
@pytest.mark.parametrize(("order", "desired"), [("start-first", "running"), ("stop-first", "shutdown")])
def test_old_task_is_to_run_on_until_the_new_one_runs_if_that_starts_first(swarm, order, desired):
    service = create_service(swarm.env)
    old = running_task(swarm.env, service).id

    never = {"Placement": {"Constraints": ["node.labels.nowhere==true"]}}
    query, spec = edit(
        swarm.env, f"/services/{service}", UpdateConfig={"Parallelism": 1, "Order": order}, TaskTemplate=never
    )
    answer = swarm.api.post(f"/services/{service}/update", query, json=spec)

    assert_status(answer, 200)

    def states():
        return {row["ID"]: row["DesiredState"] for row in tasks_of(swarm.env, service)}

    assert becomes_true(lambda: len(states()) == 2, PATIENCE), "there is no new task"
    assert becomes_true(lambda: states()[old] == desired), f"the old task is to be {states()[old]}"
