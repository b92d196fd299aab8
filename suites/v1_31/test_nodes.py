"""Nodes of a swarm, as API v1.31 changed them."""

from conformance import assert_status, since
from fixtures.swarm import edit


@since("1.31/node-demote-last-400")
def test_demotion_of_the_last_manager_is_a_bad_parameter(swarm, node):
    query, spec = edit(swarm.env, f"/nodes/{node}", Role="worker")
    answer = swarm.api.post(f"/nodes/{node}/update", query, json=spec)

    assert_status(answer, 400)
