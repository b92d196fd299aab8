"""Tasks of services, as API v1.24 introduced them."""

import pytest

from conformance import array, assert_status, assert_type, at, since


@since("1.24/tasks-list")
@pytest.mark.parametrize("name", ["id", "name", "service", "node", "desired-state"])
def test_filter_leaves_the_tasks_that_fit(swarm, node, idle_service, name):
    spec = swarm.env.get(f"/services/{idle_service.service}")["Spec"]
    good = {
        "id": idle_service.id,
        "name": spec["Name"],
        "service": spec["Name"],
        "node": node,
        "desired-state": "running",
    }[name]

    answer = swarm.api.get("/tasks", {"filters": {name: [good]}})

    assert_status(answer, 200)
    assert idle_service.id in [at(row, "ID") for row in array(answer.json())]


@since("1.24/tasks-list")
@pytest.mark.parametrize(
    ("name", "value"),
    [("id", "nosuch"), ("name", "nosuch"), ("label", "nosuch"), ("desired-state", "shutdown")],
)
def test_filter_leaves_no_tasks_that_do_not_fit(swarm, idle_service, name, value):
    answer = swarm.api.get("/tasks", {"filters": {name: [value]}})

    assert_status(answer, 200)
    assert idle_service.id not in [at(row, "ID") for row in array(answer.json())]


@since("1.24/task-inspect")
def test_task_is_described(swarm, node, idle_service):
    answer = swarm.api.get(f"/tasks/{idle_service.id}")

    assert_status(answer, 200)
    document = answer.json()
    assert at(document, "ID") == idle_service.id
    assert at(document, "ServiceID") == idle_service.service
    assert at(document, "NodeID") == node
    assert at(document, "Slot") == 1
    assert at(document, "DesiredState") == "running"
    assert at(document, "Status", "State") == "running"
    assert at(document, "Status", "ContainerStatus", "ContainerID") == idle_service.container
    assert assert_type(document, "Status.ContainerStatus.PID", int) > 0
    assert at(document, "Spec", "ContainerSpec", "Image") == swarm.env.image


@since("1.24/task-inspect")
def test_unknown_task_is_not_found(swarm):
    assert_status(swarm.api.get("/tasks/nosuch"), 404)
