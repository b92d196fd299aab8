"""GET /containers/(id)/stats, as API v1.21 changed it."""

import pytest

from conformance import at, since

COUNTERS = [f"{way}_{what}" for way in ("rx", "tx") for what in ("bytes", "dropped", "errors", "packets")]


def last_set(api, consumption):
    sets = consumption.read(api).messages()
    assert sets, "there is no set of statistics"
    return sets[-1]


@since("1.21/stats-networks")
def test_networks_has_an_entry_for_each_interface(api, consumption):
    consumption.steps.require("second interface")

    networks = at(last_set(api, consumption), "networks")

    assert isinstance(networks, dict), f"networks is {networks!r}"
    assert len(consumption.interfaces) == 2
    assert consumption.interfaces <= set(networks)


@since("1.21/stats-networks")
@pytest.mark.parametrize("counter", COUNTERS)
def test_an_interface_has_its_counter(api, consumption, counter):
    networks = at(last_set(api, consumption), "networks")

    values = [at(networks, name, counter) for name in sorted(consumption.interfaces)]
    assert values
    assert all(type(value) is int and value >= 0 for value in values), f"{counter} is {values!r}"


@since("1.21/stats-networks")
@pytest.mark.parametrize("counter", ["rx_bytes", "tx_bytes"])
def test_an_interface_has_counted_what_the_container_sees(api, consumption, counter):
    consumption.steps.require("second interface", "traffic")

    networks = at(last_set(api, consumption), "networks")

    for name, least in consumption.counted[counter].items():
        value = at(networks, name, counter)
        assert type(value) is int, f"{counter} of {name} is {value!r}"
        assert value >= least
