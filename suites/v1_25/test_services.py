"""Services, as API v1.25 changed them."""

import pytest

from conformance import assert_status, assert_type, since
from conformance.testing import becomes_true
from fixtures.swarm import (
    PATIENCE,
    REPLICAS,
    SECOND,
    create_service,
    edit,
    pending_reason,
    running_task,
    service_body,
    tasks_of,
    update_state,
)


@since("1.25/service-update-monitor-maxfailure")
@pytest.mark.parametrize(
    ("fails", "ratio", "monitor", "state"),
    [
        ("0.3", 0.0, 10 * SECOND, "paused"),
        ("0.3", 1.0, 2 * SECOND, "completed"),
        ("3", 0.0, 1, "completed"),
    ],
    ids=["noticed", "many may fail", "not monitored so long"],
)
def test_failures_while_a_task_is_monitored_count_against_the_ratio(swarm, fails, ratio, monitor, state):
    service = create_service(swarm.env)
    running_task(swarm.env, service)

    how = {"Parallelism": 1, "FailureAction": "pause", "Monitor": monitor, "MaxFailureRatio": ratio}
    failing = {"ContainerSpec": {"Command": ["sh", "-c", f"sleep {fails}; exit 1"]}}
    query, spec = edit(swarm.env, f"/services/{service}", UpdateConfig=how, TaskTemplate=failing)
    answer = swarm.api.post(f"/services/{service}/update", query, json=spec)

    assert_status(answer, 200)
    assert update_state(swarm.env, service, "paused", "completed") == state


@since("1.25/service-update-forceupdate")
@pytest.mark.parametrize("counter", [0, 1], ids=["as it is", "risen"])
def test_service_is_deployed_again_when_the_counter_rises(swarm, counter):
    service = create_service(swarm.env, **REPLICAS[1])
    task = running_task(swarm.env, service).id

    query, spec = edit(swarm.env, f"/services/{service}", TaskTemplate={"ForceUpdate": counter})
    answer = swarm.api.post(f"/services/{service}/update", query, json=spec)

    assert_status(answer, 200)

    def deployed():
        tasks = {row["ID"]: row["DesiredState"] for row in tasks_of(swarm.env, service)}
        return len(tasks) > 1 and tasks[task] == "shutdown"

    assert becomes_true(deployed, PATIENCE if counter else 0.5) == bool(counter)


@since("1.25/service-warnings")
def test_warnings_about_a_new_service_are_an_array(swarm):
    body = service_body(swarm.env, **REPLICAS[0])
    body["TaskTemplate"]["ContainerSpec"]["Image"] = "nosuch:latest"

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert_type(answer.json(), "Warnings", list, nullable=True, optional=True)


@since("1.25/service-warnings")
def test_warnings_about_an_update_are_an_array(swarm, dormant_service):
    query, spec = edit(swarm.env, f"/services/{dormant_service}")

    answer = swarm.api.post(f"/services/{dormant_service}/update", query, json=spec)

    assert_status(answer, 200)
    assert_type(answer.json(), "Warnings", list, nullable=True)


@since("1.25/service-tty")
def test_container_of_a_task_has_a_terminal(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate={"ContainerSpec": {"TTY": True}})

    assert task.run("readlink", "/proc/1/fd/1").startswith("/dev/")


@since("1.25/service-dnsconfig")
@pytest.mark.parametrize(
    ("members", "line"),
    [
        ({"Nameservers": ["192.0.2.53"]}, "nameserver 192.0.2.53"),
        ({"Search": ["example.org"]}, "search example.org"),
        ({"Options": ["ndots:3"]}, "options ndots:3"),
    ],
    ids=["nameservers", "search", "options"],
)
def test_resolver_of_a_task_is_configured(service_tasks, members, line):
    task = service_tasks.post("/services/create", TaskTemplate={"ContainerSpec": {"DNSConfig": members}})

    assert line in task.run("cat", "/etc/resolv.conf").splitlines()


@since("1.25/service-placement-platform-constraints")
def test_task_runs_on_the_platform_that_it_must_have(service_tasks):
    placement = {"Placement": {"Constraints": ["node.platform.os==linux"]}}

    assert service_tasks.post("/services/create", TaskTemplate=placement).run("echo", "here") == "here\n"


@since("1.25/service-placement-platform-constraints")
@pytest.mark.parametrize("constraint", ["node.platform.os==plan9", "node.platform.arch==pdp11"])
def test_task_waits_for_the_platform_that_it_must_have(swarm, constraint):
    body = service_body(swarm.env, TaskTemplate={"Placement": {"Constraints": [constraint]}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert pending_reason(swarm.env, body["Name"])


@since("1.25/service-update-by-name")
@pytest.mark.parametrize("by", ["name", "beginning of the id"])
def test_service_is_updated_by_name_or_by_the_beginning_of_its_id(swarm, by):
    service = create_service(swarm.env, **REPLICAS[0])
    name = swarm.env.get(f"/services/{service}")["Spec"]["Name"] if by == "name" else service[:20]

    query, spec = edit(swarm.env, f"/services/{service}", Labels={"colour": "red"})
    answer = swarm.api.post(f"/services/{name}/update", query, json=spec)

    assert_status(answer, 200)
    assert swarm.env.get(f"/services/{service}")["Spec"]["Labels"]["colour"] == "red"
