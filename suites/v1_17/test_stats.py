"""GET /containers/(id)/stats, as API v1.17 added it."""

from datetime import datetime

import pytest

from conformance import assert_status, assert_type, at, since
from fixtures.stats import MEMORY, has_two_sets

COUNTERS = [f"{way}_{what}" for way in ("rx", "tx") for what in ("bytes", "dropped", "errors", "packets")]


def sets_of(answer):
    sets = answer.messages()
    assert len(sets) > 1, f"expected one set of statistics after another, got {len(sets)}"
    return sets[:2]


def moment(text):
    assert isinstance(text, str), f"read: expected a time, got {text!r}"
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise AssertionError(f"read: expected a time, got {text!r}") from None


@since("1.17/stats-stream")
def test_sets_of_statistics_come_until_the_client_leaves(stats_container, stream_in_every_version):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    assert_status(answer, 200)
    assert all(isinstance(one, dict) for one in sets_of(answer))
    assert not answer.complete, "the daemon ended the stream"


@since("1.17/stats-stream")
def test_an_unknown_container_is_not_found(api, env):
    answer = api.get(f"/containers/{env.prefix}unknown/stats")

    assert_status(answer, 404)


@since("1.17/stats-values")
def test_read_is_the_time_of_each_set(stats_container, stream_in_every_version):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    first, second = (moment(at(one, "read")) for one in sets_of(answer))
    # The order does not count: the clock may be set in between.
    assert first != second


@since("1.17/stats-values")
@pytest.mark.parametrize("path", ["cpu_stats.cpu_usage.total_usage", "cpu_stats.system_cpu_usage"])
def test_time_on_the_cpu_grows(stats_container, stream_in_every_version, path):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    first, second = (at(one, path) for one in sets_of(answer))
    assert (type(first), type(second)) == (int, int), (
        f"{path}: expected integers, got {first!r} and {second!r}"
    )
    assert 0 < first < second


@since("1.17/stats-values")
def test_the_limit_of_memory_is_that_of_the_container(stats_container, stream_in_every_version):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    limit = at(sets_of(answer)[1], "memory_stats.limit")
    assert limit == MEMORY


@since("1.17/stats-values")
def test_the_memory_in_use_lies_below_the_limit(stats_container, stream_in_every_version):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    usage = assert_type(sets_of(answer)[1], "memory_stats.usage", int)
    assert 0 < usage <= MEMORY


@since("1.17/stats-values")
def test_blkio_stats_is_an_object(stats_container, stream_in_every_version):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    assert_type(sets_of(answer)[1], "blkio_stats", dict)


@since("1.17/stats-network")
@pytest.mark.needs("api-1.21")
@pytest.mark.parametrize("counter", COUNTERS)
def test_network_is_one_object_for_all_interfaces(stats_container, stream_in_every_version, counter):
    stats_container.steps.require("second interface")

    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    network = at(sets_of(answer)[1], "network")
    value = assert_type(network, counter, int)
    assert value >= 0
