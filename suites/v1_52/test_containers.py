"""Containers, as API v1.52 changed them: what an inspection leaves out, kernel memory, and the system of statistics."""

import pytest

from conformance import ABSENT, array, assert_status, assert_type, at, before, since
from fixtures.limits import MIB


@since("1.52/inspect-no-empty-onbuild")
def test_empty_list_of_triggers_is_left_out(api, env):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert at(document, "Config.OnBuild") is ABSENT


@since("1.52/kernelmemorytcp-ignored")
def test_kernel_memory_of_tcp_is_not_taken(api, env):
    name = env.create_container()

    answer = api.post(f"/containers/{name}/update", json={"KernelMemoryTCP": 512 * MIB, "CpuShares": 512})

    assert_status(answer, 200)
    host = at(api.get(f"/containers/{name}/json").json(), "HostConfig")
    assert (at(host, "KernelMemoryTCP"), at(host, "CpuShares")) == (ABSENT, 512)


@since("1.52/stats-os-type")
def test_system_is_linux(api, env):
    document = api.get(
        f"/containers/{env.idle_container()}/stats", {"stream": "false", "one-shot": "true"}
    ).json()

    assert at(document, "os_type") == "linux"


@pytest.fixture
def container_without_checks(container_with_health):
    """The id of a running container without a health check."""
    return container_with_health("none")


def listed(api, container):
    """The row of GET /containers/json about a container."""
    (row,) = array(api.get("/containers/json", {"filters": {"id": [container]}}).json())
    return row


@since("1.52/containers-health")
def test_container_without_checks_has_no_health_to_tell_of(api, container_without_checks):
    health = assert_type(listed(api, container_without_checks), "Health", dict)

    assert at(health, "Status") == "none"
    assert assert_type(health, "FailingStreak", int) == 0


@since("1.52/containers-health")
def test_container_that_passes_its_checks_is_healthy(api, container_with_health):
    health = assert_type(listed(api, container_with_health("healthy")), "Health", dict)

    assert at(health, "Status") == "healthy"


@before("1.52/containers-health")
def test_list_does_not_tell_of_health(api, container_without_checks):
    assert at(listed(api, container_without_checks), "Health") is ABSENT
