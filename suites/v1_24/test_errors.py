"""The body of an error, which API v1.24 changed from text to JSON."""

import pytest

from conformance import assert_refused, assert_type, before, since
from conformance.testing import Malformed, parse_json

JSON = {"Content-Type": "application/json"}
#: What is refused: the method, the path, the query and the body of each.
ERRORS = pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        pytest.param("GET", "/containers/nosuch/json", None, None, id="unknown container"),
        pytest.param("GET", "/images/nosuch/json", None, None, id="unknown image"),
        pytest.param("GET", "/volumes/nosuch", None, None, id="unknown volume"),
        pytest.param("GET", "/networks/nosuch", None, None, id="unknown network"),
        pytest.param("GET", "/containers/json", {"filters": "[1"}, None, id="bad filters"),
        pytest.param("POST", "/containers/create", None, b'{"Image": ""}', id="no image"),
    ],
)


def media_type(answer):
    return answer.media_type.strip().lower()


@since("1.24/errors-json")
@ERRORS
def test_error_is_an_object_with_a_message(api, method, path, query, body):
    answer = api.request(method, path, query, body=body, headers=JSON)

    assert_refused(answer)
    assert media_type(answer) == "application/json"
    assert assert_type(parse_json(answer.body), "message", str)


@before("1.24/errors-json")
@ERRORS
def test_error_is_text(api, method, path, query, body):
    answer = api.request(method, path, query, body=body, headers=JSON)

    assert_refused(answer)
    assert media_type(answer) == "text/plain"
    assert answer.body.strip()
    with pytest.raises(Malformed):
        parse_json(answer.body)
