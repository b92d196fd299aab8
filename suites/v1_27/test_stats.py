"""GET /containers/(id)/stats, as API v1.27 changed it: the number of CPUs that are online."""

import pytest

from conformance import assert_type, since
from fixtures.stats import has_two_sets


@pytest.fixture
def online_cpus(env):
    """How many CPUs of the host are online, as the kernel says."""
    text = env.execute(env.idle_container(), "cat", "/sys/devices/system/cpu/online").stdout
    ranges = [part.split("-") for part in text.strip().split(",")]
    return sum(int(numbers[-1]) - int(numbers[0]) + 1 for numbers in ranges)


@since("1.27/stats-online-cpus")
@pytest.mark.parametrize("member", ["cpu_stats", "precpu_stats"])
def test_statistics_have_the_number_of_cpus(stats_container, stream_in_every_version, online_cpus, member):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    assert assert_type(answer.messages()[1], (member, "online_cpus"), int) == online_cpus
