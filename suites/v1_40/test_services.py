"""Services, as API v1.40 changed them."""

import pytest

from conformance import ABSENT, assert_refused, assert_status, at, before, since
from conformance.testing import becomes_true
from fixtures.swarm import (
    PATIENCE,
    READS,
    REPLICAS,
    create_config,
    create_service,
    edit,
    service_body,
    tasks_of,
    template_shown,
)

SYSCTLS = {"ContainerSpec": {"Sysctls": {"net.core.somaxconn": "256"}}}
SHOW = ("cat", "/proc/sys/net/core/somaxconn")


@since("1.40/service-sysctls")
def test_kernel_parameters_are_those_of_the_containers(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate=SYSCTLS)

    assert task.run(*SHOW) == "256\n"


@before("1.40/service-sysctls")
def test_kernel_parameters_are_ignored(service_tasks):
    task = service_tasks.post("/services/create", TaskTemplate=SYSCTLS)

    assert task.run(*SHOW) != "256\n"


@since("1.40/service-sysctls")
def test_kernel_parameters_are_updated(swarm, dormant):
    query, spec = edit(swarm.env, f"/services/{dormant}", TaskTemplate=SYSCTLS)
    answer = swarm.api.post(f"/services/{dormant}/update", query, json=spec)

    assert_status(answer, 200)
    assert container_spec(swarm.env, dormant)["Sysctls"] == SYSCTLS["ContainerSpec"]["Sysctls"]


@since("1.40/service-sysctls")
@READS
def test_kernel_parameters_are_returned(swarm, rich_service, path):
    template = template_shown(swarm.api, path, rich_service)

    assert at(template, "ContainerSpec", "Sysctls") == SYSCTLS["ContainerSpec"]["Sysctls"]


@pytest.fixture
def dormant(swarm):
    """The id of a service without tasks, which a check may change."""
    return create_service(swarm.env, **REPLICAS[0])


def container_spec(env, service):
    return env.get(f"/services/{service}")["Spec"]["TaskTemplate"]["ContainerSpec"]


@pytest.fixture
def runtime_config(swarm):
    """A config that no container gets as a file, as a part of a ContainerSpec."""

    def make():
        identity = create_config(swarm.env)
        name = swarm.env.get(f"/configs/{identity}")["Spec"]["Name"]
        return {"ConfigID": identity, "ConfigName": name, "Runtime": {}}

    return swarm.env.share("config of a runtime", make)


#: How a service gets a specification: when it is created, or later.
WAYS = pytest.mark.parametrize("way", ["create", "update"])


def send_specification(swarm, way, specification):
    """Create a service with a ContainerSpec, or update one; returns the answer and the service's name."""
    members = {**REPLICAS[0], "TaskTemplate": {"ContainerSpec": specification}}
    body = service_body(swarm.env, **members)
    if way == "create":
        return swarm.api.post("/services/create", json=body), body["Name"]
    service = create_service(swarm.env, **REPLICAS[0])
    query, spec = edit(swarm.env, f"/services/{service}", TaskTemplate={"ContainerSpec": specification})
    return swarm.api.post(f"/services/{service}/update", query, json=spec), service


@since("1.40/service-configs-runtime")
@WAYS
def test_config_may_be_for_the_runtime_instead_of_a_file(swarm, runtime_config, way):
    answer, service = send_specification(swarm, way, {"Configs": [runtime_config]})

    assert_status(answer, 200, 201)
    (config,) = container_spec(swarm.env, service)["Configs"]
    assert (at(config, "Runtime"), at(config, "File")) == ({}, ABSENT)


@before("1.40/service-configs-runtime")
@WAYS
def test_config_without_a_file_is_refused(swarm, runtime_config, way):
    answer, _ = send_specification(swarm, way, {"Configs": [runtime_config]})

    assert_refused(answer)


@since("1.40/service-credentialspec-config")
@WAYS
def test_credential_specification_may_be_a_config(swarm, runtime_config, way):
    specification = {
        "Configs": [runtime_config],
        "Privileges": {"CredentialSpec": {"Config": runtime_config["ConfigID"]}},
    }
    answer, service = send_specification(swarm, way, specification)

    assert_status(answer, 200, 201)
    shown = at(container_spec(swarm.env, service), "Privileges", "CredentialSpec", "Config")
    assert shown == runtime_config["ConfigID"]


@since("1.40/service-placement-maxreplicas")
def test_no_more_tasks_run_on_a_node_than_are_allowed(swarm):
    body = service_body(swarm.env, **REPLICAS[2], TaskTemplate={"Placement": {"MaxReplicas": 1}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert states(swarm.env, body["Name"]) == ["pending", "running"]


@before("1.40/service-placement-maxreplicas")
def test_limit_of_tasks_on_a_node_is_ignored(swarm):
    body = service_body(swarm.env, **REPLICAS[2], TaskTemplate={"Placement": {"MaxReplicas": 1}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert states(swarm.env, body["Name"]) == ["running", "running"]


@since("1.40/service-placement-maxreplicas")
@READS
def test_limit_of_tasks_on_a_node_is_returned(swarm, rich_service, path):
    assert at(template_shown(swarm.api, path, rich_service), "Placement", "MaxReplicas") == 7


def states(env, service):
    """The states of the tasks of a service, once each runs or is said to have no node."""

    def look():
        rows = [row["Status"] for row in tasks_of(env, service)]
        return len(rows) == 2 and all(row["State"] == "running" or row.get("Err") for row in rows)

    becomes_true(look, PATIENCE)
    return sorted(row["Status"]["State"] for row in tasks_of(env, service))
