"""Services, as the reference of API v1.38 describes them: the init of their containers."""

import pytest

from conformance import assert_status, since
from conformance.testing import FixtureError, Unavailable
from fixtures.swarm import running_task, service_body


@pytest.fixture
def init_program(swarm):
    """Requires that the manager's host has a program to be the init."""

    def run():
        try:
            swarm.env.create_container("true", start=True, HostConfig={"Init": True})
        except FixtureError as error:
            return str(error)
        return ""

    if reason := swarm.env.share("program to be the init", run):
        raise Unavailable(f"no container with an init starts there: {reason}")


@since("1.38/service-init")
@pytest.mark.usefixtures("init_program")
@pytest.mark.parametrize("init", [True, False], ids=["init", "no init"])
def test_first_process_of_a_task_is_the_init_or_the_command(swarm, init):
    body = service_body(swarm.env, TaskTemplate={"ContainerSpec": {"Init": init}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    first = running_task(swarm.env, body["Name"]).run("cat", "/proc/1/cmdline").split("\0")
    assert (first[:2] == ["sleep", "86400"]) is not init
