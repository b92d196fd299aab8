"""GET /info, as API v1.50 changed it: the devices, and what is left out."""

import pytest

from conformance import ABSENT, assert_type, at, before, since


@since("1.50/info-discovereddevices")
def test_devices_are_a_list(api):
    document = api.get("/info").json()

    devices = assert_type(document, "DiscoveredDevices", list, nullable=True, optional=True) or []
    for device in devices:
        assert assert_type(device, "Source", str)
        assert assert_type(device, "ID", str)


@since("1.50/info-no-bridge-nf")
@pytest.mark.parametrize("member", ["BridgeNfIptables", "BridgeNfIp6tables"])
def test_warnings_do_not_speak_of_filtered_bridges(api, member):
    document = api.get("/info").json()

    assert at(document, member) is ABSENT


@before("1.50/info-no-bridge-nf")
@pytest.mark.parametrize("member", ["BridgeNfIptables", "BridgeNfIp6tables"])
def test_warnings_speak_of_filtered_bridges(api, member):
    document = api.get("/info").json()

    assert_type(document, member, bool)
