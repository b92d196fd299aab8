"""GET /images/(name)/json, as API v1.49 changed it: the platform."""

from conformance import assert_refused, assert_status, at, before, since
from fixtures.images import describe_platform


@since("1.49/images-inspect-platform")
def test_image_of_the_platform_is_found(api, env, platforms):
    answer = api.get(f"/images/{env.image}/json", {"platform": describe_platform(platforms.own)})

    assert_status(answer, 200)
    assert at(answer.json(), "Architecture") == platforms.own.partition("/")[2]


@since("1.49/images-inspect-platform")
def test_image_of_another_platform_is_refused(api, env, platforms):
    answer = api.get(f"/images/{env.image}/json", {"platform": describe_platform(platforms.foreign)})

    assert_refused(answer)


@since("1.49/images-inspect-platform-manifests")
def test_platform_and_manifests_exclude_each_other(api, env, platforms):
    query = {"platform": describe_platform(platforms.own), "manifests": 1}
    answer = api.get(f"/images/{env.image}/json", query)

    assert_refused(answer)


@before("1.49/images-inspect-platform")
def test_image_is_found_whatever_the_platform(api, env, platforms):
    answer = api.get(f"/images/{env.image}/json", {"platform": describe_platform(platforms.foreign)})

    assert_status(answer, 200)
