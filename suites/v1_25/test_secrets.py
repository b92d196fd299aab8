"""Secrets, as API v1.25 introduced them."""

import base64

import pytest

from conformance import array, at, since


@pytest.fixture
def secret(swarm):
    """A secret, which checks only read: its id."""

    def make():
        name = swarm.env.reserve_name("secret")
        body = {"Name": name, "Labels": swarm.env.labels, "Data": base64.b64encode(b"open sesame").decode()}
        return swarm.env.post("/secrets/create", json=body).json()["ID"]

    return swarm.env.share("secret", make)


@since("1.25/secrets-list")
def test_secret_is_listed(swarm, secret):
    rows = array(swarm.api.get("/secrets").json())

    assert secret in [at(row, "ID") for row in rows]
