"""Services, as API v1.30 changed them."""

import pytest

from conformance import assert_status, assert_type, before, since
from fixtures.plugins import start_registry
from fixtures.swarm import REPLICAS, pending_reason, service_body


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


@pytest.fixture
def image_at_a_registry(env, swarm):
    """The name of an image at a registry that the manager reaches without a login."""

    def push():
        return start_registry(env, swarm, login=False).push_new("1")[0]

    return swarm.env.share("image at the registry of a swarm", push)


def image_of_new_service(swarm, name):
    """The image that GET /services/(id) shows of a new service without tasks that was created with the image `name`."""
    body = service_body(swarm.env, TaskTemplate={"ContainerSpec": {"Image": name}}, **REPLICAS[0])
    answer = swarm.api.post("/services/create", json=body)
    assert_status(answer, 201)
    document = swarm.api.get(f"/services/{assert_type(answer.json(), 'ID', str)}").json()
    return assert_type(document, "Spec.TaskTemplate.ContainerSpec.Image", str)


@since("1.30/service-no-digest")
def test_image_of_a_service_keeps_its_name(swarm, image_at_a_registry):
    assert image_of_new_service(swarm, image_at_a_registry) == image_at_a_registry


@before("1.30/service-no-digest")
def test_image_of_a_service_gets_its_digest_from_the_registry(swarm, image_at_a_registry):
    name, _, digest = image_of_new_service(swarm, image_at_a_registry).partition("@")

    assert (name, digest.partition(":")[0]) == (image_at_a_registry, "sha256")
