"""Images, as API v1.48 changed what is asked of them: the platform."""

import pytest

from conformance import array, assert_refused, assert_status, at, before, since
from conformance.testing import TAR, unpack
from fixtures.images import describe_platform


@since("1.48/history-platform")
def test_history_of_the_platform_is_shown(api, env, platforms):
    answer = api.get(f"/images/{env.image}/history", {"platform": describe_platform(platforms.own)})

    assert_status(answer, 200)
    assert answer.json()


@since("1.48/history-platform")
def test_history_of_another_platform_is_not_found(api, env, platforms):
    answer = api.get(f"/images/{env.image}/history", {"platform": describe_platform(platforms.foreign)})

    assert_status(answer, 404)


@before("1.48/history-platform")
def test_history_is_shown_whatever_the_platform(api, env, platforms):
    answer = api.get(f"/images/{env.image}/history", {"platform": describe_platform(platforms.foreign)})

    assert_status(answer, 200)


@since("1.48/save-platform")
def test_image_of_the_platform_is_saved(api, env, platforms):
    answer = api.get(f"/images/{env.image}/get", {"platform": describe_platform(platforms.own)})

    assert_status(answer, 200)
    assert "manifest.json" in unpack(answer.body)


@since("1.48/save-platform")
def test_image_of_another_platform_is_not_saved(api, env, platforms):
    answer = api.get(f"/images/{env.image}/get", {"platform": describe_platform(platforms.foreign)})

    assert_refused(answer)


@before("1.48/save-platform")
def test_image_is_saved_whatever_the_platform(api, env, platforms):
    answer = api.get(f"/images/{env.image}/get", {"platform": describe_platform(platforms.foreign)})

    assert_status(answer, 200)


@pytest.fixture
def archive(env, foreign_image):
    """An archive of an image for the foreign platform, which the daemon does not have; and the image's name."""
    name = env.tag_image(foreign_image)
    data = env.require(env.client.get(f"/images/{name}/get")).body
    env.require(env.client.delete(f"/images/{name}"))
    return data, env.adopt("image", name)


@since("1.48/load-platform")
def test_image_of_the_platform_is_loaded(api, env, platforms, archive):
    data, name = archive

    query = {"platform": describe_platform(platforms.foreign)}
    answer = api.post("/images/load", query, body=data, headers=TAR)

    assert_status(answer, 200)
    assert_status(env.client.get(f"/images/{name}/json"), 200)


@since("1.48/load-platform")
@pytest.mark.parametrize("which", ["own", "foreign"])
def test_only_the_image_of_the_platform_is_loaded(containerd_engine, archive_of_platforms, platforms, which):
    platform = getattr(platforms, which)
    archive, name = archive_of_platforms()

    query = {"platform": describe_platform(platform)}
    answer = containerd_engine.api.post("/images/load", query, body=archive.data, headers=TAR)

    assert_status(answer, 200)
    found = containerd_engine.env.get(f"/images/{name}/json?manifests=1")
    images = [row for row in array(found, "Manifests") if at(row, "Kind") == "image"]
    # An engine may keep the content of the others, which it does not unpack.
    unpacked = [row["ID"] for row in images if at(row, "ImageData", "Size", "Unpacked")]
    assert unpacked == [archive.manifests[platform]]


@before("1.48/load-platform")
def test_image_is_loaded_whatever_the_platform(api, env, platforms, archive):
    data, name = archive

    query = {"platform": describe_platform(platforms.own)}
    answer = api.post("/images/load", query, body=data, headers=TAR)

    assert_status(answer, 200)
    assert_status(env.client.get(f"/images/{name}/json"), 200)


@since("1.48/save-platform-of-several")
@pytest.mark.parametrize("which", ["own", "foreign"])
def test_only_the_image_of_the_platform_is_saved(containerd_engine, stored_image, platforms, which):
    platform = getattr(platforms, which)

    path = f"/images/{stored_image.name}/get"
    answer = containerd_engine.api.get(path, {"platform": describe_platform(platform)})

    assert_status(answer, 200)
    saved = {name.rpartition("/")[2] for name in unpack(answer.body) if name.startswith("blobs/sha256/")}
    found = {key for key, digest in stored_image.manifests.items() if digest.partition(":")[2] in saved}
    assert found == {platform}


@since("1.48/save-one-platform")
def test_saving_for_several_platforms_is_refused(api, env, two_platforms):
    assert_status(api.get(f"/images/{env.image_name}/get?{two_platforms}"), 400)


@since("1.48/load-one-platform")
def test_loading_for_several_platforms_is_refused(api, archive_to_load, two_platforms):
    assert_status(api.post(f"/images/load?{two_platforms}", body=archive_to_load, headers=TAR), 400)
