"""Services, as API v1.28 changed them."""

import pytest

from conformance import array, assert_status, at, since
from conformance.testing import becomes_true
from fixtures.swarm import (
    PATIENCE,
    REPLICAS,
    SECOND,
    create_service,
    edit,
    running_task,
    service_body,
    update_state,
)

FAILING = ["sh", "-c", "sleep 0.3; exit 1"]


@since("1.28/service-readonly")
def test_root_file_system_of_the_containers_is_read_only(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate={"ContainerSpec": {"ReadOnly": True}})

    assert task.run("sh", "-c", "touch /file 2> /dev/null && echo written || echo refused") == "refused\n"


@since("1.28/service-failureaction-rollback")
def test_failed_update_is_rolled_back(swarm):
    service = create_service(swarm.env)
    running_task(swarm.env, service)
    before = swarm.env.get(f"/services/{service}")["Spec"]["TaskTemplate"]["ContainerSpec"]["Command"]

    how = {"Parallelism": 1, "FailureAction": "rollback", "Monitor": 10 * SECOND}
    failing = {"ContainerSpec": {"Command": FAILING}}
    query, spec = edit(swarm.env, f"/services/{service}", UpdateConfig=how, TaskTemplate=failing)
    answer = swarm.api.post(f"/services/{service}/update", query, json=spec)

    assert_status(answer, 200)

    def command():
        return swarm.env.get(f"/services/{service}")["Spec"]["TaskTemplate"]["ContainerSpec"]["Command"]

    assert becomes_true(lambda: command() == before, PATIENCE), f"expected {before} again, got {command()}"


@since("1.28/service-rollbackconfig")
@pytest.mark.parametrize(
    ("action", "monitor", "state"),
    [("pause", 10 * SECOND, "rollback_paused"), ("continue", 2 * SECOND, "rollback_completed")],
    ids=["pause", "continue"],
)
def test_rollback_goes_on_as_it_is_configured(swarm, action, monitor, state):
    how = {"Parallelism": 1, "FailureAction": action, "Monitor": monitor, "MaxFailureRatio": 0.0}
    body = service_body(swarm.env, *FAILING, RollbackConfig=how)
    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    service = at(answer.json(), "ID")
    query, spec = edit(
        swarm.env, f"/services/{service}", TaskTemplate={"ContainerSpec": {"Command": ["sleep", "86400"]}}
    )
    swarm.env.post(f"/services/{service}/update", query, json=spec)
    # The version of the service changes once more when its update begins.
    update_state(swarm.env, service, "updating", "paused", "completed")
    query, spec = edit(swarm.env, f"/services/{service}")
    swarm.env.post(f"/services/{service}/update", {**query, "rollback": "previous"}, json=spec)
    assert update_state(swarm.env, service, "rollback_paused", "rollback_completed") == state


@pytest.fixture
def one_of_each_mode(swarm):
    """The ids of two services, by their mode."""

    def make():
        nowhere = {"Placement": {"Constraints": ["node.labels.nowhere==true"]}}
        return {
            "replicated": create_service(swarm.env, **REPLICAS[0]),
            "global": create_service(swarm.env, Mode={"Global": {}}, TaskTemplate=nowhere),
        }

    return swarm.env.share("service of each mode", make)


@since("1.28/services-filter-mode")
@pytest.mark.parametrize("mode", ["replicated", "global"])
def test_filter_leaves_the_services_of_the_mode(swarm, one_of_each_mode, mode):
    rows = array(swarm.api.get("/services", {"filters": {"mode": [mode]}}).json())

    listed = [at(row, "ID") for row in rows]
    assert {name: identity in listed for name, identity in one_of_each_mode.items()} == {
        name: name == mode for name in one_of_each_mode
    }


@since("1.28/service-placement-preferences")
def test_preferences_are_shown_and_do_not_keep_a_task_from_running(swarm):
    preferences = [{"Spread": {"SpreadDescriptor": "node.labels.rack"}}]
    body = service_body(swarm.env, TaskTemplate={"Placement": {"Preferences": preferences}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    service = running_task(swarm.env, body["Name"]).service
    document = swarm.api.get(f"/services/{service}").json()
    assert at(document, "Spec.TaskTemplate.Placement.Preferences") == preferences
