"""Saving, loading and searching images, as the references describe them."""

import secrets

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import import_image, unpack

TAR = {"Content-Type": "application/x-tar"}


@pytest.fixture
def saved_image(env):
    """The id and the name of an image that only this check has."""
    name = import_image(env, secrets.token_bytes(1000))
    return at(env.get(f"/images/{name}/json"), "Id"), name


@since("reference/images-save")
@pytest.mark.parametrize("by", ["name", "id"])
def test_an_image_is_saved_as_a_tar_archive(api, saved_image, by):
    image, name = saved_image

    answer = api.get(f"/images/{name if by == 'name' else image}/get")

    assert_status(answer, 200)
    assert unpack(answer.body), "the archive is empty"


@since("reference/images-save")
def test_the_type_of_the_archive_is_tar(api, saved_image):
    answer = api.get(f"/images/{saved_image[1]}/get")

    assert (answer.header("Content-Type") or "").partition(";")[0] == "application/x-tar"


@since("reference/images-load")
def test_a_saved_image_is_there_again_when_it_was_loaded(api, env, saved_image):
    image, name = saved_image
    archive = env.require(env.client.get(f"/images/{name}/get")).body
    env.require(env.client.delete(f"/images/{name}"))

    answer = api.post("/images/load", body=archive, headers=TAR)

    assert_status(answer, 200)
    found = env.client.get(f"/images/{name}/json")
    assert_status(found, 200)
    assert at(found.json(), "Id") == image


@since("reference/images-search")
def test_search_lists_what_the_registry_finds(api, emulated_registry):
    answer = api.get("/images/search", {"term": f"{emulated_registry.address}/some"})

    assert_status(answer, 200)
    rows = array(answer.json())
    assert rows, "nothing is found"
    for row in rows:
        assert assert_type(row, "name", str)
        assert_type(row, "description", str)
        assert_type(row, "is_official", bool)
        assert_type(row, "star_count", int)
