"""Nodes of a swarm, as API v1.25 changed them."""

import secrets

import pytest

from conformance import array, assert_status, at, since
from fixtures.swarm import edit


@since("1.25/node-status-addr")
@pytest.mark.parametrize("path", ["/nodes", "/nodes/(id)"])
def test_status_has_the_address_of_the_node(swarm, node, path):
    address = swarm.env.get("/info")["Swarm"]["NodeAddr"]

    document = swarm.api.get(path.replace("(id)", node)).json()

    rows = array([document] if path.endswith(")") else document)
    assert [at(row, "Status", "Addr") for row in rows if at(row, "ID") == node] == [address]


@since("1.25/node-update-by-name")
@pytest.mark.parametrize("by", ["id", "name"])
def test_node_is_updated_by_id_or_by_name(swarm, node, by):
    name = swarm.env.get(f"/nodes/{node}")["Description"]["Hostname"] if by == "name" else node
    label = secrets.token_hex(8)

    query, spec = edit(swarm.env, f"/nodes/{node}", Labels={label: "red"})
    answer = swarm.api.post(f"/nodes/{name}/update", query, json=spec)

    assert_status(answer, 200)
    assert swarm.env.get(f"/nodes/{node}")["Spec"]["Labels"][label] == "red"
