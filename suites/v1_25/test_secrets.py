"""Secrets, as API v1.25 introduced them."""

import pytest

from conformance import ABSENT, assert_status, assert_type, at, since
from fixtures.swarm import as_file, create_secret, create_service, edit, encode, row_about, running_task


@since("1.25/secrets-list")
def test_secret_is_listed_without_its_data(swarm, secret):
    answer = swarm.api.get("/secrets")

    assert_status(answer, 200)
    assert at(row_about(answer.json(), secret), "Spec", "Data") in (ABSENT, None, "")


@since("1.25/secret-create")
def test_secret_is_a_file_in_the_containers_that_are_given_it(swarm):
    name = swarm.env.reserve_name("secret")

    body = {"Name": name, "Labels": swarm.env.labels, "Data": encode("open sesame")}
    answer = swarm.api.post("/secrets/create", json=body)

    assert_status(answer, 201)
    given = as_file(swarm.env, "secret", assert_type(answer.json(), "ID", str), "word")
    service = create_service(swarm.env, TaskTemplate={"ContainerSpec": given})
    assert running_task(swarm.env, service).run("cat", "/run/secrets/word") == "open sesame"


@since("1.25/secret-delete")
def test_secret_is_removed(swarm):
    secret = create_secret(swarm.env)

    answer = swarm.api.delete(f"/secrets/{secret}")

    assert_status(answer, 204)
    assert_status(swarm.env.client.get(f"/secrets/{secret}"), 404)


@since("1.25/secret-inspect")
@pytest.mark.parametrize("query", [{}, {"showsecret": "true"}], ids=["unsaid", "asked for"])
def test_secret_is_described_without_its_data(swarm, secret, query):
    answer = swarm.api.get(f"/secrets/{secret}", query)

    assert_status(answer, 200)
    document = answer.json()
    assert at(document, "ID") == secret
    assert at(document, "Spec", "Name") == swarm.env.get(f"/secrets/{secret}")["Spec"]["Name"]
    assert assert_type(document, "Version.Index", int) > 0
    assert assert_type(document, "CreatedAt", str)
    assert at(document, "Spec", "Data") in (ABSENT, None, "")
    assert b"open sesame" not in answer.body


@since("1.25/secret-update")
def test_labels_of_a_secret_are_changed(swarm):
    secret = create_secret(swarm.env)

    query, spec = edit(swarm.env, f"/secrets/{secret}", Labels={**swarm.env.labels, "colour": "red"})
    answer = swarm.api.post(f"/secrets/{secret}/update", query, json=spec)

    assert_status(answer, 200)
    assert swarm.env.get(f"/secrets/{secret}")["Spec"]["Labels"]["colour"] == "red"
