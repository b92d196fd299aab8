"""POST /images/create, as API v1.32 changed it: the platform of the image."""

import pytest

from conformance import assert_progress_succeeds, before, since
from conformance.testing import read_image_file


@pytest.fixture
def both_platforms(env, registry, platforms):
    """A name at the registry under which each of two platforms has an image; the content of each, by platform."""

    def push():
        names = dict(zip(platforms, registry.push_new("own", "foreign"), strict=True))
        return registry.push_list(names), {key: f"content of {name}\n" for key, name in names.items()}

    name, contents = env.share("image of two platforms", push)
    return env.adopt("image", name), contents


@since("1.32/pull-platform")
@pytest.mark.parametrize("which", ["own", "foreign"])
def test_image_of_the_platform_is_pulled(api, env, registry, platforms, both_platforms, which):
    name, contents = both_platforms
    platform = getattr(platforms, which)

    answer = api.post(
        "/images/create", {"fromImage": name, "platform": platform}, headers=registry.auth_header()
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == contents[platform]


@before("1.32/pull-platform")
def test_image_of_the_daemons_platform_is_pulled(api, env, registry, platforms, both_platforms):
    name, contents = both_platforms

    answer = api.post(
        "/images/create", {"fromImage": name, "platform": platforms.foreign}, headers=registry.auth_header()
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == contents[platforms.own]
