"""Secrets, as API v1.31 changed them."""

import pytest

from conformance import ABSENT, adopt_if_created, assert_status, at, since
from fixtures.swarm import create_secret, edit, encode, row_about


@since("1.31/secret-delete-404")
def test_unknown_secret_is_not_found(swarm):
    answer = swarm.api.delete(f"/secrets/{swarm.env.prefix}nosuch")

    assert_status(answer, 404)


@since("1.31/secret-create-409")
def test_second_secret_of_a_name_is_a_conflict(swarm, secret):
    name = swarm.env.get(f"/secrets/{secret}")["Spec"]["Name"]

    answer = swarm.api.post("/secrets/create", json={"Name": name, "Data": encode("another")})

    adopt_if_created(swarm.env, "secret", answer)
    assert_status(answer, 409)


@since("1.31/secret-update-400")
def test_change_of_the_data_of_a_secret_is_a_bad_parameter(swarm):
    secret = create_secret(swarm.env)

    query, spec = edit(swarm.env, f"/secrets/{secret}", Data=encode("another"))
    answer = swarm.api.post(f"/secrets/{secret}/update", query, json=spec)

    assert_status(answer, 400)


@pytest.fixture
def stored_secret(experimental_swarm, secret_store):
    """The id of a secret that an external store keeps, which no check changes; and its driver."""
    driver = {"Name": secret_store.name, "Options": {"colour": "red"}}
    return experimental_swarm.env.share(
        "stored secret", lambda: (create_secret(experimental_swarm.env, Data=None, Driver=driver), driver)
    )


@since("1.31/secret-get-driver")
@pytest.mark.parametrize("path", ["/secrets", "/secrets/(id)"])
def test_driver_of_a_secret_is_returned(experimental_swarm, stored_secret, path):
    secret, driver = stored_secret

    document = experimental_swarm.api.get(path.replace("(id)", secret)).json()

    assert at(row_about(document, secret), "Spec", "Driver") == driver


@since("1.31/secret-get-driver")
@pytest.mark.parametrize("path", ["/secrets", "/secrets/(id)"])
def test_secret_of_the_swarm_has_no_driver(swarm, secret, path):
    document = swarm.api.get(path.replace("(id)", secret)).json()

    assert at(row_about(document, secret), "Spec", "Driver") is ABSENT
