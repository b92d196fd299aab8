"""POST /services/create, as API v1.44 changed it: filters of system calls, and where networks are named."""

import pytest

from conformance import assert_status, at, before, since
from conformance.testing import Unavailable, read_status
from fixtures.swarm import running_task, service_body

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
