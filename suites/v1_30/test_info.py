"""GET /info, as API v1.30 changed it: the logging drivers."""

from conformance import array, at, since


@since("1.30/info-log-drivers")
def test_logging_drivers_are_listed(api):
    document = api.get("/info").json()

    drivers = array(document, "Plugins", "Log")
    assert all(isinstance(driver, str) and driver for driver in drivers), drivers
    assert at(document, "LoggingDriver") in drivers
