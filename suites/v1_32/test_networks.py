"""DELETE /networks/(id), as API v1.32 changed it: an id is not masked by a name."""

import pytest

from conformance import assert_status, at, since
from conformance.testing import Unavailable


@pytest.fixture
def networks(env):
    """The id of a network, and the id of another network whose name is that id."""
    first = at(env.get(f"/networks/{env.create_network()}"), "Id")
    body = {"Name": env.adopt("network", first), "Driver": "bridge", "Labels": env.labels}
    answer = env.client.post("/networks/create", json=body)
    if not answer.ok:
        raise Unavailable("the daemon takes no network whose name is the id of another")
    return first, env.adopt("network", at(answer.json(), "Id"))


@since("1.32/networks-delete-id")
def test_network_with_the_id_is_removed_though_another_has_it_as_its_name(api, env, networks):
    first, second = networks

    answer = api.delete(f"/networks/{first}")

    assert_status(answer, 204)
    found = [at(row, "Id") for row in env.get("/networks")]
    assert (first in found, second in found) == (False, True)
