"""GET /images/(name)/json, as the reference of API v1.39 describes it: the variant of the architecture."""

import pytest

from conformance import at, since
from fixtures.images import load_image


@pytest.fixture
def image_of_a_variant(env):
    """The name of an image for the seventh variant of arm."""
    return env.share("image of a variant", lambda: load_image(env, b"variant\n", "arm", variant="v7"))


@since("1.39/image-inspect-variant")
def test_variant_is_that_of_the_configuration(api, image_of_a_variant):
    document = api.get(f"/images/{image_of_a_variant}/json").json()

    assert (at(document, "Architecture"), at(document, "Variant")) == ("arm", "v7")
