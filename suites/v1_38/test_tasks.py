"""Tasks, as API v1.38 changed them: those of containers that no service has."""

import pytest

from conformance import array, at, since
from conformance.testing import FixtureError

#: Without this filter engines list the tasks of services only.
ATTACHMENTS = {"filters": {"runtime": ["attachment"]}}


@pytest.fixture
def attached(swarm, overlay):
    """The id of a container that no service has, on a network of the swarm; no check changes it."""

    def make():
        host = {"NetworkMode": overlay.network}
        name = swarm.env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL", HostConfig=host)
        return swarm.env.get(f"/containers/{name}/json")["Id"]

    return swarm.env.share("attached container", make)


@since("1.38/task-networkattachmentspec")
def test_task_of_an_attached_container_names_it(swarm, attached):
    rows = array(swarm.api.get("/tasks", ATTACHMENTS).json())

    assert attached in [at(row, "Spec", "NetworkAttachmentSpec", "ContainerID") for row in rows]


@since("1.38/task-networkattachmentspec")
def test_task_of_an_attached_container_alone_names_it(swarm, attached):
    def names(row):
        return at(row, "Spec", "NetworkAttachmentSpec", "ContainerID") == attached

    task = next((at(row, "ID") for row in swarm.env.get("/tasks", ATTACHMENTS) if names(row)), None)
    if task is None:
        raise FixtureError("no task is listed that names the attached container")

    assert names(swarm.api.get(f"/tasks/{task}").json())
