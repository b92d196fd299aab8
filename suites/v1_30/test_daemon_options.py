"""What only a daemon with an option shows, as engines of API v1.30 have it."""

import pytest

from conformance import array, since

NETWORK, HOST = "10.97.0.0/16", "registry.example.com:5000"


@pytest.fixture
def pushing_engine(further_engine):
    """An engine that pushes layers of every kind to a network and to a host."""
    option = "--allow-nondistributable-artifacts"
    return further_engine("pushes all layers", [f"{option}={NETWORK}", f"{option}={HOST}"])


@since("1.30/info-nondistributable")
@pytest.mark.parametrize(("member", "value"), [("CIDRs", NETWORK), ("Hostnames", HOST)])
def test_info_lists_the_registries_that_get_all_layers(pushing_engine, member, value):
    document = pushing_engine.api.get("/info").json()

    assert value in array(document, f"RegistryConfig.AllowNondistributableArtifacts{member}")
