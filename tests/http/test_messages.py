"""How a check reads a response, and how a request is written down."""

import pytest

from conformance.http.curl import curl_line
from conformance.http.errors import Missing, Refused
from conformance.http.messages import Request, Response, target


def response(body, status=200):
    return Response(status, body=body)


def test_json_insists_on_success():
    with pytest.raises(Refused, match="expected a 2xx status, got 404: no such container"):
        response(b'{"message": "no such container"}', 404).json()


@pytest.mark.parametrize("index", [1, -2])
def test_a_message_that_did_not_come_fails_a_check(index):
    with pytest.raises(Missing, match=f"no message {index} in a stream of 1"):
        response(b'{"status": "Pulling"}\n').messages()[index]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"message":"it"}', "it"),
        (b"it\n", "it"),
        (b'"it"', '"it"'),
        (b"\xff", "\ufffd"),
        (b"<html><style>a{}</style><h1>403</h1>\n no", "403 no"),
    ],
)
def test_error_is_the_text_of_a_refusal(body, words):
    assert response(body, 500).error == words


def test_a_target_carries_its_query():
    assert target("/x", {"a": True, "b": False, "c": {"k": ["v"]}, "d": None, "e": "~é"}) == (
        "/x?a=1&b=0&c=%7B%22k%22%3A%5B%22v%22%5D%7D&e=~%C3%A9"
    )


@pytest.mark.parametrize(
    ("path", "target_"),
    [
        ("/images/two words:1/json", "/images/two%20words:1/json"),
        ("/images/a%2Fb//c/json?x=1", "/images/a%2Fb//c/json?x=1"),
        ("/volumes/\u00e9\r\n", "/volumes/%C3%A9%0D%0A"),
    ],
)
def test_a_path_is_encoded_where_a_request_line_needs_it(path, target_):
    assert target(path) == target_
    assert target(path, {"a": 1}).startswith(target_)


def test_a_curl_line_repeats_the_request():
    request = Request("POST", "/v1.21/x?y=1", (("Content-Type", "application/json"),), b'{"it": "is"}')

    assert curl_line(request, "unix:///run/d.sock") == (
        "curl --include --unix-socket /run/d.sock --request POST --header 'Content-Type: application/json'"
        """ --data-binary '{"it": "is"}' 'http://docker/v1.21/x?y=1'"""
    )
