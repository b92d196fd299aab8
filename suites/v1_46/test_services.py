"""POST /services/create, as API v1.46 changed it: options of a tmpfs, and when a process is killed for memory."""

import pytest

from conformance import assert_status, before, since
from fixtures.swarm import running_task, service_body


def tmpfs(option):
    mount = {"Type": "tmpfs", "Target": "/scratch", "TmpfsOptions": {"Options": [[option]]}}
    return {"TaskTemplate": {"ContainerSpec": {"Mounts": [mount]}}}


def read_options(task):
    """The options of the file system that is mounted at /scratch in a task."""
    return task.run("grep", " /scratch ", "/proc/mounts").split()[3].split(",")


@since("1.46/services-tmpfs-options")
@pytest.mark.parametrize("option", ["noexec", "exec"])
def test_file_system_has_the_option(swarm, option):
    body = service_body(swarm.env, **tmpfs(option))

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    options = read_options(running_task(swarm.env, body["Name"]))
    assert ("noexec" in options) is (option == "noexec"), options


@before("1.46/services-tmpfs-options")
def test_file_system_does_not_have_the_option(swarm):
    body = service_body(swarm.env, **tmpfs("exec"))

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert "noexec" in read_options(running_task(swarm.env, body["Name"]))


@since("1.46/services-oomscoreadj")
def test_process_has_the_score(swarm):
    body = service_body(swarm.env, TaskTemplate={"ContainerSpec": {"OomScoreAdj": 200}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert running_task(swarm.env, body["Name"]).run("cat", "/proc/1/oom_score_adj") == "200\n"


@before("1.46/services-oomscoreadj")
def test_process_does_not_have_the_score(swarm):
    body = service_body(swarm.env, TaskTemplate={"ContainerSpec": {"OomScoreAdj": 200}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert running_task(swarm.env, body["Name"]).run("cat", "/proc/1/oom_score_adj") != "200\n"
