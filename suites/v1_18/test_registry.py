"""What a registry has to do with images, as API v1.18 changed it: digests, and what cannot be pulled."""

import pytest

from conformance import array, assert_progress_fails, assert_status, at, since


@pytest.fixture
def pulled_image(env, registry):
    """The id of a shared pulled image, and a reference to it by its digest at the registry."""

    def make():
        (name,) = registry.push_new("1")
        return registry.pull(name), f"{name.rpartition(':')[0]}@{registry.digest(name)}"

    return env.share("held", make)


@since("1.18/images-repodigests")
def test_list_shows_the_digest(api, pulled_image):
    number, reference = pulled_image

    rows = array(api.get("/images/json", {"digests": 1}).json())

    found = [at(row, "RepoDigests") for row in rows if at(row, "Id") == number]
    assert [isinstance(digests, list) and digests.count(reference) for digests in found] == [1]


@since("1.18/repodigests-reference")
def test_digest_names_the_image(api, pulled_image):
    number, reference = pulled_image

    image = api.get(f"/images/{reference}/json").json()

    assert image["Id"] == number


@since("1.18/pull-unknown")
def test_pull_from_an_unknown_repository_is_not_found(api, env, registry):
    name = env.adopt("image", f"{registry.repository}-unknown:1")

    answer = api.post("/images/create", {"fromImage": name}, headers=registry.auth_header())

    assert_progress_fails(answer)
    assert_status(answer, 200, 404)
    assert_status(env.client.get(f"/images/{name}/json"), 404)
