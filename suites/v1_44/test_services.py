"""POST /services/create, as API v1.44 changed it: filters of system calls, and where networks are named."""

import pytest

from conformance import array, assert_status, assert_type, at, before, since
from conformance.testing import Unavailable, read_status
from fixtures.swarm import create_service, row_about, running_task, service_body

UNCONFINED = {"TaskTemplate": {"ContainerSpec": {"Privileges": {"Seccomp": {"Mode": "unconfined"}}}}}
SHOW = ("cat", "/proc/1/status")


@pytest.fixture
def filtered(idle_service):
    """Requires that the system calls of tasks are filtered (seccomp) unless it is said otherwise."""
    if read_status(idle_service.run(*SHOW), "Seccomp") != "2":
        raise Unavailable("the system calls of tasks are not filtered here")


@since("1.44/services-seccomp")
@pytest.mark.usefixtures("filtered")
def test_system_calls_are_not_filtered(swarm):
    body = service_body(swarm.env, **UNCONFINED)

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert read_status(running_task(swarm.env, body["Name"]).run(*SHOW), "Seccomp") == "0"


@before("1.44/services-seccomp")
@pytest.mark.usefixtures("filtered")
def test_system_calls_are_filtered_all_the_same(swarm):
    body = service_body(swarm.env, **UNCONFINED)

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert read_status(running_task(swarm.env, body["Name"]).run(*SHOW), "Seccomp") == "2"


@since("1.44/services-networks")
def test_networks_of_the_template_are_those_of_the_task(swarm, overlay):
    body = service_body(swarm.env, TaskTemplate={"Networks": [{"Target": overlay.network}]})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    task = running_task(swarm.env, body["Name"])
    networks = at(swarm.env.get(f"/containers/{task.container}/json"), "NetworkSettings", "Networks")
    assert overlay.network in networks


def restrict_privileges(env):
    """A body for POST /services/create whose processes are to get no more privileges."""
    restricted = {"ContainerSpec": {"Privileges": {"NoNewPrivileges": True}}}
    return service_body(env, TaskTemplate=restricted)


@since("1.44/services-nonewprivileges")
def test_processes_get_no_more_privileges(swarm):
    body = restrict_privileges(swarm.env)

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert read_status(running_task(swarm.env, body["Name"]).run(*SHOW), "NoNewPrivs") == "1"


@before("1.44/services-nonewprivileges")
def test_processes_may_get_more_privileges_all_the_same(swarm):
    body = restrict_privileges(swarm.env)

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert read_status(running_task(swarm.env, body["Name"]).run(*SHOW), "NoNewPrivs") == "0"


@pytest.fixture
def publishing_task(swarm):
    """A running task whose port 80 is published on the host; no check changes it."""

    def make():
        ports = [{"Protocol": "tcp", "TargetPort": 80, "PublishMode": "host"}]
        return running_task(swarm.env, create_service(swarm.env, EndpointSpec={"Ports": ports}))

    return swarm.env.share("publishing task", make)


@since("1.44/task-portstatus")
@pytest.mark.parametrize("path", ["/tasks", "/tasks/(id)"])
def test_published_ports_of_a_task_are_listed(swarm, publishing_task, path):
    document = swarm.api.get(path.replace("(id)", publishing_task.id)).json()

    ports = array(row_about(document, publishing_task.id), "Status.PortStatus.Ports")
    assert {(at(port, "TargetPort"), at(port, "Protocol")) for port in ports} == {(80, "tcp")}
    assert all(assert_type(port, "PublishedPort", int) > 0 for port in ports)
