"""The shapes of answers about a swarm, as the documents from API v1.25 on have them."""

import pytest

from conformance import assert_documented, assert_refusal_documented, assert_status, since
from fixtures.swarm import REPLICAS, edit, encode, leave_swarm, service_body


@since("reference/shapes-swarm-inspect")
def test_swarm_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get("/swarm")

    assert_documented(api, answer, "GET /swarm")


@since("reference/shapes-swarm-info")
@pytest.mark.parametrize("path", ["/info", "/version"])
def test_manager_with_experimental_features_is_as_documented(rich_swarm, path):
    api = rich_swarm.engine.api

    answer = api.get(path)

    assert_documented(api, answer, f"GET {path}")


@since("reference/shapes-swarm-unlock-key")
def test_key_to_unlock_with_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get("/swarm/unlockkey")

    assert_documented(api, answer, "GET /swarm/unlockkey")


@since("reference/shapes-node-list")
def test_list_of_nodes_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get("/nodes")

    assert_documented(api, answer, "GET /nodes")


@since("reference/shapes-node-inspect")
def test_inspected_node_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get(f"/nodes/{rich_swarm.node}")

    assert_documented(api, answer, "GET /nodes/(id)")


@since("reference/shapes-service-list")
def test_list_of_services_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get("/services", {"status": True})

    assert_documented(api, answer, "GET /services")


@since("reference/shapes-service-inspect")
@pytest.mark.parametrize(
    "which", ["rich", "updated", "config", "file", "registry", "job", "job on each node"]
)
def test_inspected_service_is_as_documented(rich_swarm, which):
    api = rich_swarm.engine.api

    answer = api.get(f"/services/{rich_swarm.services[which]}", {"insertDefaults": True})

    assert_documented(api, answer, "GET /services/(id)")


@since("reference/shapes-service-create")
def test_answer_to_service_create_is_as_documented(rich_swarm):
    api, env, _ = rich_swarm.engine

    answer = api.post("/services/create", json=service_body(env, **REPLICAS[0]))

    assert_documented(api, answer, "POST /services/create")


@since("reference/shapes-service-update")
def test_answer_to_service_update_is_as_documented(rich_swarm):
    api, env, _ = rich_swarm.engine
    path = f"/services/{rich_swarm.services['updated']}"

    query, spec = edit(env, path)
    answer = api.post(f"{path}/update", query, json=spec)

    assert_documented(api, answer, "POST /services/(id)/update")


@since("reference/shapes-task-list")
def test_list_of_tasks_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get("/tasks")

    assert_documented(api, answer, "GET /tasks")


@since("reference/shapes-task-inspect")
@pytest.mark.parametrize("which", ["rich", "given", "config", "file", "registry", "job"])
def test_inspected_task_is_as_documented(rich_swarm, which):
    api = rich_swarm.engine.api

    answer = api.get(f"/tasks/{rich_swarm.tasks[which]}")

    assert_documented(api, answer, "GET /tasks/(id)")


@since("reference/shapes-secret-list")
def test_list_of_secrets_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get("/secrets", {"filters": {"id": [rich_swarm.secret]}})

    assert_documented(api, answer, "GET /secrets")


@since("reference/shapes-secret-inspect")
def test_inspected_secret_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get(f"/secrets/{rich_swarm.secret}")

    assert_documented(api, answer, "GET /secrets/(id)")


@since("reference/shapes-secret-create")
def test_answer_to_secret_create_is_as_documented(rich_swarm):
    api, env, _ = rich_swarm.engine
    body = {"Name": env.reserve_name("secret"), "Labels": env.labels, "Data": encode("sesame")}

    answer = api.post("/secrets/create", json=body)

    assert_documented(api, answer, "POST /secrets/create")


@since("reference/shapes-config-list")
def test_list_of_configs_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get("/configs", {"filters": {"id": [rich_swarm.config]}})

    assert_documented(api, answer, "GET /configs")


@since("reference/shapes-config-inspect")
def test_inspected_config_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get(f"/configs/{rich_swarm.config}")

    assert_documented(api, answer, "GET /configs/(id)")


@since("reference/shapes-config-create")
def test_answer_to_config_create_is_as_documented(rich_swarm):
    api, env, _ = rich_swarm.engine
    body = {"Name": env.reserve_name("config"), "Labels": env.labels, "Data": encode("colour=red")}

    answer = api.post("/configs/create", json=body)

    assert_documented(api, answer, "POST /configs/create")


@since("reference/shapes-network-overlay")
def test_network_of_a_swarm_is_as_documented(rich_swarm):
    api = rich_swarm.engine.api

    answer = api.get(f"/networks/{rich_swarm.network}", {"verbose": True, "scope": "swarm"})

    assert_documented(api, answer, "GET /networks/(id)")


