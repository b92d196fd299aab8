"""GET /system/df, as engines of API v1.31 have it: the size of the cache of the builder."""

from conformance import assert_type, since
from conformance.testing import exclusively


@since("1.31/df-buildersize")
def test_size_of_the_builder_is_a_number_of_bytes(api):
    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    assert assert_type(document, "BuilderSize", int) >= 0
