"""Limits in HostConfig of POST /containers/create, as API v1.19 added them.

They are read where they take effect: in the files of the process's own cgroup (version 1 or 2).
"""

import pytest

from conformance import since
from conformance.stage.claims import outcome

PERIOD = "cat /sys/fs/cgroup/cpu/cpu.cfs_period_us 2>/dev/null || cut -d' ' -f2 /sys/fs/cgroup/cpu.max"
QUOTA = "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cut -d' ' -f1 /sys/fs/cgroup/cpu.max"
OOM = "sed -n 's/^oom_kill_disable //p' /sys/fs/cgroup/memory/memory.oom_control"
WEIGHT = (
    "cd /sys/fs/cgroup; cat blkio/blkio.weight io.bfq.weight io.weight 2>/dev/null | sed -n '1s/^[a-z ]*//p'"
)


def show(api, stage, script, **limits):
    """What `script` prints in a container created through `api` with `limits` in HostConfig."""
    name = stage.name("container")
    answer = api.post(
        "/containers/create", {"name": name}, json=stage.body("sh", "-c", script, HostConfig=limits)
    )
    assert answer.status == 201
    return outcome(stage, name).out.strip()


@since("1.19/hostconfig-cpuperiod")
def test_cpu_period_is_that_of_the_cgroup(api, stage):
    assert show(api, stage, PERIOD, CpuPeriod=200_000) == "200000"


@since("1.19/hostconfig-cpuquota")
def test_cpu_quota_is_that_of_the_cgroup(api, stage):
    assert show(api, stage, QUOTA, CpuQuota=70_000) == "70000"


@since("1.19/hostconfig-cpuquota")
def test_period_and_quota_go_together(api, stage):
    shown = show(api, stage, f"({PERIOD}); ({QUOTA})", CpuPeriod=50_000, CpuQuota=20_000)

    assert shown.split() == ["50000", "20000"]


@pytest.fixture
def nodes(stage):
    """The memory nodes that containers may use here, as a process in one of them is told."""

    def make():
        told = stage.execute(stage.resting(), "sed", "-n", "s/^Mems_allowed_list:\t//p", "/proc/self/status")
        return told.out.strip()

    return stage.shared("memory nodes", make)


@since("1.19/hostconfig-cpusetmems")
def test_cpuset_mems_are_those_of_the_process(api, stage, nodes):
    first = nodes.replace("-", ",").split(",")[0]

    shown = show(
        api,
        stage,
        "cat /sys/fs/cgroup/cpuset/cpuset.mems 2>/dev/null || cat /sys/fs/cgroup/cpuset.mems",
        CpusetMems=first,
    )

    assert shown == first


@since("1.19/hostconfig-cpusetmems")
def test_a_node_that_the_host_does_not_have_is_not_given(api, stage, nodes):
    beyond = str(int(nodes.replace("-", ",").split(",")[-1]) + 7)
    name = stage.name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=stage.body(HostConfig={"CpusetMems": beyond})
    )

    if answer.status == 201:
        answer = api.post(f"/containers/{name}/start")
    assert answer.status >= 400, "a container runs on a memory node that is not there"


@since("1.19/hostconfig-oomkilldisable")
@pytest.mark.parametrize("disabled", [True, False], ids=["true", "false"])
def test_oom_kill_disable_is_that_of_the_cgroup(api, stage, disabled):
    shown = show(api, stage, OOM, OomKillDisable=disabled, Memory=64 * 1024 * 1024)

    assert shown == str(int(disabled))


@since("1.19/hostconfig-blkioweight")
def test_blkio_weight_weighs_the_cgroup(api, stage):
    light, heavy = (show(api, stage, WEIGHT, BlkioWeight=weight) for weight in (20, 900))

    assert light.isdigit() and heavy.isdigit(), f"the weights are {light!r} and {heavy!r}"
    assert int(light) < int(heavy)
