"""GET /images/json, as API v1.41 changed it: the parameter filter is gone."""

import pytest

from conformance import array, at, before, since
from conformance.testing import import_image


@pytest.fixture
def images(env):
    """The names of two images."""
    return env.share("two images", lambda: [import_image(env, f"image {n}\n".encode()) for n in "12"])


def listed(answer, images):
    names = [name for row in array(answer.json()) for name in at(row, "RepoTags") or []]
    return [any(isinstance(found, str) and found.endswith(name) for found in names) for name in images]


@since("1.41/images-no-filter-parameter")
def test_parameter_is_ignored(api, images):
    answer = api.get("/images/json", {"filter": images[0].rpartition(":")[0]})

    assert listed(answer, images) == [True, True]


@before("1.41/images-no-filter-parameter")
def test_parameter_leaves_the_image_of_the_name(api, images):
    answer = api.get("/images/json", {"filter": images[0].rpartition(":")[0]})

    assert listed(answer, images) == [True, False]
