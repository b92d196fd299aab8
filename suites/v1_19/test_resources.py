"""Limits in HostConfig of POST /containers/create, as API v1.19 added them.

They are read where they take effect: in the files of the process's own cgroup (version 1 or 2).
"""

import pytest

from conformance import since
from conformance.environment.resource_limits import MIB, nodes
from conformance.testing import run_created

WEIGHT = (
    "cd /sys/fs/cgroup; cat blkio/blkio.weight io.bfq.weight io.weight 2>/dev/null | sed -n '1s/^[a-z ]*//p'"
)


@since("1.19/hostconfig-cpuperiod")
def test_cpu_period_is_that_of_the_cgroup(container_limits):
    assert container_limits(CpuPeriod=200_000).cpu_period == 200_000


@since("1.19/hostconfig-cpuquota")
def test_cpu_quota_is_that_of_the_cgroup(container_limits):
    assert container_limits(CpuQuota=70_000).cpu_quota == 70_000


@since("1.19/hostconfig-cpuquota")
def test_period_and_quota_go_together(container_limits):
    found = container_limits(CpuPeriod=50_000, CpuQuota=20_000)

    assert (found.cpu_period, found.cpu_quota) == (50_000, 20_000)


@since("1.19/hostconfig-cpusetmems")
def test_cpuset_mems_are_those_of_the_process(env, container_limits):
    node = nodes(env)[0]

    assert container_limits(CpusetMems=node).mems == node


@since("1.19/hostconfig-cpusetmems")
def test_a_node_that_the_host_does_not_have_is_not_given(api, env):
    beyond = str(int(nodes(env)[-1]) + 7)
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"CpusetMems": beyond})
    )

    if answer.status == 201:
        answer = api.post(f"/containers/{name}/start")
    assert answer.status >= 400, "a container runs on a memory node that is not there"


@since("1.19/hostconfig-oomkilldisable")
@pytest.mark.parametrize("disabled", [True, False], ids=["true", "false"])
def test_oom_kill_disable_is_that_of_the_cgroup(container_limits, disabled):
    found = container_limits(OomKillDisable=disabled, Memory=64 * MIB)

    assert found.oom_kill_disable == int(disabled)


def weight_of(api, env, weight):
    """What the cgroup of a container created through `api` has for this BlkioWeight."""
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", WEIGHT, HostConfig={"BlkioWeight": weight})
    assert api.post("/containers/create", {"name": name}, json=body).status == 201
    return run_created(env, name).stdout.strip()


@since("1.19/hostconfig-blkioweight")
def test_blkio_weight_weighs_the_cgroup(api, env):
    light, heavy = (weight_of(api, env, weight) for weight in (20, 900))

    assert light.isdigit() and heavy.isdigit(), f"the weights are {light!r} and {heavy!r}"
    assert int(light) < int(heavy)
