"""GET /images/json and POST /images/(name)/tag, as API v1.24 changed them."""

import pytest

from conformance import array, assert_status, at, since
from conformance.testing import import_image


@pytest.fixture
def images(env):
    """The names and ids of three images, which were created one after another."""

    def make():
        names = [import_image(env, f"image {number}\n".encode()) for number in range(3)]
        return names, [at(env.get(f"/images/{name}/json"), "Id") for name in names]

    return env.share("three images", make)


@since("1.24/images-filter-since-before")
@pytest.mark.parametrize("by", ["name", "id"])
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        pytest.param({"since": 0}, [False, True, True], id="since"),
        pytest.param({"before": 2}, [True, True, False], id="before"),
        pytest.param({"since": 0, "before": 2}, [False, True, False], id="since and before"),
    ],
)
def test_filters_leave_the_images_that_are_younger_or_older(api, images, filters, found, by):
    names, ids = images
    values = names if by == "name" else ids

    query = {"filters": {key: [values[number]] for key, number in filters.items()}}
    rows = array(api.get("/images/json", query).json())

    listed = [at(row, "Id") for row in rows]
    assert [image in listed for image in ids] == found


@since("1.24/tag-moves-name")
@pytest.mark.parametrize("query", [{}, {"force": 0}], ids=["unsaid", "ignored"])
def test_name_moves_to_the_image(api, env, query):
    name, image = (
        import_image(env, b"the name's first image\n"),
        at(env.get(f"/images/{env.image}/json"), "Id"),
    )
    repository, _, tag = name.rpartition(":")

    answer = api.post(f"/images/{env.image}/tag", {"repo": repository, "tag": tag, **query})

    assert_status(answer, 201)
    assert at(env.get(f"/images/{name}/json"), "Id") == image
