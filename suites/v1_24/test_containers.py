"""GET /containers/json, as API v1.24 changed it: the filter network."""

import pytest

from conformance import array, at, since


@since("1.24/containers-filter-network")
@pytest.mark.parametrize("by", ["name", "id"])
def test_filter_leaves_the_containers_on_the_network(api, env, on_two_networks, by):
    network = on_two_networks.networks[0] if by == "name" else on_two_networks.network_id

    rows = array(api.get("/containers/json", {"filters": {"network": [network]}}).json())

    names = [at(row, "Id") for row in rows]
    assert (on_two_networks.container_id in names, env.idle_container() in names) == (True, False)
