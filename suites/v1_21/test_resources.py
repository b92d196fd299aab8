"""HostConfig of POST /containers/create, as API v1.21 added to it.

What a field does is read where it takes effect: in the process's own cgroup (version 1 or 2), in its ``/proc``, in its
``/etc/resolv.conf``.
"""

import pytest

from conformance import after, assert_status, since
from conformance.testing import run_created
from fixtures.limits import MIB

KERNEL = "/sys/fs/cgroup/memory/memory.kmem.limit_in_bytes"


def show(api, env, *cmd, own_network=False, **host):
    """The output of `cmd` in a container that `api` created with `host` as HostConfig."""
    name = env.reserve_name("container")
    body = env.container_body(*cmd, own_network=own_network, HostConfig=host)
    answer = api.post("/containers/create", {"name": name}, json=body)
    assert_status(answer, 201)
    return run_created(env, name).stdout


@since("1.21/hostconfig-memoryreservation")
@pytest.mark.parametrize("members", [{}, {"Memory": 64 * MIB}], ids=["alone", "with a limit"])
def test_memory_reservation_is_the_soft_limit(container_limits, members):
    limits = container_limits.post(
        "/containers/create", HostConfig={"MemoryReservation": 32 * MIB, **members}
    )

    assert limits.memory_reservation == 32 * MIB


@since("1.21/hostconfig-kernelmemory")
@pytest.mark.needs("kernel-memory")
def test_kernel_memory_is_limited(api, env):
    shown = show(api, env, "cat", KERNEL, KernelMemory=50 * MIB)

    assert shown.strip() == str(50 * MIB)


@after("1.21/hostconfig-kernelmemory")
def test_kernel_memory_is_ignored(api, env):
    shown = show(api, env, "sh", "-c", f"cat {KERNEL} 2>/dev/null || echo none", KernelMemory=50 * MIB)

    assert shown.strip() != str(50 * MIB)


@since("1.21/hostconfig-oomscoreadj")
@pytest.mark.parametrize("score", [321, 1000])
def test_oom_score_adj_is_that_of_the_process(container_limits, score):
    limits = container_limits.post("/containers/create", HostConfig={"OomScoreAdj": score})

    assert limits.oom_score_adj == score


@since("1.21/hostconfig-dnsoptions")
def test_dns_options_are_in_the_resolver_configuration(api, env):
    wanted = ["ndots:3", "attempts:5"]

    shown = show(api, env, "cat", "/etc/resolv.conf", own_network=True, DnsOptions=wanted)

    options = [
        word for line in shown.splitlines() if line.startswith("options ") for word in line.split()[1:]
    ]
    assert set(wanted) <= set(options)
