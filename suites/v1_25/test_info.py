"""GET /info, as API v1.25 changed it: the default isolation, and security options with their settings."""

from conformance import assert_type, since


@since("1.25/info-isolation")
def test_isolation_is_one_that_the_document_names(api):
    isolation = assert_type(api.get("/info").json(), "Isolation", str)

    assert isolation in ("", "default", "hyperv", "process")
