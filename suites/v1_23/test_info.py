"""GET /info, as API v1.23 changed it: who makes control groups, and whether kernel memory can be limited."""

import pytest

from conformance import assert_type, at, since
from conformance.testing import Unavailable


@pytest.fixture
def maker_of_cgroups(env):
    """Who makes the containers' control groups, by the paths that a process sees: systemd's are slices and scopes."""
    shown = env.share(
        "cgroup paths", lambda: env.execute(env.idle_container(), "cat", "/proc/self/cgroup").stdout
    )
    paths = {line.partition(":")[2].partition(":")[2] for line in shown.splitlines()} - {"/"}
    if not paths:
        raise Unavailable("a process sees no path of its control group, which would show who made it")
    return "systemd" if any(".scope" in path or ".slice" in path for path in paths) else "cgroupfs"


@since("1.23/info-cgroupdriver")
def test_cgroupdriver_is_one_of_two(api):
    value = at(api.get("/info").json(), "CgroupDriver")

    # API v1.40 adds none for a daemon without root, in every version.
    assert value in ("cgroupfs", "systemd", "none")


@since("1.23/info-cgroupdriver")
@pytest.mark.needs("cgroups")
def test_cgroupdriver_is_who_makes_the_control_groups(api, maker_of_cgroups):
    value = at(api.get("/info").json(), "CgroupDriver")

    assert value == maker_of_cgroups


@since("1.23/info-kernelmemory")
def test_kernelmemory_is_a_boolean(api):
    assert_type(api.get("/info").json(), "KernelMemory", bool)
