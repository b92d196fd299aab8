"""GET /images/(name)/json, as API v1.21 changed it: the image's tags."""

from conformance import assert_type, since
from conformance.testing import familiar_name


@since("1.21/image-inspect-repotags")
def test_every_tag_is_listed(api, env):
    tags = [env.tag_image(), env.tag_image()]

    image = api.get(f"/images/{tags[0]}/json").json()

    assert {*tags, env.image_name} <= listed(image)


@since("1.21/image-inspect-repotags")
def test_a_tag_that_was_taken_away_is_not_listed(api, env):
    tags = [env.tag_image(), env.tag_image()]
    env.remove("image", tags[1])

    image = api.get(f"/images/{tags[0]}/json").json()

    found = listed(image)
    assert (tags[0] in found, tags[1] in found) == (True, False)


def listed(image):
    tags = assert_type(image, "RepoTags", list)
    assert all(isinstance(tag, str) for tag in tags)
    return {familiar_name(tag) for tag in tags}
