"""Requests for a container that does not exist, for endpoints without a file of their own."""

import pytest

from conformance import always, assert_status, since


@always("general/unknown-container-not-found")
@pytest.mark.parametrize("action", ["top", "export"])
def test_an_unknown_container_is_not_found(api, env, action):
    answer = api.get(f"/containers/{env.prefix}unknown/{action}")

    assert_status(answer, 404)


@since("general/copy-unknown-container")
def test_copy_from_an_unknown_container_is_not_found(api, env):
    answer = api.post(f"/containers/{env.prefix}unknown/copy", json={"Resource": "/etc"})

    assert_status(answer, 404)
