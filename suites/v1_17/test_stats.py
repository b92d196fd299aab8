"""GET /containers/(id)/stats, as API v1.17 added it."""

from datetime import datetime

import pytest

from conformance import at, since
from conformance.environment.shared_stats import MEMORY

COUNTERS = [f"{way}_{what}" for way in ("rx", "tx") for what in ("bytes", "dropped", "errors", "packets")]


def sets_of(answer):
    sets = answer.messages()
    assert len(sets) > 1, f"{len(sets)} sets of statistics came, the daemon is to send one after another"
    return sets[:2]


def moment(text):
    assert isinstance(text, str), f"read is {text!r}"
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise AssertionError(f"read is {text!r}, which is no time") from None


@since("1.17/stats-stream")
def test_sets_of_statistics_come_until_the_client_leaves(api, container_stats):
    answer = container_stats.read(api)

    assert answer.status == 200
    assert all(isinstance(one, dict) for one in sets_of(answer))
    assert not answer.complete, "the daemon ended the stream"


@since("1.17/stats-stream")
def test_an_unknown_container_is_not_found(api, env):
    answer = api.get(f"/containers/{env.prefix}nobody/stats")

    assert answer.status == 404


@since("1.17/stats-values")
def test_read_is_the_time_of_each_set(api, container_stats):
    first, second = (moment(at(one, "read")) for one in sets_of(container_stats.read(api)))

    # not in which order: somebody may set the clock in between
    assert first != second


@since("1.17/stats-values")
@pytest.mark.parametrize("path", ["cpu_stats.cpu_usage.total_usage", "cpu_stats.system_cpu_usage"])
def test_time_on_the_cpu_grows(api, container_stats, path):
    first, second = (at(one, path) for one in sets_of(container_stats.read(api)))

    assert (type(first), type(second)) == (int, int), f"{path} is {first!r}, then {second!r}"
    assert 0 < first < second


@since("1.17/stats-values")
def test_the_limit_of_memory_is_that_of_the_container(api, container_stats):
    limit = at(sets_of(container_stats.read(api))[1], "memory_stats.limit")

    assert limit == MEMORY


@since("1.17/stats-values")
def test_the_memory_in_use_lies_below_the_limit(api, container_stats):
    usage = at(sets_of(container_stats.read(api))[1], "memory_stats.usage")

    assert type(usage) is int, f"usage is {usage!r}"
    assert 0 < usage <= MEMORY


@since("1.17/stats-values")
def test_blkio_stats_is_an_object(api, container_stats):
    assert isinstance(at(sets_of(container_stats.read(api))[1], "blkio_stats"), dict)


@since("1.17/stats-network")
@pytest.mark.needs("api-1.21")
@pytest.mark.parametrize("counter", COUNTERS)
def test_network_is_one_object_for_all_interfaces(api, container_stats, counter):
    container_stats.steps.require("second interface")

    network = at(sets_of(container_stats.read(api))[1], "network")

    value = at(network, counter)
    assert type(value) is int, f"{counter} is {value!r}"
    assert value >= 0
