"""The swarm and its nodes, as API v1.40 changed them."""

import secrets

import pytest

from conformance import array, assert_refused, assert_status, at, before, since
from fixtures.swarm import UNUSUAL, edit, swarm_addresses


@since("1.40/swarm-init-datapathport")
def test_swarm_begins_with_a_port_for_data(alone):
    answer = alone.api.post("/swarm/init", json={**swarm_addresses(), "DataPathPort": 5790})

    assert_status(answer, 200)
    assert at(alone.env.get("/swarm"), "DataPathPort") == 5790


@since("1.40/swarm-init-datapathport")
def test_no_swarm_begins_with_a_port_below_1024_for_data(alone):
    answer = alone.api.post("/swarm/init", json={**swarm_addresses(), "DataPathPort": 80})

    assert_refused(answer)


@before("1.40/swarm-init-datapathport")
def test_port_for_data_is_ignored(alone):
    answer = alone.api.post("/swarm/init", json={**swarm_addresses(), "DataPathPort": 5790})

    assert_status(answer, 200)
    assert at(alone.env.get("/swarm"), "DataPathPort") != 5790


@pytest.fixture
def port(swarm):
    """The port for data of the swarm."""
    return UNUSUAL["DataPathPort"] if swarm.daemon.private else swarm.env.get("/swarm")["DataPathPort"]


@since("1.40/info-swarm-datapathport")
def test_info_has_the_port_for_data(swarm, port):
    assert at(swarm.api.get("/info").json(), "Swarm", "Cluster", "DataPathPort") == port


@since("1.40/swarm-datapathport")
def test_swarm_has_the_port_for_data(swarm, port):
    assert at(swarm.api.get("/swarm").json(), "DataPathPort") == port


@pytest.fixture
def label(swarm, node):
    """A label of the node, which has the value red."""
    label = f"l{secrets.token_hex(8)}"
    query, spec = edit(swarm.env, f"/nodes/{node}", Labels={label: "red"})
    swarm.env.post(f"/nodes/{node}/update", query, json=spec)
    return label


@since("1.40/nodes-filter-nodelabel")
@pytest.mark.parametrize(
    ("condition", "fits"),
    [("", True), ("=red", True), ("=blue", False)],
    ids=["key", "value", "another value"],
)
def test_filter_leaves_the_nodes_with_the_label(swarm, node, label, condition, fits):
    rows = array(swarm.api.get("/nodes", {"filters": {"node.label": [f"{label}{condition}"]}}).json())

    assert (node in [at(row, "ID") for row in rows]) is fits
