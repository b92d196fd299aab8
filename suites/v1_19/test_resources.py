"""Limits in HostConfig of POST /containers/create, as API v1.19 added them.

They are read where they take effect: in the files of the process's own cgroup (version 1 or 2).
"""

import pytest

from conformance import assert_refused, assert_status, since
from conformance.testing import FixtureError, run_created
from fixtures.limits import MIB, shows_limits

WEIGHT = (
    "cd /sys/fs/cgroup; cat blkio/blkio.weight io.bfq.weight io.weight 2>/dev/null | sed -n '1s/^[a-z ]*//p'"
)


@since("1.19/hostconfig-cpuperiod")
def test_cpu_period_is_that_of_the_cgroup(container_limits):
    limits = container_limits.post("/containers/create", HostConfig={"CpuPeriod": 200_000})

    assert limits.cpu_period == 200_000


@since("1.19/hostconfig-cpuquota")
def test_cpu_quota_is_that_of_the_cgroup(container_limits):
    limits = container_limits.post("/containers/create", HostConfig={"CpuQuota": 70_000})

    assert limits.cpu_quota == 70_000


@since("1.19/hostconfig-cpuquota")
def test_period_and_quota_go_together(container_limits):
    limits = container_limits.post("/containers/create", HostConfig={"CpuPeriod": 50_000, "CpuQuota": 20_000})

    assert (limits.cpu_period, limits.cpu_quota) == (50_000, 20_000)


@since("1.19/hostconfig-cpusetmems")
def test_cpuset_mems_are_those_of_the_process(memory_nodes, container_limits):
    limits = container_limits.post("/containers/create", HostConfig={"CpusetMems": memory_nodes[0]})

    assert limits.mems == memory_nodes[0]


@since("1.19/hostconfig-cpusetmems")
def test_a_node_that_the_host_does_not_have_is_not_given(api, env, memory_nodes):
    beyond = str(int(memory_nodes[-1]) + 7)
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"CpusetMems": beyond})
    )

    if answer.status == 201:
        answer = api.post(f"/containers/{name}/start")
    assert_refused(answer)


@since("1.19/hostconfig-oomkilldisable")
@pytest.mark.parametrize("disabled", [True, False], ids=["true", "false"])
def test_oom_kill_disable_is_that_of_the_cgroup(container_limits, disabled):
    limits = container_limits.post(
        "/containers/create", HostConfig={"OomKillDisable": disabled, "Memory": 64 * MIB}
    )

    assert limits.oom_kill_disable == int(disabled)


def weight_of(api, env, weight):
    """The weight in the cgroup of a container that `api` created with this BlkioWeight."""
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", WEIGHT, HostConfig={"BlkioWeight": weight})
    assert_status(api.post("/containers/create", {"name": name}, json=body), 201)
    shown = run_created(env, name).stdout.strip()
    if not shown and not shows_limits(env):
        raise FixtureError("containers are shown no control groups")
    return shown


@since("1.19/hostconfig-blkioweight")
def test_blkio_weight_weighs_the_cgroup(api, env):
    light, heavy = (weight_of(api, env, weight) for weight in (20, 900))

    assert light.isdigit() and heavy.isdigit(), f"expected two weights, got {light!r} and {heavy!r}"
    assert int(light) < int(heavy)
