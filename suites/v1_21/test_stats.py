"""GET /containers/(id)/stats, as API v1.21 changed it."""

import pytest

from conformance import at, since

COUNTERS = [f"{way}_{what}" for way in ("rx", "tx") for what in ("bytes", "dropped", "errors", "packets")]


def last_set(api, container_stats):
    sets = container_stats.read(api).messages()
    assert sets, "there is no set of statistics"
    return sets[-1]


@since("1.21/stats-networks")
def test_networks_has_an_entry_for_each_interface(api, container_stats):
    container_stats.steps.require("second interface")

    networks = at(last_set(api, container_stats), "networks")

    assert isinstance(networks, dict), f"networks is {networks!r}"
    assert len(container_stats.interfaces) == 2
    assert container_stats.interfaces <= set(networks)


@since("1.21/stats-networks")
@pytest.mark.parametrize("counter", COUNTERS)
def test_an_interface_has_its_counter(api, container_stats, counter):
    networks = at(last_set(api, container_stats), "networks")

    values = [at(networks, name, counter) for name in sorted(container_stats.interfaces)]
    assert values
    assert all(type(value) is int and value >= 0 for value in values), f"{counter} is {values!r}"


@since("1.21/stats-networks")
@pytest.mark.parametrize("counter", ["rx_bytes", "tx_bytes"])
def test_an_interface_has_counted_what_the_container_sees(api, container_stats, counter):
    container_stats.steps.require("second interface", "traffic")

    networks = at(last_set(api, container_stats), "networks")

    for name, least in container_stats.counted[counter].items():
        value = at(networks, name, counter)
        assert type(value) is int, f"{counter} of {name} is {value!r}"
        assert value >= least
