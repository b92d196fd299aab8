"""The network endpoints, as API v1.29 changed them: the ingress network, and the filter scope."""

import pytest

from conformance import array, at, since


@since("1.29/networks-inspect-ingress")
def test_a_bridge_is_not_the_ingress_network(api, local_network):
    document = api.get(f"/networks/{local_network}").json()

    assert at(document, "Ingress") is False


@since("1.29/networks-filter-scope")
@pytest.mark.parametrize(("scope", "listed"), [("local", True), ("swarm", False), ("global", False)])
def test_filter_leaves_the_networks_of_the_scope(api, local_network, scope, listed):
    rows = array(api.get("/networks", {"filters": {"scope": [scope]}}).json())

    assert (local_network in [at(row, "Name") for row in rows]) is listed
