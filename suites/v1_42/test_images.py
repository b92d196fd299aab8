"""Images, as API v1.42 changed them: shared sizes in the list, and the platform of an import."""

import pytest

from conformance import array, assert_progress_succeeds, assert_type, at, before, since
from conformance.testing import TAR, Member, build_contexts, build_image, familiar_name, pack


@pytest.fixture
def image_on_the_test_image(env):
    """The name of an image that shares all layers of the test image and has one of its own."""
    return env.share(
        "image on the test image", lambda: build_image(env, build_contexts(env), "COPY Dockerfile /")
    )


def shared_size(rows, image):
    row = next((row for row in rows if image in map(familiar_name, at(row, "RepoTags") or [])), None)
    assert row is not None, f"expected a row of {image} among {len(rows)}"
    return assert_type(row, "SharedSize", int)


@since("1.42/images-shared-size")
def test_shared_size_is_that_of_the_common_layers(api, image_on_the_test_image):
    rows = array(api.get("/images/json", {"shared-size": "true"}).json())

    assert shared_size(rows, image_on_the_test_image) > 1000


@since("1.42/images-shared-size")
def test_shared_size_is_unknown_by_default(api, image_on_the_test_image):
    rows = array(api.get("/images/json").json())

    assert shared_size(rows, image_on_the_test_image) == -1


@before("1.42/images-shared-size")
def test_shared_size_is_always_unknown(api, image_on_the_test_image):
    rows = array(api.get("/images/json", {"shared-size": "true"}).json())

    assert shared_size(rows, image_on_the_test_image) == -1


@pytest.fixture
def host_architecture(env):
    """The architecture of the daemon's host, as it names it."""
    return env.get("/version")["Arch"]


@since("1.42/import-platform")
def test_image_has_the_platform(api, env):
    name = env.reserve_name("image")

    query = {"fromSrc": "-", "repo": name, "platform": "linux/arm64"}
    answer = api.post("/images/create", query, body=pack(Member("file", b"other\n")), headers=TAR)

    assert_progress_succeeds(answer)
    document = api.get(f"/images/{name}/json").json()
    assert (at(document, "Os"), at(document, "Architecture")) == ("linux", "arm64")


@since("1.42/import-platform")
def test_image_has_the_platform_of_the_host_by_default(api, env, host_architecture):
    name = env.reserve_name("image")

    query = {"fromSrc": "-", "repo": name}
    answer = api.post("/images/create", query, body=pack(Member("file", b"same\n")), headers=TAR)

    assert_progress_succeeds(answer)
    document = api.get(f"/images/{name}/json").json()
    assert (at(document, "Os"), at(document, "Architecture")) == ("linux", host_architecture)
