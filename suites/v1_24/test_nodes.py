"""Nodes of a swarm, as API v1.24 introduced them."""

import pytest

from conformance import array, assert_refused, assert_status, assert_type, at, since
from fixtures.swarm import begin_swarm, create_service, edit, pending_reason


@since("1.24/nodes-list")
@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("id", "(id)", True),
        ("id", "nosuch", False),
        ("name", "(name)", True),
        ("name", "nosuch", False),
        ("role", "manager", True),
        ("role", "worker", False),
        ("membership", "accepted", True),
        ("membership", "pending", False),
        ("label", "nosuch", False),
    ],
)
def test_filter_leaves_the_nodes_that_fit(swarm, node, name, value, fits):
    hostname = swarm.env.get(f"/nodes/{node}")["Description"]["Hostname"]
    value = value.replace("(id)", node).replace("(name)", hostname)

    answer = swarm.api.get("/nodes", {"filters": {name: [value]}})

    assert_status(answer, 200)
    assert [at(row, "ID") for row in array(answer.json())] == ([node] if fits else [])


@since("1.24/nodes-filter-label")
@pytest.mark.parametrize(("label", "fits"), [("colour", True), ("colour=red", True), ("colour=blue", False)])
def test_filter_leaves_the_nodes_with_the_label_of_their_engine(further_engine, label, fits):
    engine = further_engine("node with a label", ["--label", "colour=red"], prepare=begin_swarm)

    answer = engine.api.get("/nodes", {"filters": {"label": [label]}})

    assert_status(answer, 200)
    assert len(array(answer.json())) == int(fits)


@since("1.24/node-inspect")
@pytest.mark.parametrize("by", ["id", "name"])
def test_node_is_described_by_id_and_by_name(swarm, node, by):
    name = swarm.env.get(f"/nodes/{node}")["Description"]["Hostname"] if by == "name" else node

    document = swarm.api.get(f"/nodes/{name}").json()

    assert at(document, "ID") == node
    assert at(document, "Spec", "Role") == "manager"
    assert at(document, "Spec", "Availability") == "active"
    assert at(document, "Status", "State") == "ready"
    assert at(document, "ManagerStatus", "Leader") is True
    assert assert_type(document, "Description.Resources.NanoCPUs", int) > 0
    assert assert_type(document, "Description.Resources.MemoryBytes", int) > 0
    assert assert_type(document, "Description.Engine.EngineVersion", str)
    assert at(document, "Description", "Platform", "OS") == "linux"


@since("1.24/node-inspect")
def test_unknown_node_is_not_found(swarm):
    assert_status(swarm.api.get("/nodes/nosuch"), 404)


@pytest.fixture
def own_node(own_swarm):
    """The id of a node that takes new tasks again when the check has ended."""
    identity = own_swarm.env.get("/info")["Swarm"]["NodeID"]
    yield identity
    query, spec = edit(own_swarm.env, f"/nodes/{identity}", Availability="active")
    own_swarm.env.post(f"/nodes/{identity}/update", query, json=spec)


@since("1.24/node-update")
@pytest.mark.parametrize("availability", ["pause", "drain"])
def test_node_that_is_not_available_gets_no_tasks(own_swarm, own_node, availability):
    query, spec = edit(own_swarm.env, f"/nodes/{own_node}", Availability=availability)
    answer = own_swarm.api.post(f"/nodes/{own_node}/update", query, json=spec)

    assert_status(answer, 200)
    assert pending_reason(own_swarm.env, create_service(own_swarm.env))


@since("1.24/node-update-whole")
@pytest.mark.parametrize("member", ["Role", "Availability"])
def test_update_without_role_or_availability_is_refused(own_swarm, own_node, member):
    query, spec = edit(own_swarm.env, f"/nodes/{own_node}")
    del spec[member]

    answer = own_swarm.api.post(f"/nodes/{own_node}/update", query, json=spec)

    assert_refused(answer)
    shown = own_swarm.env.get(f"/nodes/{own_node}")["Spec"]
    assert (shown["Role"], shown["Availability"]) == ("manager", "active")
