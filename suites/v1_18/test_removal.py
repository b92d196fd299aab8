"""DELETE /containers/(id), as API v1.18 documents it."""

from conformance import assert_status, since
from conformance.testing import unchanged_container


@since("1.18/remove-running-conflict")
def test_a_running_container_is_a_conflict(api, env):
    container = unchanged_container(env, running=True)

    answer = api.delete(f"/containers/{container}")

    assert_status(answer, 409)
