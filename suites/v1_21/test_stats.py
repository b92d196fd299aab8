"""GET /containers/(id)/stats, as API v1.21 changed it."""

import pytest

from conformance import assert_type, at, since
from fixtures.stats import has_two_sets

COUNTERS = [f"{way}_{what}" for way in ("rx", "tx") for what in ("bytes", "dropped", "errors", "packets")]


def last_set(answer):
    sets = answer.messages()
    assert sets, "expected a set of statistics, got none"
    return sets[-1]


@since("1.21/stats-networks")
def test_networks_has_an_entry_for_each_interface(stats_container, stream_in_every_version):
    stats_container.steps.require("second interface")

    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    networks = assert_type(last_set(answer), "networks", dict)
    assert len(stats_container.interfaces) == 2
    assert stats_container.interfaces <= set(networks)


@since("1.21/stats-networks")
@pytest.mark.parametrize("counter", COUNTERS)
def test_an_interface_has_its_counter(stats_container, stream_in_every_version, counter):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    networks = at(last_set(answer), "networks")
    values = [at(networks, name, counter) for name in sorted(stats_container.interfaces)]
    assert values
    assert all(type(value) is int and value >= 0 for value in values), (
        f"{counter}: expected integers, got {values!r}"
    )


@since("1.21/stats-networks")
@pytest.mark.parametrize("counter", ["rx_bytes", "tx_bytes"])
def test_an_interface_has_counted_what_the_container_sees(stats_container, stream_in_every_version, counter):
    stats_container.steps.require("second interface", "traffic")

    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    networks = at(last_set(answer), "networks")
    for name, least in stats_container.counted[counter].items():
        value = assert_type(networks, (name, counter), int)
        assert value >= least
