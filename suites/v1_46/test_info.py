"""GET /info, as API v1.46 changed it: how containerd is reached."""

import pytest

from conformance import ABSENT, assert_type, at, before, since


@since("1.46/info-containerd")
@pytest.mark.parametrize("member", ["Address", "Namespaces.Containers", "Namespaces.Plugins"])
def test_containerd_has_an_address_and_namespaces(api, member):
    document = api.get("/info").json()

    assert assert_type(document, f"Containerd.{member}", str)


@before("1.46/info-containerd")
def test_containerd_is_not_described(api):
    document = api.get("/info").json()

    assert at(document, "Containerd") is ABSENT
