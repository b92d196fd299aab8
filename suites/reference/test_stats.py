"""GET /containers/(id)/stats: the numbers of one set and of the next request, as the references describe them."""

import pytest

from conformance import ABSENT, assert_status, assert_type, at, early, since
from conformance.testing import KILLED_ON_STOP, unchanged_container
from fixtures.stats import has_two_sets, read_stats

MEMBERS = [
    "read",
    "memory_stats.usage",
    "memory_stats.limit",
    "cpu_stats.cpu_usage.total_usage",
    "cpu_stats.cpu_usage.usage_in_usermode",
    "cpu_stats.cpu_usage.usage_in_kernelmode",
    "cpu_stats.system_cpu_usage",
    "cpu_stats.throttling_data.periods",
    "cpu_stats.throttling_data.throttled_periods",
    "cpu_stats.throttling_data.throttled_time",
]


@since("reference/stats-members")
@pytest.mark.parametrize("path", MEMBERS)
def test_a_set_has_the_member(stats_container, stream_in_every_version, path):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    assert_type(answer.messages()[0], path, str if path == "read" else int)


@since("reference/stats-usage-adds-up")
def test_user_and_kernel_mode_are_parts_of_the_whole(stats_container, stream_in_every_version):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    usage = at(answer.messages()[-1], "cpu_stats.cpu_usage")
    user, kernel = (assert_type(usage, f"usage_in_{mode}mode", int) for mode in ("user", "kernel"))
    # The kernel rounds both to ticks.
    assert 0 < user + kernel <= assert_type(usage, "total_usage", int) * 1.5 + 50_000_000


@early
@since("reference/stats-precpu-of-one-set")
@pytest.mark.parametrize("path", ["cpu_usage.total_usage", "system_cpu_usage"])
def test_precpu_stats_of_one_set_are_those_of_a_read_just_before(api, env, path):
    answer = read_stats(api, env.idle_container(), {"stream": "false"})

    one = answer.messages()[0]
    before, now = (assert_type(at(one, name), path, int) for name in ("precpu_stats", "cpu_stats"))
    assert 0 < before <= now, f"{path}: expected a number up to {now}, got {before}"


@early
@since("reference/stats-fresh")
@pytest.mark.parametrize("path", ["read", "cpu_stats.system_cpu_usage"])
def test_the_next_request_brings_new_numbers(api, env, path):
    container = unchanged_container(env, running=True, purpose="stats")
    first = read_stats(api, container, {"stream": "false"}).messages()[0]

    answer = read_stats(api, container, {"stream": "false"})

    assert at(answer.messages()[0], path) != at(first, path)


@since("reference/stats-memory-adds-up")
def test_memory_in_use_lies_below_the_most_that_was_and_that_below_the_limit(
    stats_container, stream_in_every_version
):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    memory = at(answer.messages()[-1], "memory_stats")
    usage, limit = (assert_type(memory, member, int) for member in ("usage", "limit"))
    # A kernel with the second version of control groups does not tell the most.
    most = usage if at(memory, "max_usage") is ABSENT else assert_type(memory, "max_usage", int)
    assert 0 < usage <= most <= limit


@early
@since("reference/stats-identity")
@pytest.mark.parametrize("query", [{}, {"one-shot": "true"}], ids=["two sets", "one-shot"])
def test_a_set_names_its_container(api, env, query):
    container = env.idle_container()
    name = at(env.get(f"/containers/{container}/json"), "Name")

    answer = read_stats(api, container, {"stream": "false", **query})

    found = answer.messages()[0]
    shown = assert_type(found, "id", str), assert_type(found, "name", str).lstrip("/")
    assert shown == (container, name.lstrip("/"))


@since("reference/stats-without-network")
@pytest.mark.parametrize("mode", ["none", "container"])
def test_a_container_without_a_network_of_its_own_has_statistics(api, env, mode):
    def make():
        other = f"container:{env.idle_container()}" if mode == "container" else mode
        return env.create_container(
            "sleep", "86400", start=True, HostConfig={"NetworkMode": other}, **KILLED_ON_STOP
        )

    name = env.share(("container with statistics and network mode", mode), make)

    answer = api.get(f"/containers/{name}/stats", {"stream": 0})

    assert_status(answer, 200)
    assert assert_type(answer.json(), "cpu_stats.cpu_usage.total_usage", int) > 0
