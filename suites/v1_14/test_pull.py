"""POST /images/create with fromImage, as API v1.14 changed it: names with a tag."""

from conformance import after, assert_progress_succeeds, since
from conformance.testing import progress_error


def existing(env, names):
    return [name for name in names if env.client.get(f"/images/{name}/json").ok]


def tag_of(name):
    return name.rpartition(":")[2]


@since("1.14/pull-takes-name-with-tag")
def test_that_tag_comes_and_no_other(api, env, registry, pullable_images):
    answer = api.post("/images/create", {"fromImage": pullable_images[0]}, headers=registry.auth_header())

    assert_progress_succeeds(answer)
    assert existing(env, pullable_images) == pullable_images[:1]


@since("1.14/pull-takes-name-beside-tag")
def test_the_tag_of_the_parameter_comes_and_no_other(api, env, registry, pullable_images):
    repository, _, tag = pullable_images[0].rpartition(":")

    answer = api.post("/images/create", {"fromImage": repository, "tag": tag}, headers=registry.auth_header())

    assert_progress_succeeds(answer)
    assert existing(env, pullable_images) == pullable_images[:1]


@since("1.14/pull-with-two-tags-is-an-error")
def test_a_second_tag_is_an_error(api, env, registry, pullable_images):
    answer = api.post(
        "/images/create",
        {"fromImage": pullable_images[0], "tag": tag_of(pullable_images[1])},
        headers=registry.auth_header(),
    )

    assert progress_error(answer), (
        "a pull with a tag in fromImage and another in tag is an error; it succeeds"
    )
    assert existing(env, pullable_images) == []


@after("1.14/pull-with-two-tags-is-an-error")
def test_the_tag_parameter_wins(api, env, registry, pullable_images):
    answer = api.post(
        "/images/create",
        {"fromImage": pullable_images[0], "tag": tag_of(pullable_images[1])},
        headers=registry.auth_header(),
    )

    assert_progress_succeeds(answer)
    assert existing(env, pullable_images) == [pullable_images[1]]
