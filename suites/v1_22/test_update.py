"""POST /containers/(id)/update, which API v1.22 added.

The limits are read where they take effect: in the files of the process's own cgroup (version 1 or 2).
"""

import pytest

from conformance import assert_alive, assert_status, assert_type, at, since
from conformance.testing import PROBE_LIMITS, parse_limits
from fixtures.limits import MIB


@pytest.fixture
def container(env):
    """The name of a running container of this check's own, without limits."""
    return env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")


@pytest.fixture
def limits_inside(env, container):
    """Tells the limits that the container's process has."""
    return lambda: parse_limits(env.execute(container, "sh", "-c", PROBE_LIMITS).stdout)


@since("1.22/update")
@pytest.mark.needs("cpu-shares")
def test_update_of_a_running_container_answers_with_warnings(api, env, container):
    answer = api.post(f"/containers/{container}/update", json={"CpuShares": 512})

    assert_status(answer, 200)
    assert_type(answer.json(), "Warnings", list, nullable=True)
    assert at(env.get(f"/containers/{container}/json"), "HostConfig.CpuShares") == 512


@since("1.22/update")
@pytest.mark.needs("cpu-shares")
def test_update_of_a_container_that_was_not_started_counts_from_its_start(api, env):
    name = env.create_container("sh", "-c", PROBE_LIMITS)

    answer = api.post(f"/containers/{name}/update", json={"CpuShares": 300})

    assert_status(answer, 200)
    assert parse_limits(env.start_and_wait(name).stdout).has_shares(300)


@since("1.22/update-memory")
def test_memory_is_limited_anew(api, container, limits_inside):
    limits = {"Memory": 64 * MIB, "MemorySwap": 96 * MIB}

    answer = api.post(f"/containers/{container}/update", json=limits)

    assert_status(answer, 200)
    assert limits_inside().memory == 64 * MIB


@since("1.22/update-memory")
@pytest.mark.needs("swap-accounting")
def test_memory_and_swap_are_limited_anew(api, container, limits_inside):
    limits = {"Memory": 64 * MIB, "MemorySwap": 96 * MIB}

    answer = api.post(f"/containers/{container}/update", json=limits)

    assert_status(answer, 200)
    assert limits_inside().memory_and_swap == 96 * MIB


@since("1.22/update-memory")
def test_soft_limit_of_memory_is_set_anew(api, container, limits_inside):
    answer = api.post(f"/containers/{container}/update", json={"MemoryReservation": 32 * MIB})

    assert_status(answer, 200)
    assert limits_inside().memory_reservation == 32 * MIB


@since("1.22/update-cpu")
@pytest.mark.needs("cpu-shares")
def test_cpu_is_weighed_anew(api, container, limits_inside):
    answer = api.post(f"/containers/{container}/update", json={"CpuShares": 300})

    assert_status(answer, 200)
    assert limits_inside().has_shares(300)


@since("1.22/update-cpu")
@pytest.mark.needs("cpu-cfs")
def test_period_and_quota_are_set_anew(api, container, limits_inside):
    answer = api.post(f"/containers/{container}/update", json={"CpuPeriod": 50_000, "CpuQuota": 20_000})

    assert_status(answer, 200)
    found = limits_inside()
    assert (found.cpu_period, found.cpu_quota) == (50_000, 20_000)


@since("1.22/update-cpuset")
def test_cpus_and_memory_nodes_are_chosen_anew(api, cpus, memory_nodes, container, limits_inside):
    cpu, node = cpus[-1], memory_nodes[0]

    answer = api.post(f"/containers/{container}/update", json={"CpusetCpus": cpu, "CpusetMems": node})

    assert_status(answer, 200)
    found = limits_inside()
    assert (found.allowed_cpus, found.mems) == (cpu, node)


@since("1.22/update-unknown-container")
def test_an_unknown_container_is_not_found(api, env):
    answer = api.post(f"/containers/{env.prefix}nobody/update", json={"CpuShares": 512})

    assert_status(answer, 404)


@since("1.22/update-bad-parameter")
@pytest.mark.parametrize("body", [{"CpuShares": "many"}, {"CpusetCpus": "some"}], ids=["type", "value"])
def test_a_bad_parameter_is_refused(api, container, body):
    answer = api.post(f"/containers/{container}/update", json=body)

    assert_status(answer, 400)
    assert_alive(api)
