"""Memory, MemorySwap, CpuShares and CpusetCpus of POST /containers/create, which API v1.18 moved into HostConfig.

The limits are read where they take effect: in the files of the process's own cgroup (version 1 or 2), and in the
kernel's list of the CPUs that the process may use.
"""

import pytest

from conformance import at, before, since
from conformance.process import STATUS, status
from conformance.stage.claims import outcome

MIB = 1024 * 1024
MEMORY = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max"
TOTAL = (
    "cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes 2>/dev/null"
    " || echo $(($(cat /sys/fs/cgroup/memory.max) + $(cat /sys/fs/cgroup/memory.swap.max)))"
)
WEIGHT = "cat /sys/fs/cgroup/cpu/cpu.shares 2>/dev/null || cat /sys/fs/cgroup/cpu.weight"

LIMITS = {"Memory": 32 * MIB, "MemorySwap": 48 * MIB, "CpuShares": 300}
CASES = [
    pytest.param("Memory", marks=pytest.mark.needs("memory-cgroup")),
    pytest.param("MemorySwap", marks=pytest.mark.needs("swap-accounting")),
    pytest.param("CpuShares", marks=pytest.mark.needs("cpu-shares")),
    pytest.param("CpusetCpus", marks=pytest.mark.needs("cpuset")),
]


@pytest.fixture
def one_cpu(stage):
    """The last of the CPUs that containers may use here, as a list for a cpuset."""

    def make():
        allowed = status(stage.execute(stage.resting(), *STATUS).out, "Cpus_allowed_list")
        return allowed.replace("-", ",").split(",")[-1]

    return stage.shared("one CPU", make)


def show(api, stage, script, place, **limits):
    """What `script` prints in a container created through `api` with `limits` in HostConfig or at the body's top."""
    name = stage.name("container")
    members = {"HostConfig": limits} if place == "HostConfig" else limits
    answer = api.post("/containers/create", {"name": name}, json=stage.body("sh", "-c", script, **members))
    assert answer.status == 201
    return outcome(stage, name).out.strip()


def weight_of(api, stage, place, shares):
    """The weight of a cgroup as the kernel has it: version 1 counts as the API does, version 2 on a scale of its own."""
    shown = show(api, stage, WEIGHT, place, CpuShares=shares)
    assert shown.isdigit(), f"the cgroup has no weight: {shown!r}"
    return int(shown)


@since("1.18/hostconfig-memory")
def test_memory_limits_the_cgroup(api, stage):
    limit = show(api, stage, MEMORY, "HostConfig", Memory=LIMITS["Memory"])

    assert limit == str(LIMITS["Memory"])


@before("1.18/hostconfig-memory")
def test_memory_at_the_top_limits_the_cgroup(api, stage):
    limit = show(api, stage, MEMORY, "top", Memory=LIMITS["Memory"])

    assert limit == str(LIMITS["Memory"])


@since("1.18/hostconfig-memoryswap")
def test_memory_swap_limits_the_cgroup(api, stage):
    limit = show(api, stage, TOTAL, "HostConfig", Memory=LIMITS["Memory"], MemorySwap=LIMITS["MemorySwap"])

    assert limit == str(LIMITS["MemorySwap"])


@before("1.18/hostconfig-memoryswap")
def test_memory_swap_at_the_top_limits_the_cgroup(api, stage):
    limit = show(api, stage, TOTAL, "top", Memory=LIMITS["Memory"], MemorySwap=LIMITS["MemorySwap"])

    assert limit == str(LIMITS["MemorySwap"])


@since("1.18/hostconfig-cpushares")
def test_cpu_shares_weigh_the_cgroup(api, stage):
    weight = weight_of(api, stage, "HostConfig", 300)

    heavier = f"the weight {weight} does not follow the shares"
    assert weight == 300 or weight < weight_of(api, stage, "HostConfig", 600) < 300, heavier


@before("1.18/hostconfig-cpushares")
def test_cpu_shares_at_the_top_weigh_the_cgroup(api, stage):
    weight = weight_of(api, stage, "top", 300)

    heavier = f"the weight {weight} does not follow the shares"
    assert weight == 300 or weight < weight_of(api, stage, "top", 600) < 300, heavier


@since("1.18/hostconfig-cpusetcpus")
def test_cpuset_cpus_are_those_of_the_process(api, stage, one_cpu):
    shown = show(api, stage, "cat /proc/self/status", "HostConfig", CpusetCpus=one_cpu)

    assert status(shown, "Cpus_allowed_list") == one_cpu


@before("1.18/hostconfig-cpusetcpus")
def test_cpuset_at_the_top_is_that_of_the_process(api, stage, one_cpu):
    shown = show(api, stage, "cat /proc/self/status", "top", Cpuset=one_cpu)

    assert status(shown, "Cpus_allowed_list") == one_cpu


@pytest.fixture
def limited(stage, one_cpu):
    """The name of a container with all limits, and their values as create took them."""
    host = {**LIMITS, "CpusetCpus": one_cpu}
    return stage.shared("container with limits", lambda: stage.container(HostConfig=host)), host


@since("1.18/inspect-hostconfig-resources")
@pytest.mark.parametrize("member", CASES)
def test_inspect_has_it_in_host_config(api, limited, member):
    name, values = limited

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "HostConfig", member) == values[member]


@before("1.18/inspect-hostconfig-resources")
@pytest.mark.parametrize("member", CASES)
def test_inspect_has_it_in_config(api, limited, member):
    name, values = limited

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "Config", member.replace("CpusetCpus", "Cpuset")) == values[member]
