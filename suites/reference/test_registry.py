"""Pull, push and login, as the references describe them beyond the credentials."""

import pytest

from conformance import assert_progress_fails, assert_progress_succeeds, assert_status, at, since
from conformance.testing import RegistryImages, encode_credentials, import_image, read_image_file


@pytest.fixture
def two_tags(env, registry):
    """Two names of one repository, with different images that the daemon alone has."""
    names = registry.reserve_names("1", "2")
    for name in names:
        import_image(env, f"content of {name}\n".encode(), name)
    return names


@since("reference/registry-push-answer")
def test_push_tells_its_progress_in_json(api, registry, two_tags):
    repository, _, tag = two_tags[0].rpartition(":")

    answer = api.post(f"/images/{repository}/push", {"tag": tag}, headers=registry.auth_header())

    assert_status(answer, 200)
    assert answer.media_type == "application/json"
    assert [message for message in answer.messages() if isinstance(at(message, "status"), str)]


@since("reference/registry-push-tag")
def test_push_of_a_tag_brings_that_tag_alone(api, registry, two_tags):
    repository, _, tag = two_tags[0].rpartition(":")

    answer = api.post(f"/images/{repository}/push", {"tag": tag}, headers=registry.auth_header())

    assert_progress_succeeds(answer)
    assert [bool(registry.digest(name)) for name in two_tags] == [True, False]


@since("reference/registry-push-unknown-tag")
def test_push_of_a_tag_that_is_not_there_ends_in_an_error(api, registry, two_tags):
    repository = two_tags[0].rpartition(":")[0]

    answer = api.post(f"/images/{repository}/push", {"tag": "nosuch"}, headers=registry.auth_header())

    assert_progress_fails(answer)


@since("reference/registry-pull-again")
def test_a_second_pull_brings_what_the_registry_has_meanwhile(api, env, registry, pullable_images):
    name = pullable_images[0]
    repository, _, tag = name.rpartition(":")
    outdated = env.share("outdated image", lambda: import_image(env, b"outdated\n"))
    env.post(f"/images/{outdated}/tag", {"repo": repository, "tag": tag})

    answer = api.post("/images/create", {"fromImage": name}, headers=registry.auth_header())

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == f"content of {name}\n"


@since("reference/registry-pull-answer")
def test_the_rows_of_a_pull_name_what_they_are_about(api, registry, pullable_images):
    name = pullable_images[0]

    answer = api.post("/images/create", {"fromImage": name}, headers=registry.auth_header())

    rows = answer.messages()
    assert all(isinstance(at(row, "status"), str) or isinstance(at(row, "error"), str) for row in rows), rows
    assert any(name.rpartition("/")[2].rpartition(":")[0] in str(row) for row in rows), (
        "no row names the repository"
    )


@since("reference/registry-pull-bad-name")
@pytest.mark.parametrize("name", ["UPPER/Case", "two//parts", "spa ce", "trailing/"])
def test_a_pull_of_what_cannot_be_a_name_ends_in_an_error(api, name):
    answer = api.post("/images/create", {"fromImage": name, "tag": "1"})

    assert_progress_fails(answer)


@since("reference/registry-login-minimal")
def test_two_members_of_credentials_are_enough_beside_the_address(api, registry):
    document = registry.credentials()

    answer = api.post(
        "/auth", json={name: document[name] for name in ("username", "password", "serveraddress")}
    )

    assert_status(answer, 200, 204)


@since("reference/registry-credentials-minimal")
def test_a_push_takes_user_and_password_alone(api, registry, two_tags):
    repository, _, tag = two_tags[0].rpartition(":")
    document = {name: registry.credentials()[name] for name in ("username", "password")}
    headers = {"X-Registry-Auth": encode_credentials(document)}

    answer = api.post(f"/images/{repository}/push", {"tag": tag}, headers=headers)

    assert_progress_succeeds(answer)
    assert registry.digest(two_tags[0])


@pytest.fixture
def whole_repository(env, daemon):
    """The names of a repository, all of its tags, which the registry has and the daemon does not; a check may pull them."""
    names = env.share("whole repository", lambda: RegistryImages(env, daemon.registry).push_new("1", "2"))
    return [env.adopt("image", name) for name in names]


@since("reference/registry-pull-all-tags")
def test_a_pull_without_a_tag_brings_every_tag(api, env, registry, whole_repository):
    repository = whole_repository[0].rpartition(":")[0]

    answer = api.post("/images/create", {"fromImage": repository}, headers=registry.auth_header())

    assert_progress_succeeds(answer)
    assert [env.client.get(f"/images/{name}/json").status for name in whole_repository] == [200, 200]


@since("reference/registry-pull-digest")
def test_an_image_is_pulled_by_its_digest(api, env, registry, pullable_images):
    name = pullable_images[0]
    reference = f"{name.rpartition(':')[0]}@{registry.digest(name)}"

    answer = api.post("/images/create", {"fromImage": reference}, headers=registry.auth_header())

    assert_progress_succeeds(answer)
    found = env.client.get(f"/images/{reference}/json")
    assert_status(found, 200)
    image = env.adopt("image", at(found.json(), "Id"))
    assert read_image_file(env, image, "/file") == f"content of {name}\n"


@since("reference/registry-push-all-tags")
def test_push_without_a_tag_brings_all_tags(api, registry, two_tags):
    repository = two_tags[0].rpartition(":")[0]

    answer = api.post(f"/images/{repository}/push", headers=registry.auth_header())

    assert_progress_succeeds(answer)
    assert [bool(registry.digest(name)) for name in two_tags] == [True, True]
