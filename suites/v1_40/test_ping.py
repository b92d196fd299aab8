"""/_ping, as API v1.40 changed it: it can be asked by HEAD, and is not to be cached."""

import pytest

from conformance import assert_status, since

#: Headers that differ between two answers, or between one with a body and one without.
OWN = {"content-length", "transfer-encoding", "connection", "date"}


def shared_headers(answer):
    """The headers that both answers have; those that begin with X- are no business of the API."""
    headers = {name.lower(): value for name, value in answer.headers}
    return {name: value for name, value in headers.items() if name not in OWN and not name.startswith("x-")}


@since("1.40/ping-head")
def test_head_answers_with_the_headers_of_get(api):
    answer = api.head("/_ping")

    assert_status(answer, 200)
    other = api.get("/_ping")
    assert_status(other, 200)
    assert shared_headers(answer) == shared_headers(other)


@since("1.40/ping-head")
def test_head_has_no_body(api):
    answer = api.head("/_ping")

    assert_status(answer, 200)
    assert answer.body == b""
    assert answer.header("Content-Length") in ("0", None)


@since("1.40/ping-no-cache")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_answer_is_not_to_be_cached(api, method):
    answer = api.request(method, "/_ping")

    assert_status(answer, 200)
    directives = {word.strip().lower() for word in (answer.header("Cache-Control") or "").split(",")}
    assert directives & {"no-cache", "no-store"}, directives
    assert (answer.header("Pragma") or "").lower() == "no-cache"
