"""GET /version, as the reference of API v1.20 describes it."""

from conformance import assert_type, since


@since("1.20/version-experimental")
def test_experimental_is_a_boolean_if_it_is_there(api):
    document = api.get("/version").json()

    assert_type(document, "Experimental", bool, optional=True)
