"""The documented refusals of the image endpoints: missing images, images in use, invalid names."""

import base64

import pytest

from conformance import assert_alive, assert_progress_fails, assert_status, assert_success, since
from conformance.testing import image_in_use, import_image

#: An address without a registry, so that a request of the daemon is refused at once.
NO_REGISTRY = "127.0.0.1:1"
NO_CREDENTIALS = {"X-Registry-Auth": base64.urlsafe_b64encode(b"{}").decode()}


@pytest.fixture
def unknown_image(env):
    """A name that no image has."""
    return f"{env.prefix}unknown:1"


def exists(env):
    """Says whether an image of a name is still there."""
    return lambda name: env.client.get(f"/images/{name}/json").ok


@since("general/image-inspect-missing")
def test_inspect_of_an_unknown_image_is_not_found(api, unknown_image):
    answer = api.get(f"/images/{unknown_image}/json")

    assert_status(answer, 404)


@since("general/image-history-missing")
def test_history_of_an_unknown_image_is_not_found(api, unknown_image):
    answer = api.get(f"/images/{unknown_image}/history")

    assert_status(answer, 404)


@since("general/image-delete-missing")
@pytest.mark.parametrize("query", [{}, {"force": 1}], ids=["plain", "force"])
def test_delete_of_an_unknown_image_is_not_found(api, unknown_image, query):
    answer = api.delete(f"/images/{unknown_image}", query)

    assert_status(answer, 404)


@since("general/image-delete-in-use")
def test_delete_of_an_image_in_use_is_a_conflict(api, env):
    used = image_in_use(env)

    answer = api.delete(f"/images/{used}")

    assert_status(answer, 409)
    assert_success(env.client.get(f"/images/{used}/json"))


@since("general/image-tag-missing")
def test_tagging_an_unknown_image_is_not_found(api, env, unknown_image):
    repo, _, tag = env.reserve_name("image").rpartition(":")

    answer = api.post(f"/images/{unknown_image}/tag", {"repo": repo, "tag": tag})

    assert_status(answer, 404)


@since("general/image-tag-bad-parameter")
@pytest.mark.parametrize(
    ("repo", "tag"),
    [
        pytest.param("Upper", "1", id="upper case"),
        pytest.param("two words", "1", id="space"),
        pytest.param("empty//part", "1", id="empty part"),
        pytest.param("repo", "not/a/tag", id="slash in the tag"),
        pytest.param("repo", "x" * 129, id="long tag"),
    ],
)
def test_what_cannot_be_a_name_is_a_bad_parameter(api, env, repo, tag):
    source = env.share_while("image to tag", lambda: import_image(env, b"an image to tag\n"), exists(env))

    answer = api.post(f"/images/{source}/tag", {"repo": f"{env.prefix}{repo}", "tag": tag})

    if answer.ok:
        # Removed by its id: the name that was accepted may be one that no path can have.
        env.adopt("image", env.get(f"/images/{source}/json")["Id"])
    assert_status(answer, 400)
    assert_alive(api)


@since("general/image-tag-conflict")
def test_taking_a_name_without_force_is_a_conflict(api, env):
    source = env.share("small image", lambda: import_image(env, b"a small image\n"))
    name = env.tag_image(source)
    repo, _, tag = name.rpartition(":")
    owner = env.get(f"/images/{source}/json")["Id"]

    answer = api.post(f"/images/{env.image}/tag", {"repo": repo, "tag": tag})

    assert_status(answer, 409)
    assert env.get(f"/images/{name}/json")["Id"] == owner


@since("general/image-push-missing")
def test_push_of_an_unknown_image_ends_in_an_error(api, unknown_image):
    answer = api.post(
        f"/images/{NO_REGISTRY}/{unknown_image.rpartition(':')[0]}/push", {"tag": "1"}, headers=NO_CREDENTIALS
    )

    assert_progress_fails(answer)
    assert_status(answer, 200, 404)
