"""Logs of services and of tasks, as the reference of API v1.29 has them."""

import re

import pytest

from conformance import assert_status, since
from conformance.testing import STDERR, STDOUT, payload

#: Parameters of a request for logs, and what comes on standard output and standard error.
OUTPUTS = pytest.mark.parametrize(
    ("query", "stdout", "stderr"),
    [
        ({"stdout": "true"}, "first\nsecond\n", ""),
        ({"stderr": "true"}, "", "wrong\n"),
        ({"stdout": "true", "stderr": "true"}, "first\nsecond\n", "wrong\n"),
        ({"stdout": "true", "tail": "1"}, "second\n", ""),
    ],
    ids=["stdout", "stderr", "both", "tail"],
)
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"


def outputs(answer):
    """What an answer with logs has of standard output and of standard error."""
    assert_status(answer, 200)
    return tuple(payload(answer.frames(), stream).decode() for stream in (STDOUT, STDERR))


@since("1.29/service-logs")
@OUTPUTS
def test_service_shows_what_its_containers_write(swarm, talking_service, query, stdout, stderr):
    answer = swarm.api.get(f"/services/{talking_service.service}/logs", query)

    assert outputs(answer) == (stdout, stderr)


@since("1.29/service-logs")
def test_lines_of_a_service_have_their_times(swarm, talking_service):
    answer = swarm.api.get(f"/services/{talking_service.service}/logs", {"stderr": 1, "timestamps": "true"})

    assert re.fullmatch(rf"{TIME} wrong\n", outputs(answer)[1])


@since("1.29/service-logs")
def test_lines_of_a_service_name_its_task(swarm, talking_service):
    answer = swarm.api.get(f"/services/{talking_service.service}/logs", {"stderr": 1, "details": "true"})

    assert f"com.docker.swarm.task.id={talking_service.id}" in outputs(answer)[1]


@since("1.29/service-logs")
def test_unknown_service_has_no_logs(swarm):
    assert_status(swarm.api.get("/services/nosuch/logs", {"stdout": 1}), 404)


@since("1.29/task-logs")
@OUTPUTS
def test_task_shows_what_its_container_writes(swarm, talking_service, query, stdout, stderr):
    answer = swarm.api.get(f"/tasks/{talking_service.id}/logs", query)

    assert outputs(answer) == (stdout, stderr)


@since("1.29/task-logs")
def test_lines_of_a_task_have_their_times(swarm, talking_service):
    answer = swarm.api.get(f"/tasks/{talking_service.id}/logs", {"stderr": 1, "timestamps": "true"})

    assert re.fullmatch(rf"{TIME} wrong\n", outputs(answer)[1])


@since("1.29/task-logs")
def test_unknown_task_has_no_logs(swarm):
    assert_status(swarm.api.get("/tasks/nosuch/logs", {"stdout": 1}), 404)
