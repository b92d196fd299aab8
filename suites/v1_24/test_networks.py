"""GET /networks, as API v1.24 changed it: the filters label and driver."""

import pytest

from conformance import array, at, since


def listed(answer):
    return [at(row, "Name") for row in array(answer.json())]


@pytest.fixture
def networks(env, local_network):
    """The names of a network with the label colour=red, and of one without."""
    return env.share("red network", lambda: env.create_network(Labels={"colour": "red"})), local_network


@since("1.24/networks-filter-label")
@pytest.mark.parametrize(
    ("label", "found"),
    [("colour", True), ("colour=red", True), ("colour=blue", False)],
    ids=["key", "value", "other"],
)
def test_filter_label_leaves_the_networks_with_the_label(api, networks, label, found):
    names = listed(api.get("/networks", {"filters": {"label": [label]}}))

    assert [network in names for network in networks] == [found, False]


@since("1.24/networks-filter-driver")
@pytest.mark.parametrize(
    ("driver", "found"), [("bridge", True), ("nosuchdriver", False)], ids=["bridge", "another"]
)
def test_filter_driver_leaves_the_networks_of_the_driver(api, networks, driver, found):
    names = listed(api.get("/networks", {"filters": {"driver": [driver]}}))

    assert [network in names for network in (*networks, "host")] == [found, found, False]
