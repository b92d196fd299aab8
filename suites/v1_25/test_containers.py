"""GET /containers/json and DELETE /containers/(id), as API v1.25 changed them: removals under way, health and tasks."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import FixtureError, parse_json


@since("1.25/state-removing")
def test_container_that_is_being_removed_is_in_that_state(api, removal):
    answers = removal.ask_meanwhile(lambda: api.get(f"/containers/{removal.name}/json"))

    states = [at(answer.json(), "State.Status") for answer in answers if answer.status != 404]
    assert states, "expected answers about the container"
    assert "removing" in states


@since("1.25/state-removing")
def test_list_has_the_state_of_a_container_that_is_being_removed(api, removal):
    query = {"all": 1, "filters": {"name": [removal.name]}}

    answers = removal.ask_meanwhile(lambda: array(api.get("/containers/json", query).json()))

    states = [at(row, "State") for rows in answers for row in rows]
    assert states, "expected answers about the container"
    assert "removing" in states


@since("1.25/containers-filter-removing")
def test_filter_leaves_the_containers_that_are_being_removed(api, env, removal):
    query = {"all": 1, "filters": {"status": ["removing"]}}

    answers = removal.ask_meanwhile(lambda: array(api.get("/containers/json", query).json()))

    listed = [name for rows in answers for row in rows for name in array(row, "Names")]
    assert f"/{removal.name}" in listed
    assert env.idle_container() not in [at(row, "Id") for rows in answers for row in rows]


@since("1.25/containers-filter-removing")
def test_removing_is_a_status_to_filter_by(api, env):
    answer = api.get("/containers/json", {"all": 1, "filters": {"status": ["removing"]}})

    assert_status(answer, 200)
    assert env.idle_container() not in [at(row, "Id") for row in array(answer.json())]


HEALTHS = ["starting", "healthy", "unhealthy", "none"]


@since("1.25/containers-filter-health")
@pytest.mark.parametrize("health", HEALTHS)
def test_filter_leaves_the_containers_with_that_health(api, container_with_health, health):
    container = container_with_health(health)
    others = set()
    for other in HEALTHS:
        if other != health:
            try:
                others.add(container_with_health(other))
            except FixtureError:
                continue  # the others are told apart

    rows = array(api.get("/containers/json", {"filters": {"health": [health]}}).json())

    listed = [at(row, "Id") for row in rows]
    assert container in listed
    assert [other for other in others if other in listed] == []


@since("1.25/container-delete-in-progress")
def test_second_removal_is_refused(api, removal):
    answers = removal.ask_meanwhile(lambda: api.delete(f"/containers/{removal.name}"))

    for answer in answers:
        assert_status(answer, 400, 404, 409)  # 404 when the container is gone
    refusals = [parse_json(answer.body) for answer in answers if answer.status != 404]
    assert refusals, "expected a refusal before the container is gone"
    assert all("in progress" in assert_type(refusal, "message", str) for refusal in refusals), refusals[0]


@since("1.25/containers-filter-is-task")
@pytest.mark.parametrize("value", ["true", "false"])
def test_container_of_no_service_is_no_task(api, env, value):
    rows = array(api.get("/containers/json", {"filters": {"is-task": [value]}}).json())

    assert (env.idle_container() in [at(row, "Id") for row in rows]) is (value == "false")
