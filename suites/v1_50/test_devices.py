"""Devices that the daemon knows, as API v1.50 documents them."""

from conformance import array, at, since
from fixtures.daemon_options import DEVICE


@since("1.50/info-discovereddevices-cdi")
def test_info_lists_the_device(device_engine):
    rows = array(device_engine.api.get("/info").json(), "DiscoveredDevices")

    assert [(at(row, "Source"), at(row, "ID")) for row in rows] == [("cdi", DEVICE)]
