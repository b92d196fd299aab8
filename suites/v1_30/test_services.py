"""Services, as API v1.30 changed them."""

from conformance import assert_status, since
from fixtures.swarm import pending_reason, service_body


@since("1.30/service-placement-platforms")
def test_task_runs_on_a_platform_that_its_service_supports(service_tasks):
    placement = {"Placement": {"Platforms": [{"OS": "linux"}]}}
    task = service_tasks.post("/services/create", TaskTemplate=placement)

    assert task.run("echo", "here") == "here\n"


@since("1.30/service-placement-platforms")
def test_task_waits_for_a_platform_that_its_service_supports(swarm):
    body = service_body(swarm.env, TaskTemplate={"Placement": {"Platforms": [{"OS": "plan9"}]}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert pending_reason(swarm.env, body["Name"])
