"""Credentials for a registry: in the header of a push and of a pull, and checked by POST /auth."""

import pytest

from conformance import (
    assert_alive,
    assert_progress_fails,
    assert_progress_succeeds,
    assert_refused,
    assert_status,
    at,
    since,
)
from conformance.testing import encode_credentials, import_image

REFUSED = ["no header", "wrong password", "wrong user", "garbage"]


def refused(registry, what):
    """Headers that the registry refuses."""
    return {
        "no header": {},
        "wrong password": registry.auth_header(password=f"not {registry.credentials()['password']}"),
        "wrong user": registry.auth_header(username="nobody"),
        "garbage": {"X-Registry-Auth": "%%% no base64"},
    }[what]


@pytest.fixture
def local(env, registry):
    """A name of the registry for an image that only the daemon has."""
    (name,) = registry.reserve_names("1")
    repository, _, tag = name.rpartition(":")
    source = env.share("small image", lambda: import_image(env, b"a small image\n"))
    env.post(f"/images/{source}/tag", {"repo": repository, "tag": tag})
    return name


@pytest.fixture
def url_safe(registry):
    """A header with credentials whose encoding has both characters in which the alphabets of Base64 differ."""
    for shift in range(3):
        encoded = encode_credentials(registry.credentials(email="x" * shift + ">>>???>>>???@example.com"))
        if "-" in encoded and "_" in encoded:
            return {"X-Registry-Auth": encoded}
    raise AssertionError("no shift gives both signs")


def push(api, name, headers):
    repository, _, tag = name.rpartition(":")
    return api.post(f"/images/{repository}/push", {"tag": tag}, headers=headers)


@since("general/push-takes-credentials-in-header")
def test_push_with_credentials_arrives(api, registry, local):
    answer = push(api, local, registry.auth_header())

    assert_progress_succeeds(answer)
    assert_status(answer, 200)
    assert registry.digest(local)


@since("general/push-takes-credentials-in-header")
@pytest.mark.parametrize("what", REFUSED)
def test_push_without_them_ends_in_an_error(api, registry, local, what):
    answer = push(api, local, refused(registry, what))

    assert_progress_fails(answer)
    assert registry.digest(local) == ""


@since("general/credentials-have-five-members")
def test_push_with_five_members_arrives(api, daemon, registry, local):
    credentials = {
        "username": daemon.registry.username,
        "password": daemon.registry.password,
        "email": "conformance@example.com",
        "serveraddress": daemon.registry.address,
        "auth": "",
    }

    answer = push(api, local, {"X-Registry-Auth": encode_credentials(credentials)})

    assert_progress_succeeds(answer)
    assert registry.digest(local)


@since("general/credentials-are-base64url")
def test_push_takes_the_url_safe_alphabet(api, registry, local, url_safe):
    answer = push(api, local, url_safe)

    assert_progress_succeeds(answer)
    assert registry.digest(local)


@since("general/credentials-are-base64url")
def test_pull_takes_the_url_safe_alphabet(api, env, pullable_images, url_safe):
    answer = api.post("/images/create", {"fromImage": pullable_images[0]}, headers=url_safe)

    assert_progress_succeeds(answer)
    assert_status(env.client.get(f"/images/{pullable_images[0]}/json"), 200)


@since("general/pull-takes-credentials-in-header")
def test_pull_with_credentials_brings_the_image(api, env, registry, pullable_images):
    answer = api.post("/images/create", {"fromImage": pullable_images[0]}, headers=registry.auth_header())

    assert_progress_succeeds(answer)
    assert_status(env.client.get(f"/images/{pullable_images[0]}/json"), 200)


@since("general/pull-takes-credentials-in-header")
@pytest.mark.parametrize("what", REFUSED)
def test_pull_without_them_ends_in_an_error(api, env, registry, pullable_images, what):
    answer = api.post("/images/create", {"fromImage": pullable_images[0]}, headers=refused(registry, what))

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{pullable_images[0]}/json"), 404)


@since("general/pull-answers-json-messages")
def test_pull_tells_its_progress_in_json(api, registry, pullable_images):
    answer = api.post("/images/create", {"fromImage": pullable_images[0]}, headers=registry.auth_header())

    assert_status(answer, 200)
    assert answer.media_type == "application/json"
    messages = answer.messages()
    assert all(isinstance(message, dict) for message in messages)
    assert [message for message in messages if isinstance(at(message, "status"), str)]
    assert_progress_succeeds(answer)


@since("general/auth-checks-credentials")
def test_good_credentials_are_taken(api, registry):
    answer = api.post("/auth", json=registry.credentials())

    assert_status(answer, 200, 204)


@since("general/auth-refuses-wrong-credentials")
@pytest.mark.parametrize(
    "members", [{"password": "not this one"}, {"username": "nobody"}], ids=["password", "user"]
)
def test_wrong_credentials_are_refused(api, registry, members):
    good = api.post("/auth", json=registry.credentials())
    answer = api.post("/auth", json=registry.credentials(**members))

    assert_status(good, 200, 204)
    assert_refused(answer)
    assert_alive(api)
