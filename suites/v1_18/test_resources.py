"""Memory, MemorySwap, CpuShares and CpusetCpus of POST /containers/create, which API v1.18 moved into HostConfig.

The limits are read where they take effect: in the files of the process's own cgroup (version 1 or 2), and in the
kernel's list of the CPUs that the process may use.
"""

import pytest

from conformance import at, before, since
from conformance.environment.resource_limits import MIB, cpus

MEMORY = {"Memory": 64 * MIB}
SWAP = {**MEMORY, "MemorySwap": 96 * MIB}
CASES = [
    pytest.param("Memory", marks=pytest.mark.needs("memory-cgroup")),
    pytest.param("MemorySwap", marks=pytest.mark.needs("swap-accounting")),
    pytest.param("CpuShares", marks=pytest.mark.needs("cpu-shares")),
    pytest.param("CpusetCpus", marks=pytest.mark.needs("cpuset")),
]


@since("1.18/hostconfig-memory")
def test_memory_limits_the_cgroup(container_limits):
    assert container_limits(**MEMORY).memory == 64 * MIB


@before("1.18/hostconfig-memory")
def test_memory_at_the_top_limits_the_cgroup(container_limits):
    assert container_limits.at_the_top(**MEMORY).memory == 64 * MIB


@since("1.18/hostconfig-memoryswap")
def test_memory_swap_limits_the_cgroup(container_limits):
    assert container_limits(**SWAP).memory_and_swap == 96 * MIB


@before("1.18/hostconfig-memoryswap")
def test_memory_swap_at_the_top_limits_the_cgroup(container_limits):
    assert container_limits.at_the_top(**SWAP).memory_and_swap == 96 * MIB


@since("1.18/hostconfig-cpushares")
def test_cpu_shares_weigh_the_cgroup(container_limits):
    found = container_limits(CpuShares=300)

    assert found.has_shares(300), f"the process finds {found}"


@before("1.18/hostconfig-cpushares")
def test_cpu_shares_at_the_top_weigh_the_cgroup(container_limits):
    found = container_limits.at_the_top(CpuShares=300)

    assert found.has_shares(300), f"the process finds {found}"


@since("1.18/hostconfig-cpusetcpus")
def test_cpuset_cpus_are_those_of_the_process(env, container_limits):
    cpu = cpus(env)[-1]

    assert container_limits(CpusetCpus=cpu).allowed_cpus == cpu


@before("1.18/hostconfig-cpusetcpus")
def test_cpuset_at_the_top_is_that_of_the_process(env, container_limits):
    cpu = cpus(env)[-1]

    assert container_limits.at_the_top(Cpuset=cpu).allowed_cpus == cpu


@pytest.fixture
def container(env):
    """The name of a container with all limits, and their values as create took them."""
    host = {**SWAP, "CpuShares": 300, "CpusetCpus": cpus(env)[-1]}
    return env.share("container with limits", lambda: env.create_container(HostConfig=host)), host


@since("1.18/inspect-hostconfig-resources")
@pytest.mark.parametrize("member", CASES)
def test_inspect_has_it_in_host_config(api, container, member):
    name, values = container

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "HostConfig", member) == values[member]


@before("1.18/inspect-hostconfig-resources")
@pytest.mark.parametrize("member", CASES)
def test_inspect_has_it_in_config(api, container, member):
    name, values = container

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "Config", member.replace("CpusetCpus", "Cpuset")) == values[member]
