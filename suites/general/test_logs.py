"""GET /containers/(id)/logs."""

from conformance import since


@since("general/logs-unknown-container")
def test_logs_of_an_unknown_container_are_not_found(api, stage):
    answer = api.get(f"/containers/{stage.prefix}nobody/logs", {"stdout": 1})

    assert answer.status == 404
