"""GET /networks/(id), as API v1.31 changed it: the parameter scope."""

import pytest

from conformance import assert_status, at, since


@since("1.31/networks-inspect-scope")
def test_a_network_of_the_scope_is_found(api, local_network):
    answer = api.get(f"/networks/{local_network}", {"scope": "local"})

    assert_status(answer, 200)
    assert at(answer.json(), "Name") == local_network


@since("1.31/networks-inspect-scope")
@pytest.mark.parametrize("scope", ["swarm", "global"])
def test_a_network_of_another_scope_is_not_found(api, local_network, scope):
    answer = api.get(f"/networks/{local_network}", {"scope": scope})

    assert_status(answer, 404)
