"""GET /images/get and GET /images/(name)/get, as the reference of API v1.15 describes them."""

from conformance import assert_status, since
from conformance.testing import TAR, unpack
from fixtures.images import names_in


def remove_and_load(env, archive, images):
    """Remove `images` and load the archive; returns those that the daemon then has."""
    ids = [env.get(f"/images/{image}/json")["Id"] for image in images]
    for image in images:
        env.require(env.client.delete(f"/images/{image}"))
    env.client.post("/images/load", body=archive, headers=TAR)
    back = [env.client.get(f"/images/{number}/json").ok for number in ids]
    for image, number, is_back in zip(images, ids, back, strict=True):
        if is_back and not env.client.get(f"/images/{image}/json").ok:
            env.adopt("image", number)
    return [image for image, is_back in zip(images, back, strict=True) if is_back]


@since("1.15/save-repositories-file")
def test_archive_of_one_tag_lists_its_name(api, two_images):
    answer = api.get(f"/images/{two_images[0]}/get")

    assert_status(answer, 200)
    assert names_in(answer.body) == {two_images[0]}


@since("1.15/save-repositories-file")
def test_archive_of_several_tags_lists_every_name(api, two_images):
    answer = api.get("/images/get?names={}&names={}".format(*two_images))

    assert_status(answer, 200)
    assert names_in(answer.body) == set(two_images)


@since("1.15/save-several-images")
def test_archive_holds_every_image(api, env, two_images):
    answer = api.get("/images/get?names={}&names={}".format(*two_images))

    assert_status(answer, 200)
    assert remove_and_load(env, answer.body, two_images) == two_images


@since("1.15/save-one-tag")
def test_archive_of_one_tag_has_no_other(api, env, two_images):
    answer = api.get(f"/images/{two_images[0]}/get")

    assert_status(answer, 200)
    assert remove_and_load(env, answer.body, two_images) == two_images[:1]


@since("1.15/save-by-id-has-no-names")
def test_archive_of_an_id_names_nothing(api, env, two_images):
    image = env.get(f"/images/{two_images[0]}/json")["Id"]

    answer = api.get(f"/images/{image}/get")

    assert_status(answer, 200)
    members = set(unpack(answer.body))
    assert members
    assert not members & {"repositories"}
