"""GET /containers/(id)/logs."""

from conformance import assert_status, since


@since("general/logs-unknown-container")
def test_logs_of_an_unknown_container_are_not_found(api, env):
    answer = api.get(f"/containers/{env.prefix}unknown/logs", {"stdout": 1})

    assert_status(answer, 404)
