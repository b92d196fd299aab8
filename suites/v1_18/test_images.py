"""GET /images/json, as the reference of API v1.18 describes it: the filter for labels."""

import pytest

from conformance import array, at, since
from conformance.testing import build_image

KEY = "com.example.conformance.kind"


@pytest.fixture
def labelled(env, build_context):
    """The id of an image with the label KEY=one."""
    name = env.share("an image of kind one", lambda: build_image(env, build_context, f"LABEL {KEY}=one"))
    return env.get(f"/images/{name}/json")["Id"]


@since("1.18/images-filter-label")
@pytest.mark.parametrize(
    ("label", "found"),
    [
        pytest.param(KEY, True, id="key"),
        pytest.param(f"{KEY}=one", True, id="key and value"),
        pytest.param(f"{KEY}=two", False, id="other value"),
        pytest.param(f"{KEY}.other", False, id="other key"),
    ],
)
def test_filter_leaves_the_images_with_the_label(api, labelled, label, found):
    rows = array(api.get("/images/json", {"filters": {"label": [label]}}).json())

    assert (labelled in [at(row, "Id") for row in rows]) is found


@since("1.18/images-filter-label")
def test_filter_drops_images_without_the_label(api, env, labelled):
    plain = env.get(f"/images/{env.image}/json")["Id"]

    rows = array(api.get("/images/json", {"filters": {"label": [KEY]}}).json())

    found = [at(row, "Id") for row in rows]
    assert (labelled in found, plain in found) == (True, False)
