"""Refusals: the statuses that documents name, and a request that leads to each."""

import secrets

import pytest

from conformance import adopt_if_created, assert_refusal_documented, assert_status, since
from fixtures.swarm import REPLICAS, edit, encode, leave_swarm, service_body, swarm_addresses


@since("reference/refusals-predefined-network")
@pytest.mark.parametrize("name", ["host", "none"])
def test_network_with_a_name_of_the_engine_is_forbidden(api, env, name):
    answer = api.post("/networks/create", json={"Name": name, "Labels": env.labels})

    adopt_if_created(env, "network", answer)
    assert_status(answer, 403)
    assert_refusal_documented(api, answer, "POST /networks/create")


@since("reference/refusals-events-period")
def test_period_that_ends_before_it_begins_is_refused(api):
    answer = api.get("/events", {"since": 10, "until": 5})

    assert_status(answer, 400)
    assert_refusal_documented(api, answer, "GET /events")


@since("reference/refusals-wait-condition")
def test_unknown_condition_is_refused(api, rich_containers):
    answer = api.post(f"/containers/{rich_containers.exited}/wait", {"condition": "asleep"})

    assert_status(answer, 400)
    assert_refusal_documented(api, answer, "POST /containers/(id)/wait")


@since("reference/refusals-detach-keys")
@pytest.mark.parametrize(("method", "path"), [("POST", "attach"), ("GET", "attach/ws")], ids=["attach", "ws"])
def test_keys_that_no_keyboard_has_are_refused(api, rich_containers, method, path):
    query = {"detachKeys": "ctrl-nosuchkey", "stream": 1, "stdout": 1}

    answer = api.request(method, f"/containers/{rich_containers.running}/{path}", query)

    assert_status(answer, 400)


@since("reference/refusals-session-upgrade")
def test_session_without_an_upgrade_is_refused(api):
    answer = api.post("/session")

    assert_status(answer, 400)
    assert_refusal_documented(api, answer, "POST /session")


@since("reference/refusals-swarm-join")
def test_member_of_a_swarm_joins_no_other(swarm):
    body = {**swarm_addresses(), "RemoteAddrs": ["127.0.0.1:1"], "JoinToken": "SWMTKN-1-nosuch"}

    answer = swarm.api.post("/swarm/join", json=body)

    assert_status(answer, 503)
    assert_refusal_documented(swarm.api, answer, "POST /swarm/join")


@since("reference/refusals-swarm-join")
def test_swarm_without_an_address_is_not_joined(alone):
    leave_swarm(alone.env)

    answer = alone.api.post("/swarm/join", json={**swarm_addresses(), "JoinToken": "SWMTKN-1-nosuch"})

    assert_status(answer, 400)
    assert_refusal_documented(alone.api, answer, "POST /swarm/join")


@since("reference/refusals-swarm-update")
def test_update_of_a_swarm_names_a_version(own_swarm):
    _, spec = edit(own_swarm.env, "/swarm")

    answer = own_swarm.api.post("/swarm/update", {"version": "newest"}, json=spec)

    assert_status(answer, 400)
    assert_refusal_documented(own_swarm.api, answer, "POST /swarm/update")


@since("reference/refusals-service-name")
def test_service_with_an_invalid_name_is_not_created(swarm):
    body = {**service_body(swarm.env, **REPLICAS[0]), "Name": "no name"}

    answer = swarm.api.post("/services/create", json=body)

    adopt_if_created(swarm.env, "service", answer)
    assert_status(answer, 400)
    assert_refusal_documented(swarm.api, answer, "POST /services/create")


@since("reference/refusals-service-name")
def test_service_is_not_updated_to_an_invalid_name(swarm, dormant_service):
    path = f"/services/{dormant_service}"

    query, spec = edit(swarm.env, path, Name="no name")
    answer = swarm.api.post(f"{path}/update", query, json=spec)

    assert_status(answer, 400)
    assert_refusal_documented(swarm.api, answer, "POST /services/(id)/update")


@since("reference/refusals-service-network")
def test_service_in_a_network_of_one_engine_is_forbidden(swarm):
    network = swarm.env.share("network of one engine", swarm.env.create_network)
    body = service_body(swarm.env, TaskTemplate={"Networks": [{"Target": network}]}, **REPLICAS[0])

    answer = swarm.api.post("/services/create", json=body)

    adopt_if_created(swarm.env, "service", answer)
    assert_status(answer, 403)
    assert_refusal_documented(swarm.api, answer, "POST /services/create")


@since("reference/refusals-unknown-update")
@pytest.mark.parametrize("kind", ["service", "node"])
def test_unknown_object_of_a_swarm_is_not_updated(swarm, node, dormant_service, kind):
    known = {"service": dormant_service, "node": node}[kind]
    unknown = secrets.token_hex(12)

    query, spec = edit(swarm.env, f"/{kind}s/{known}")
    answer = swarm.api.post(f"/{kind}s/{unknown}/update", query, json=spec)

    assert_status(answer, 404)
    assert_refusal_documented(swarm.api, answer, f"POST /{kind}s/(id)/update")


@since("reference/refusals-unknown-secret")
def test_unknown_secret_is_not_updated(swarm, secret):
    query, spec = edit(swarm.env, f"/secrets/{secret}")
    answer = swarm.api.post(f"/secrets/{secrets.token_hex(12)}/update", query, json=spec)

    assert_status(answer, 404)
    assert_refusal_documented(swarm.api, answer, "POST /secrets/(id)/update")


@since("reference/refusals-secret-name")
def test_second_secret_of_a_name_is_refused(swarm, secret):
    name = swarm.env.get(f"/secrets/{secret}")["Spec"]["Name"]
    body = {"Name": name, "Labels": swarm.env.labels, "Data": encode("sesame")}

    answer = swarm.api.post("/secrets/create", json=body)

    adopt_if_created(swarm.env, "secret", answer)
    assert_status(answer, 409)
    assert_refusal_documented(swarm.api, answer, "POST /secrets/create")


@since("reference/refusals-swarm-address")
def test_swarm_at_an_address_that_is_none_is_not_begun(alone):
    leave_swarm(alone.env)

    body = {"ListenAddr": swarm_addresses()["ListenAddr"], "AdvertiseAddr": "no address"}
    answer = alone.api.post("/swarm/init", json=body)

    assert_status(answer, 400)
    assert_refusal_documented(alone.api, answer, "POST /swarm/init")
