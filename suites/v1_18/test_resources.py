"""Memory, MemorySwap, CpuShares and CpusetCpus of POST /containers/create, which API v1.18 moved into HostConfig.

The limits are read where they take effect: in the files of the process's own cgroup (version 1 or 2), and in the
kernel's list of the CPUs that the process may use.
"""

import pytest

from conformance import at, before, since
from fixtures.limits import MIB

SWAP = {"Memory": 64 * MIB, "MemorySwap": 96 * MIB}
CASES = [
    pytest.param("Memory", marks=pytest.mark.needs("memory-cgroup")),
    pytest.param("MemorySwap", marks=pytest.mark.needs("swap-accounting")),
    pytest.param("CpuShares", marks=pytest.mark.needs("cpu-shares")),
    pytest.param("CpusetCpus", marks=pytest.mark.needs("cpuset")),
]


@since("1.18/hostconfig-memory")
def test_memory_limits_the_cgroup(container_limits):
    limits = container_limits.post("/containers/create", HostConfig={"Memory": 64 * MIB})

    assert limits.memory == 64 * MIB


@before("1.18/hostconfig-memory")
def test_memory_at_the_top_limits_the_cgroup(container_limits):
    limits = container_limits.post("/containers/create", Memory=64 * MIB)

    assert limits.memory == 64 * MIB


@since("1.18/hostconfig-memoryswap")
def test_memory_swap_limits_the_cgroup(container_limits):
    limits = container_limits.post("/containers/create", HostConfig=SWAP)

    assert limits.memory_and_swap == 96 * MIB


@before("1.18/hostconfig-memoryswap")
def test_memory_swap_at_the_top_limits_the_cgroup(container_limits):
    limits = container_limits.post("/containers/create", **SWAP)

    assert limits.memory_and_swap == 96 * MIB


@since("1.18/hostconfig-cpushares")
def test_cpu_shares_weigh_the_cgroup(container_limits):
    limits = container_limits.post("/containers/create", HostConfig={"CpuShares": 300})

    assert limits.has_shares(300), f"expected the weight of 300 shares, got {limits}"


@before("1.18/hostconfig-cpushares")
def test_cpu_shares_at_the_top_weigh_the_cgroup(container_limits):
    limits = container_limits.post("/containers/create", CpuShares=300)

    assert limits.has_shares(300), f"expected the weight of 300 shares, got {limits}"


@since("1.18/hostconfig-cpusetcpus")
def test_cpuset_cpus_are_those_of_the_process(cpus, container_limits):
    limits = container_limits.post("/containers/create", HostConfig={"CpusetCpus": cpus[-1]})

    assert limits.allowed_cpus == cpus[-1]


@before("1.18/hostconfig-cpusetcpus")
def test_cpuset_at_the_top_is_that_of_the_process(cpus, container_limits):
    limits = container_limits.post("/containers/create", Cpuset=cpus[-1])

    assert limits.allowed_cpus == cpus[-1]


@pytest.fixture
def container(env, cpus):
    """The name of a container with all limits, and the limits of its create request."""
    host = {**SWAP, "CpuShares": 300, "CpusetCpus": cpus[-1]}
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
