import subprocess

import pytest

from conformance.environment import cgroup_limits
from conformance.http.errors import Malformed

V1 = "memory v1 67108864\nswap v1 100663296\nshares v1 512\nperiod v1 50000\nquota v1 20000\ncpus v1 0-1\n"
V1 += "mems v1 0\nallowed - 0-1\nreservation v1 33554432\nscore - -17\n"
V2 = "memory v2 67108864\nswap v2 33554432\nshares v2 20\nperiod v2 20000 50000\nquota v2 20000 50000\ncpus v2 0-1\n"
V2 += "mems v2 0\nallowed - 0-1\nreservation v2 33554432\nscore - -17\n"


@pytest.mark.parametrize("text", [V1, V2], ids=["v1", "v2"])
def test_both_hierarchies_read_alike(text):
    found = cgroup_limits.parse_limits(text)

    assert (found.memory, found.memory_and_swap) == (67108864, 100663296)
    assert (found.cpu_period, found.cpu_quota, found.cpus) == (50000, 20000, "0-1")
    assert (found.mems, found.allowed_cpus) == ("0", "0-1")
    assert (found.memory_reservation, found.oom_score_adj) == (33554432, -17)
    assert found.has_shares(512)
    assert not found.has_shares(1024)


@pytest.mark.parametrize("flag", [0, 1])
def test_limits_that_only_v1_has_are_read(flag):
    found = cgroup_limits.parse_limits(f"swappiness v1 60\nkiller v1 oom_kill_disable {flag}\n")

    assert (found.swappiness, found.oom_kill_disable) == (60, flag)


@pytest.mark.parametrize(
    "text",
    [
        "memory v1 9223372036854771712\nswap v1 9223372036854771712\nquota v1 -1\n",
        "memory v2 max\nswap v2 max\nquota v2 max 100000\n",
    ],
    ids=["v1", "v2"],
)
def test_no_limit_is_none(text):
    found = cgroup_limits.parse_limits(text)

    assert (found.memory, found.memory_and_swap, found.cpu_quota) == (None, None, None)


def test_swap_without_a_limit_of_memory_is_no_limit_of_both():
    assert cgroup_limits.parse_limits("memory v2 max\nswap v2 1024\n").memory_and_swap is None


def test_both_conversions_of_shares_to_a_weight_count():
    assert cgroup_limits.parse_limits("shares v2 20\n").has_shares(512)
    assert cgroup_limits.parse_limits("shares v2 59\n").has_shares(512)
    assert not cgroup_limits.parse_limits("shares v2 100\n").has_shares(512)


def test_a_file_that_is_missing_is_no_limit():
    found = cgroup_limits.parse_limits("memory v1 4096\n")

    assert (found.cpu_shares, found.cpus) == (None, "")


@pytest.mark.parametrize("text", [None, "", "sh: not found\n", "memory v1 many\n"])
def test_other_text_than_the_probes_is_malformed(text):
    with pytest.raises(Malformed):
        cgroup_limits.parse_limits(text)


def test_the_probe_is_shell_that_succeeds():
    ran = subprocess.run(
        ["sh", "-c", cgroup_limits.PROBE_LIMITS], capture_output=True, text=True, check=False, timeout=10
    )

    assert ran.returncode == 0
    assert ran.stderr == ""
    assert cgroup_limits.parse_limits(ran.stdout).allowed_cpus
