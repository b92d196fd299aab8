"""The statuses of GET /containers/json."""

import pytest

from conformance import always


@always("general/containers-list-bad-parameter")
@pytest.mark.parametrize(
    "query",
    [
        {"filters": "running"},
        {"filters": '{"status":'},
        {"filters": {"status": ["nonsense"]}},
        {"limit": "few"},
    ],
    ids=["text", "cut short", "unknown state", "no number"],
)
def test_a_parameter_that_cannot_be_read_is_refused(api, query):
    answer = api.get("/containers/json", query)

    assert answer.status == 400
    assert api.get("/_ping").status == 200
