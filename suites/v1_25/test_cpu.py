"""CPU time of containers in HostConfig, as API v1.25 added it: billionths of a CPU, and what real-time tasks get.

It is read where it takes effect: in the files of the process's own cgroup.
"""

import pytest

from conformance import assert_status, since
from conformance.testing import PROBE_LIMITS, parse_limits, run_created

#: cgroup v1 alone has these files; a container sees its own group at the top, or the host's tree.
SHOW_REALTIME = (
    "while IFS=: read -r id names path; do case ,$names, in *,cpu,*) cpu=$path;; esac; done < /proc/self/cgroup; "
    "cd /sys/fs/cgroup/cpu$cpu 2>/dev/null || cd /sys/fs/cgroup/cpu; cat cpu.rt_period_us cpu.rt_runtime_us"
)


@since("1.25/hostconfig-nanocpus")
def test_container_gets_that_part_of_a_cpu(api, env):
    name = env.reserve_name("container")

    body = env.container_body("sh", "-c", PROBE_LIMITS, HostConfig={"NanoCpus": 500_000_000})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    limits = parse_limits(run_created(env, name, must_write=True).stdout)
    assert limits.cpu_quota is not None
    assert limits.cpu_quota / limits.cpu_period == 0.5


@pytest.fixture
def realtime_engine(further_engine):
    """An engine whose containers together may have 0.4 s of each second for real-time tasks."""
    return further_engine("real-time tasks", ["--cpu-rt-period=1000000", "--cpu-rt-runtime=400000"])


@since("1.25/hostconfig-cpu-realtime")
def test_real_time_tasks_get_that_time(realtime_engine):
    api, env, _ = realtime_engine
    name = env.reserve_name("container")

    host = {"CpuRealtimePeriod": 500_000, "CpuRealtimeRuntime": 100_000}
    answer = api.post(
        "/containers/create",
        {"name": name},
        json=env.container_body("sh", "-c", SHOW_REALTIME, HostConfig=host),
    )

    assert_status(answer, 201)
    assert run_created(env, name).stdout.split() == ["500000", "100000"]
