"""POST /containers/(id)/attach, as the reference of API v1.22 has it: to a paused container."""

from conformance import assert_status, since


@since("1.22/attach-paused")
def test_paused_container_is_in_conflict(api, container_in_state):
    path = f"/containers/{container_in_state('paused').id}/attach"

    with api.hijack("POST", path, {"stream": 1, "stdout": 1}, headers=()) as attached:
        answer = attached.response

    assert_status(answer, 409)
