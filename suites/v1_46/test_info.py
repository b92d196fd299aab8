"""GET /info, as API v1.46 changed it: how containerd is reached."""

import pytest

from conformance import assert_type, since


@since("1.46/info-containerd")
@pytest.mark.parametrize("member", ["Address", "Namespaces.Containers", "Namespaces.Plugins"])
def test_containerd_has_an_address_and_namespaces(api, member):
    document = api.get("/info").json()

    assert assert_type(document, f"Containerd.{member}", str)
