"""The states of tasks, as the reference of API v1.37 lists them."""

from conformance import array, at, since
from conformance.testing import becomes_true
from fixtures.swarm import PATIENCE, REPLICAS, SECOND, create_service, edit, running_task


@since("1.37/task-state-remove")
def test_task_without_use_is_to_be_removed(swarm):
    container = {"ContainerSpec": {"StopGracePeriod": 3 * SECOND}}
    service = create_service(swarm.env, **REPLICAS[1], TaskTemplate=container)
    task = running_task(swarm.env, service)

    query, spec = edit(swarm.env, f"/services/{service}", **REPLICAS[0])
    swarm.env.post(f"/services/{service}/update", query, json=spec)

    def desired():
        rows = array(swarm.api.get("/tasks", {"filters": {"service": [service]}}).json())
        return {at(row, "DesiredState") for row in rows if at(row, "ID") == task.id}

    assert becomes_true(lambda: desired() == {"remove"}, PATIENCE / 10), f"expected remove, got {desired()}"
