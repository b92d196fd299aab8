"""GET /info, as API v1.48 changed it: what says nothing any more."""

import pytest

from conformance import ABSENT, at, since


@since("1.48/info-nondistributable-null")
@pytest.mark.parametrize("member", ["CIDRs", "Hostnames"])
def test_no_registry_takes_nondistributable_artifacts(api, member):
    document = api.get("/info").json()

    assert at(document, "RegistryConfig", f"AllowNondistributableArtifacts{member}") in (None, ABSENT)


@since("1.48/info-bridge-nf-false")
@pytest.mark.parametrize("member", ["BridgeNfIptables", "BridgeNfIp6tables"])
def test_bridges_are_not_filtered(api, member):
    document = api.get("/info").json()

    assert at(document, member) is False
