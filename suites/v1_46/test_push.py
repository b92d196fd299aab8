"""POST /images/(name)/push, as API v1.46 changed it: the platform."""

import pytest

from conformance import assert_progress_fails, assert_progress_succeeds, since
from conformance.testing import import_image
from fixtures.images import describe_platform


@pytest.fixture
def unpushed(env, registry):
    """A name of the registry for an image that only the daemon has."""
    [name] = registry.reserve_names("1")
    return import_image(env, f"content of {name}\n".encode(), name)


@since("1.46/push-platform")
def test_image_of_the_platform_is_pushed(api, registry, platforms, unpushed):
    repository, _, tag = unpushed.rpartition(":")

    query = {"tag": tag, "platform": describe_platform(platforms.own)}
    answer = api.post(f"/images/{repository}/push", query, headers=registry.auth_header())

    assert_progress_succeeds(answer)
    assert registry.digest(unpushed)


@since("1.46/push-platform")
def test_image_of_another_platform_is_not_pushed(api, registry, platforms, unpushed):
    repository, _, tag = unpushed.rpartition(":")

    query = {"tag": tag, "platform": describe_platform(platforms.foreign)}
    answer = api.post(f"/images/{repository}/push", query, headers=registry.auth_header())

    assert_progress_fails(answer)
    assert not registry.digest(unpushed)
