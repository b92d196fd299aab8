"""GET /networks, as API v1.40 changed it: the filter dangling."""

import pytest

from conformance import array, at, since


@pytest.fixture
def networks(env, run_on_network):
    """The names of a network that no container is on, and of one that a running container is on.

    Labels say the same, so that a daemon without the filter can be made to answer as one with it.
    """

    def make():
        unused, used = (
            env.create_network(Labels={**env.labels, **{f"dangling-{value}": "" for value in values}})
            for values in (("true", "1"), ("false", "0"))
        )
        run_on_network(used)
        return unused, used

    return env.share("unused network and used one", make)


@since("1.40/networks-filter-dangling")
@pytest.mark.parametrize(
    ("value", "listed"),
    [
        ("true", [True, False]),
        ("1", [True, False]),
        ("false", [False, True]),
        ("0", [False, True]),
    ],
)
def test_filter_tells_unused_networks_from_used_ones(api, networks, value, listed):
    rows = array(api.get("/networks", {"filters": {"dangling": [value]}}).json())

    names = [at(row, "Name") for row in rows]
    assert [name in names for name in networks] == listed
