"""What a registry has to do with images, as API v1.23 changed it: identity tokens."""

import pytest

from conformance import assert_progress_fails, assert_progress_succeeds, assert_status, assert_type, at, since
from conformance.testing import encode_credentials


@since("1.23/auth-identitytoken")
def test_auth_answers_with_the_identity_token(api, emulated_registry):
    credentials = {
        "username": emulated_registry.username,
        "password": emulated_registry.password,
        "serveraddress": emulated_registry.address,
    }

    answer = api.post("/auth", json=credentials)

    assert_status(answer, 200)
    assert assert_type(answer.json(), "Status", str)
    assert at(answer.json(), "IdentityToken") == emulated_registry.identity_token


@since("1.23/pull-identitytoken")
@pytest.mark.parametrize("good", [True, False], ids=["good", "another"])
def test_pull_takes_the_identity_token(api, env, emulated_registry, emulated_name, good):
    name, value = emulated_name(), emulated_registry.identity_token if good else "another"

    headers = {"X-Registry-Auth": encode_credentials({"identitytoken": value})}
    answer = api.post("/images/create", {"fromImage": name}, headers=headers)

    if good:
        assert_progress_succeeds(answer)
    else:
        assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 200 if good else 404)
