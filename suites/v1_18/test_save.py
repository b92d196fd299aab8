"""The repositories file of a saved image, which the references from API v1.18 on recommend and no longer promise."""

from conformance import assert_status, since
from fixtures.images import names_in_repositories


@since("1.18/save-repositories-file")
def test_archive_of_one_tag_lists_its_name(api, two_images):
    answer = api.get(f"/images/{two_images[0]}/get")

    assert_status(answer, 200)
    assert names_in_repositories(answer.body) == {two_images[0]}


@since("1.18/save-repositories-file")
def test_archive_of_several_tags_lists_every_name(api, two_images):
    answer = api.get("/images/get?names={}&names={}".format(*two_images))

    assert_status(answer, 200)
    assert names_in_repositories(answer.body) == set(two_images)
