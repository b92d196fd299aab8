"""GET /containers/json and GET /containers/(id)/json: the refusals that API v1.14 lists."""

import pytest

from conformance import assert_alive, assert_status, since


@since("1.14/inspect-unknown-container")
def test_inspect_of_an_unknown_container_is_not_found(api, env):
    answer = api.get(f"/containers/{env.prefix}unknown/json")

    assert_status(answer, 404)
    assert_alive(api)


@since("1.14/list-bad-parameter")
@pytest.mark.parametrize(
    "query",
    [
        {"limit": "many"},
        {"filters": '{"status":'},
        {"filters": '"running"'},
        {"filters": '{"status": 17}'},
        {"filters": {"status": ["nonsense"]}},
    ],
    ids=[
        "limit is a word",
        "filters cut short",
        "filters is a string",
        "filter is a number",
        "unknown state",
    ],
)
def test_list_with_a_bad_parameter_is_refused(api, query):
    answer = api.get("/containers/json", {"all": "1", **query})

    assert_status(answer, 400)
    assert_alive(api)
