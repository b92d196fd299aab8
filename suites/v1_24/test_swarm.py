"""Swarms, as API v1.24 introduced them."""

import pytest

from conformance import assert_refused, assert_status, assert_type, at, since
from fixtures.swarm import edit, swarm_addresses


@since("1.24/swarm-init")
def test_engine_is_the_manager_of_a_new_swarm(alone):
    answer = alone.api.post("/swarm/init", json=swarm_addresses())

    assert_status(answer, 200)
    swarm = alone.env.get("/info")["Swarm"]
    assert (swarm["LocalNodeState"], swarm["ControlAvailable"]) == ("active", True)
    assert answer.json() == swarm["NodeID"]


@since("1.24/swarm-init-once")
def test_engine_in_a_swarm_begins_no_other(swarm):
    before = swarm.env.get("/swarm")["ID"]

    answer = swarm.api.post("/swarm/init", json=swarm_addresses())

    assert_refused(answer)
    assert swarm.env.get("/swarm")["ID"] == before


@pytest.fixture
def begun(alone):
    """An engine that has begun a swarm, and may leave it."""
    alone.env.post("/swarm/init", json=swarm_addresses())
    return alone


@since("1.24/swarm-leave")
def test_last_manager_leaves_by_force(begun):
    answer = begun.api.post("/swarm/leave", {"force": "true"})

    assert_status(answer, 200)
    assert begun.env.get("/info")["Swarm"]["LocalNodeState"] == "inactive"


@since("1.24/swarm-leave")
def test_last_manager_stays_without_force(swarm):
    answer = swarm.api.post("/swarm/leave")

    assert_refused(answer)
    assert swarm.env.get("/info")["Swarm"]["LocalNodeState"] == "active"


@since("1.24/swarm-inspect")
def test_swarm_is_described(swarm):
    answer = swarm.api.get("/swarm")

    assert_status(answer, 200)
    document = answer.json()
    for member in ("ID", "CreatedAt", "UpdatedAt", "JoinTokens.Worker", "JoinTokens.Manager"):
        assert assert_type(document, member, str)
    assert assert_type(document, "Version.Index", int) > 0
    assert assert_type(document, "Spec.Orchestration.TaskHistoryRetentionLimit", int) >= 0
    assert assert_type(document, "Spec.CAConfig.NodeCertExpiry", int) > 0


@since("1.24/swarm-inspect-none")
@pytest.mark.parametrize("path", ["/swarm", "/nodes", "/services", "/tasks"])
def test_nothing_is_described_outside_a_swarm(alone, path):
    assert_refused(alone.api.get(path))


@since("1.24/swarm-update")
def test_specification_of_the_swarm_is_changed(own_swarm):
    limit = 3 if own_swarm.env.get("/swarm")["Spec"]["Orchestration"]["TaskHistoryRetentionLimit"] != 3 else 4

    query, spec = edit(own_swarm.env, "/swarm", Orchestration={"TaskHistoryRetentionLimit": limit})
    answer = own_swarm.api.post("/swarm/update", query, json=spec)

    assert_status(answer, 200)
    assert at(own_swarm.env.get("/swarm"), "Spec", "Orchestration", "TaskHistoryRetentionLimit") == limit


@since("1.24/swarm-update-version")
def test_update_of_another_version_is_refused(own_swarm):
    query, spec = edit(own_swarm.env, "/swarm", Orchestration={"TaskHistoryRetentionLimit": 9})
    answer = own_swarm.api.post("/swarm/update", {"version": query["version"] - 1}, json=spec)

    assert_refused(answer)
    assert at(own_swarm.env.get("/swarm"), "Spec", "Orchestration", "TaskHistoryRetentionLimit") != 9


@since("1.24/swarm-update-rotate-tokens")
@pytest.mark.parametrize("role", ["Worker", "Manager"])
def test_token_to_join_with_is_another(own_swarm, role):
    before = own_swarm.env.get("/swarm")["JoinTokens"]

    query, spec = edit(own_swarm.env, "/swarm")
    answer = own_swarm.api.post("/swarm/update", {**query, f"rotate{role}Token": "true"}, json=spec)

    assert_status(answer, 200)
    after = own_swarm.env.get("/swarm")["JoinTokens"]
    assert [name for name in before if before[name] != after[name]] == [role]
