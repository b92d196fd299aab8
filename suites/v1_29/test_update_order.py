"""The order of an update of a service, as the reference of API v1.29 has it."""

import pytest

from conformance import assert_status, since
from conformance.testing import becomes_true
from fixtures.swarm import PATIENCE, create_service, edit, running_task, tasks_of


@since("1.29/service-update-order")
@pytest.mark.parametrize(("order", "stays"), [("start-first", True), ("stop-first", False)])
def test_old_task_runs_on_until_the_new_one_runs_if_that_starts_first(swarm, order, stays):
    service = create_service(swarm.env)
    old = running_task(swarm.env, service).id

    never = {"Placement": {"Constraints": ["node.labels.nowhere==true"]}}
    query, spec = edit(
        swarm.env, f"/services/{service}", UpdateConfig={"Parallelism": 1, "Order": order}, TaskTemplate=never
    )
    answer = swarm.api.post(f"/services/{service}/update", query, json=spec)

    assert_status(answer, 200)

    def states():
        return {row["ID"]: row["Status"]["State"] for row in tasks_of(swarm.env, service)}

    assert becomes_true(lambda: len(states()) == 2, PATIENCE), "there is no new task"
    assert becomes_true(lambda: states()[old] != "running", 1 if stays else PATIENCE) is not stays
