"""Services, as API v1.41 changed them."""

import pytest

from conformance import ABSENT, assert_status, assert_type, at, before, since
from conformance.testing import read_capabilities, read_limit
from fixtures.limits import SHOW_PIDS_LIMIT
from fixtures.swarm import (
    READS,
    REPLICAS,
    create_service,
    edit,
    row_about,
    template_shown,
)

CAPABILITIES = {"ContainerSpec": {"CapabilityAdd": ["CAP_NET_ADMIN"], "CapabilityDrop": ["CAP_MKNOD"]}}
PIDS = {"Resources": {"Limits": {"Pids": 20}}}
ULIMITS = {"ContainerSpec": {"Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 120}]}}


@since("1.41/service-bind-nonrecursive")
def test_mounts_below_a_bind_mount_are_left_out(service_tasks):
    mount = {"Type": "bind", "Source": "/dev", "Target": "/mnt", "ReadOnly": True}
    mount["BindOptions"] = {"NonRecursive": True}
    task = service_tasks.post("/services/create", TaskTemplate={"ContainerSpec": {"Mounts": [mount]}})

    assert task.run("sh", "-c", "grep -c ' /mnt/' /proc/mounts") == "0\n"


@since("1.41/service-capabilities")
def test_capabilities_are_those_of_the_process(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate=CAPABILITIES)

    names = read_capabilities(task.run("cat", "/proc/1/status"))
    assert ("NET_ADMIN" in names, "MKNOD" in names) == (True, False)


@before("1.41/service-capabilities")
def test_capabilities_are_ignored(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate=CAPABILITIES)

    names = read_capabilities(task.run("cat", "/proc/1/status"))
    assert ("NET_ADMIN" in names, "MKNOD" in names) == (False, True)


@since("1.41/service-capabilities")
@READS
def test_capabilities_are_returned(swarm, rich_service, path):
    spec = at(template_shown(swarm.api, path, rich_service), "ContainerSpec")

    assert at(spec, "CapabilityAdd") == ["CAP_NET_ADMIN"]
    assert at(spec, "CapabilityDrop") == ["CAP_MKNOD"]


@since("1.41/service-limits-pids")
def test_processes_of_a_container_are_limited(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate=PIDS)

    assert task.run(*SHOW_PIDS_LIMIT) == "20\n"


@before("1.41/service-limits-pids")
def test_limit_of_processes_is_ignored(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate=PIDS)

    assert task.run(*SHOW_PIDS_LIMIT) == "max\n"


@since("1.41/service-limits-pids")
@READS
def test_limit_of_processes_is_returned(swarm, rich_service, path):
    assert at(template_shown(swarm.api, path, rich_service), "Resources", "Limits", "Pids") == 20


@since("1.41/service-ulimits")
def test_limits_of_resources_are_those_of_the_process(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate=ULIMITS)

    assert read_limit(task.run("cat", "/proc/1/limits"), "Max open files") == ("100", "120")


@before("1.41/service-ulimits")
def test_limits_of_resources_are_ignored(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate=ULIMITS)

    assert read_limit(task.run("cat", "/proc/1/limits"), "Max open files") != ("100", "120")


@since("1.41/service-ulimits")
@pytest.mark.parametrize("path", ["/services", "/services/(id)"])
def test_limits_of_resources_are_returned(swarm, rich_service, path):
    spec = at(template_shown(swarm.api, path, rich_service), "ContainerSpec")

    assert at(spec, "Ulimits") == ULIMITS["ContainerSpec"]["Ulimits"]


def updated_template(swarm, members):
    """The template of a service that was updated with members."""
    service = create_service(swarm.env, **REPLICAS[0])
    query, spec = edit(swarm.env, f"/services/{service}", TaskTemplate=members)
    assert_status(swarm.api.post(f"/services/{service}/update", query, json=spec), 200)
    return swarm.env.get(f"/services/{service}")["Spec"]["TaskTemplate"]


@since("1.41/service-capabilities")
def test_capabilities_are_updated(swarm):
    spec = updated_template(swarm, CAPABILITIES)["ContainerSpec"]

    assert (at(spec, "CapabilityAdd"), at(spec, "CapabilityDrop")) == (["CAP_NET_ADMIN"], ["CAP_MKNOD"])


@since("1.41/service-limits-pids")
def test_limit_of_processes_is_updated(swarm):
    assert at(updated_template(swarm, PIDS), "Resources", "Limits", "Pids") == 20


@since("1.41/service-ulimits")
def test_limits_of_resources_are_updated(swarm):
    assert (
        at(updated_template(swarm, ULIMITS), "ContainerSpec", "Ulimits")
        == ULIMITS["ContainerSpec"]["Ulimits"]
    )


@since("1.41/services-status")
def test_status_counts_the_tasks_if_it_is_asked_for(swarm, idle_service):
    document = swarm.api.get("/services", {"status": "true"}).json()

    status = at(row_about(document, idle_service.service), "ServiceStatus")
    counts = [assert_type(status, f"{name}Tasks", int) for name in ("Desired", "Running", "Completed")]
    assert counts == [1, 1, 0]


@since("1.41/services-status")
def test_there_is_no_status_otherwise(swarm, idle_service):
    document = swarm.api.get("/services").json()

    assert at(row_about(document, idle_service.service), "ServiceStatus") in (ABSENT, None)


@before("1.41/services-status")
def test_status_is_ignored(swarm, idle_service):
    document = swarm.api.get("/services", {"status": "true"}).json()

    assert at(row_about(document, idle_service.service), "ServiceStatus") in (ABSENT, None)
