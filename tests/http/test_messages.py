"""How a check reads a response, and what is noted of it."""

import pytest

from conformance.http.curl import curl_line
from conformance.http.messages import (
    ABSENT,
    Malformed,
    Missing,
    Refused,
    Request,
    Response,
    array,
    at,
    parse_json,
    target,
)
from conformance.http.tar import Member, pack, unpack


def response(body, status=200):
    return Response(status, body=body)


def test_at_walks_into_a_document():
    document = {"HostConfig": {"Memory": 5, "Ports": [{"Port": 80}]}, "Null": None}

    assert at(document, "HostConfig.Memory") == 5
    assert at(document, "HostConfig.Ports", 0, "Port") == 80
    assert at(document, "Null") is None
    assert at(document, "Null.Deeper") is ABSENT
    assert at(document, "HostConfig.Ports", 1) is ABSENT
    assert at(document, "Nobody") is ABSENT


@pytest.mark.parametrize("value", [None, {}, "text", 1])
def test_what_is_no_array_fails_a_check_that_walks_through_it(value):
    assert array({"Rows": [1, 2]}, "Rows") == [1, 2]
    with pytest.raises(AssertionError, match=r"Config\.Rows is to be an array"):
        array({"Config": {"Rows": value}}, "Config", "Rows")
    with pytest.raises(AssertionError, match="the answer is to be an array"):
        array(value)


def test_a_member_that_an_archive_lacks_fails_the_check_that_reads_it():
    with pytest.raises(Missing, match="no member 'other'"):
        unpack(pack(Member("file")))["other"]


def test_absent_is_not_null():
    assert ABSENT is not None
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"


def test_what_is_read_is_noted():
    answer = response(b'{"A": {"B": 1, "C": 2}, "L": [{"X": 1}], "Unread": 0}')
    document = answer.json()

    at(document, "A.B")
    [row["X"] for row in document["L"]]
    assert "Missing" not in document

    assert set(answer.reads) == {(), ("A",), ("A", "B"), ("L",), ("L", 0), ("L", 0, "X"), ("Missing",)}


def test_json_insists_on_success():
    with pytest.raises(Refused, match="refused with 404: no such container"):
        response(b'{"message": "no such container"}', 404).json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\xff"}',
        b"[" * 100_000,
        b"1" * 10_000,
        b"Infinity",
    ],
    ids=["empty", "cut", "nan", "twice", "utf8", "deep", "long", "infinity"],
)
def test_what_is_not_strict_json_is_malformed(body):
    with pytest.raises(Malformed):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "words"), [(b'{"message":"it"}', "it"), (b"it\n", "it"), (b'"it"', '"it"'), (b"\xff", "\ufffd")]
)
def test_error_is_the_daemons_own_words(body, words):
    assert response(body, 500).error == words


def test_a_target_carries_its_query():
    assert target("/x", {"a": True, "b": False, "c": {"k": ["v"]}, "d": None, "e": "~é"}) == (
        "/x?a=1&b=0&c=%7B%22k%22%3A%5B%22v%22%5D%7D&e=~%C3%A9"
    )


def test_a_curl_line_repeats_the_request():
    request = Request("POST", "/v1.21/x?y=1", (("Content-Type", "application/json"),), b'{"it": "is"}')

    assert curl_line(request, "unix:///run/d.sock") == (
        "curl --include --unix-socket /run/d.sock --request POST --header 'Content-Type: application/json'"
        """ --data-binary '{"it": "is"}' 'http://docker/v1.21/x?y=1'"""
    )
