"""Resources that users define: what a daemon is given, a service reserves and a task has, as API v1.32 added them."""

import pytest

from conformance import array, assert_status, since
from fixtures.swarm import begin_swarm, pending_reason, running_task, service_body

RESOURCE = {"DiscreteResourceSpec": {"Kind": "COLOUR", "Value": 3}}


@pytest.fixture
def colourful_swarm(further_engine):
    """The manager of a swarm, as a node of which it has three units of a resource."""
    return further_engine("generic resources", ["--node-generic-resource=COLOUR=3"], begin_swarm)


@since("1.32/info-genericresources")
def test_info_lists_what_the_daemon_was_given(colourful_swarm):
    document = colourful_swarm.api.get("/info").json()

    assert array(document, "GenericResources") == [RESOURCE]


@since("1.32/service-genericresources")
def test_node_has_what_the_daemon_was_given(colourful_swarm):
    (node,) = array(colourful_swarm.api.get("/nodes").json())

    assert array(node, "Description.Resources.GenericResources") == [RESOURCE]


def reserve(env, number):
    """A body for POST /services/create with one task that reserves units of the resource."""
    wanted = [{"DiscreteResourceSpec": {"Kind": "COLOUR", "Value": number}}]
    return service_body(env, TaskTemplate={"Resources": {"Reservations": {"GenericResources": wanted}}})


@since("1.32/service-genericresources")
def test_task_runs_where_as_much_is_left_as_its_service_reserves(colourful_swarm):
    api, env, _ = colourful_swarm
    body = reserve(env, 3)

    answer = api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert running_task(env, body["Name"]).run("echo", "here") == "here\n"


@since("1.32/service-genericresources")
def test_task_waits_for_a_node_with_what_its_service_reserves(colourful_swarm):
    api, env, _ = colourful_swarm
    body = reserve(env, 4)

    answer = api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert pending_reason(env, body["Name"]) is not None