#: Operations that need a swarm, by the version from which a document says what they answer outside of one.
NEEDS_SWARM = {
    "1.25": [
        "POST /services/create",
        "POST /swarm/leave",
        "POST /swarm/update",
        "GET /secrets",
    ],
    "1.27": [
        "GET /swarm",
        "GET /swarm/unlockkey",
        "POST /swarm/unlock",
        "GET /nodes",
        "GET /nodes/(id)",
        "DELETE /nodes/(id)",
        "POST /nodes/(id)/update",
        "GET /services",
        "GET /services/(id)",
        "DELETE /services/(id)",
        "POST /services/(id)/update",
        "GET /services/(id)/logs",
        "GET /tasks",
        "GET /tasks/(id)",
        "GET /secrets/(id)",
        "DELETE /secrets/(id)",
        "POST /secrets/create",
        "POST /secrets/(id)/update",
    ],
    "1.30": [
        "GET /tasks/(id)/logs",
        "GET /configs",
        "GET /configs/(id)",
        "DELETE /configs/(id)",
        "POST /configs/create",
        "POST /configs/(id)/update",
    ],
}
#: What those operations need besides, so that nothing but the swarm is missing.
QUERIES = {"update": {"version": 1}, "logs": {"stdout": True}}
BODIES = {
    "POST /swarm/unlock": {"UnlockKey": "SWMKEY-1-7c37Cc8654o6p38HnroywCi19pllOnGtbdZEgtKxZu8"},
    "POST /services/create": {
        "Name": "nosuch",
        "TaskTemplate": {"ContainerSpec": {"Image": "nosuch"}},
    },
    "POST /secrets/create": {"Name": "nosuch", "Data": encode("x")},
    "POST /configs/create": {"Name": "nosuch", "Data": encode("x")},
}
UNKNOWN = "no-such-object"


def ask(api, operation):
    """Send a request of an operation about an object that does not exist."""
    method, _, path = operation.partition(" ")
    body = BODIES.get(operation, {"Name": "nosuch"} if path.endswith("/update") else None)
    query = QUERIES.get(path.rpartition("/")[2])
    return api.request(method, path.replace("(id)", UNKNOWN), query, **({"json": body} if body else {}))


def assert_not_in_a_swarm(alone, operation):
    leave_swarm(alone.env)

    answer = ask(alone.api, operation)

    assert_status(answer, 503)
    assert_refusal_documented(alone.api, answer, operation)


@since("reference/shapes-no-swarm")
@pytest.mark.parametrize("operation", NEEDS_SWARM["1.25"])
def test_change_outside_of_a_swarm_is_refused_as_documented(alone, operation):
    assert_not_in_a_swarm(alone, operation)


@since("reference/shapes-no-swarm-objects")
@pytest.mark.parametrize("operation", NEEDS_SWARM["1.27"])
def test_request_outside_of_a_swarm_is_refused_as_documented(alone, operation):
    assert_not_in_a_swarm(alone, operation)


@since("reference/shapes-no-swarm-configs")
@pytest.mark.parametrize("operation", NEEDS_SWARM["1.30"])
def test_later_request_outside_of_a_swarm_is_refused_as_documented(alone, operation):
    assert_not_in_a_swarm(alone, operation)


#: Operations about an object of a swarm, by the version that has them.
ABOUT_AN_OBJECT = {
    "1.25": [
        "GET /nodes/(id)",
        "DELETE /nodes/(id)",
        "GET /services/(id)",
        "DELETE /services/(id)",
        "GET /tasks/(id)",
        "GET /secrets/(id)",
        "DELETE /secrets/(id)",
    ],
    "1.30": [
        "GET /configs/(id)",
        "DELETE /configs/(id)",
        "POST /secrets/(id)/update",
        "POST /configs/(id)/update",
        "GET /services/(id)/logs",
        "GET /tasks/(id)/logs",
    ],
}


@since("reference/shapes-swarm-unknown")
@pytest.mark.parametrize("operation", ABOUT_AN_OBJECT["1.25"])
def test_unknown_object_of_a_swarm_is_refused_as_documented(swarm, operation):
    answer = ask(swarm.api, operation)

    assert_status(answer, 404)
    assert_refusal_documented(swarm.api, answer, operation)


@since("reference/shapes-swarm-unknown-configs")
@pytest.mark.parametrize("operation", ABOUT_AN_OBJECT["1.30"])
def test_later_request_about_an_unknown_object_of_a_swarm_is_refused_as_documented(swarm, operation):
    answer = ask(swarm.api, operation)

    assert_status(answer, 404)
    assert_refusal_documented(swarm.api, answer, operation)
