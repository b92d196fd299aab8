"""GET /info, as API v1.25 changed it: the default isolation, and security options with their settings."""

from conformance import array, assert_type, since


@since("1.25/info-isolation")
def test_isolation_is_one_that_the_document_names(api):
    isolation = assert_type(api.get("/info").json(), "Isolation", str)

    assert isolation in ("", "default", "hyperv", "process")


@since("1.25/info-securityoptions-structured")
def test_security_options_have_a_name_and_settings(api):
    options = array(api.get("/info").json(), "SecurityOptions")

    for option in options:
        settings = dict(setting.partition("=")[::2] for setting in assert_type([option], 0, str).split(","))
        assert settings.get("name"), f"expected NAME=VALUE, with a name among them, got {option!r}"
