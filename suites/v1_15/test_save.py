"""GET /images/get and GET /images/(name)/get, as the reference of API v1.15 describes them."""

import pytest

from conformance import assert_status, since
from conformance.testing import familiar_name, import_image, parse_json, unpack


@pytest.fixture
def pair(env):
    """Two images of different content with two tags of one repository; a check may remove them."""

    def name_them():
        first = env.reserve_name("image")
        return [first, env.adopt("image", first.rpartition(":")[0] + ":2")]

    pair = env.share("images to save", name_them)
    for name in pair:
        if not env.client.get(f"/images/{name}/json").ok:
            import_image(env, f"content of {name}\n".encode(), name)
    return pair


def names(archive):
    """The names in an archive's repositories file, each as repository:tag."""
    file = unpack(archive).get("repositories")
    assert file is not None, "expected a file named repositories in the archive"
    repositories = parse_json(file.content)
    assert isinstance(repositories, dict)
    return {f"{familiar_name(repository)}:{tag}" for repository, tags in repositories.items() for tag in tags}


def remove_and_load(env, archive, images):
    """Remove `images` and load the archive; returns those that the daemon then has."""
    ids = [env.get(f"/images/{image}/json")["Id"] for image in images]
    for image in images:
        env.require(env.client.delete(f"/images/{image}"))
    env.client.post("/images/load", body=archive, headers={"Content-Type": "application/x-tar"})
    back = [env.client.get(f"/images/{number}/json").ok for number in ids]
    for image, number, is_back in zip(images, ids, back, strict=True):
        if is_back and not env.client.get(f"/images/{image}/json").ok:
            env.adopt("image", number)
    return [image for image, is_back in zip(images, back, strict=True) if is_back]


@since("1.15/save-several-images")
def test_archive_lists_every_name(api, pair):
    answer = api.get("/images/get?names={}&names={}".format(*pair))

    assert_status(answer, 200)
    assert names(answer.body) == set(pair)


@since("1.15/save-several-images")
def test_archive_holds_every_image(api, env, pair):
    answer = api.get("/images/get?names={}&names={}".format(*pair))

    assert_status(answer, 200)
    assert remove_and_load(env, answer.body, pair) == pair


@since("1.15/save-one-tag")
def test_archive_of_one_tag_has_no_other(api, env, pair):
    answer = api.get(f"/images/{pair[0]}/get")

    assert_status(answer, 200)
    assert names(answer.body) == {pair[0]}
    assert remove_and_load(env, answer.body, pair) == pair[:1]


@since("1.15/save-by-id-has-no-names")
def test_archive_of_an_id_names_nothing(api, env, pair):
    image = env.get(f"/images/{pair[0]}/json")["Id"]

    answer = api.get(f"/images/{image}/get")

    assert_status(answer, 200)
    members = set(unpack(answer.body))
    assert members
    assert not members & {"repositories"}
