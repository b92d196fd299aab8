"""POST /containers/(id)/attach, as the reference of API v1.22 has it: to a paused container."""

import pytest

from conformance import assert_status, since


@pytest.fixture
def paused_container(env):
    """The name of a container that is paused until the check ends."""
    name = env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")
    env.post(f"/containers/{name}/pause")
    yield name
    env.client.post(f"/containers/{name}/unpause")


@since("1.22/attach-paused")
def test_paused_container_is_in_conflict(api, paused_container):
    with api.hijack(
        "POST", f"/containers/{paused_container}/attach", {"stream": 1, "stdout": 1}, headers=()
    ) as attached:
        answer = attached.response

    assert_status(answer, 409)
