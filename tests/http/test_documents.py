"""How a check reads a JSON document, and the note of what was read."""

import pytest

from conformance.http.documents import ABSENT, array, at, known, parse_json
from conformance.http.errors import Malformed
from conformance.http.messages import Response


def test_at_walks_into_a_document():
    document = {"HostConfig": {"Memory": 5, "Ports": [{"Port": 80}]}, "Null": None}

    assert at(document, "HostConfig.Memory") == 5
    assert at(document, "HostConfig.Ports", 0, "Port") == 80
    assert at(document, "Null") is None
    assert at(document, "Null.Deeper") is ABSENT
    assert at(document, "HostConfig.Ports", 1) is ABSENT
    assert at(document, "Nobody") is ABSENT


@pytest.mark.parametrize("value", [None, {}, "text", 1])
def test_a_value_that_is_not_an_array_fails_the_check_that_reads_it(value):
    assert array({"Rows": [1, 2]}, "Rows") == [1, 2]
    with pytest.raises(AssertionError, match=r"Config\.Rows: expected an array, got "):
        array({"Config": {"Rows": value}}, "Config", "Rows")
    with pytest.raises(AssertionError, match="the answer: expected an array"):
        array(value)


def test_absent_is_not_null():
    assert ABSENT is not None
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"


def test_what_is_read_is_noted():
    answer = Response(200, body=b'{"A": {"B": 1, "C": 2}, "L": [{"X": 1}], "Unread": 0}')
    document = answer.json()

    at(document, "A.B")
    [row["X"] for row in document["L"]]
    assert "Missing" not in document

    assert set(answer.reads) == {(), ("A",), ("A", "B"), ("L",), ("L", 0), ("L", 0, "X"), ("Missing",)}


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
    ("member", "value", "wanted", "rest"),
    [
        ("RestartPolicy", {"Name": "always", "More": 1}, {"Name": "always"}, {"Name": "always"}),
        ("RestartPolicy", {"Name": "always"}, {"Name": "no", "Count": 2}, {"Name": "always"}),
        ("RestartPolicy", {"Name": "no", "More": 1}, {"Name": {}}, {"Name": "no"}),
        ("Devices", [{"Path": "/a", "More": {}}], [{"Path": "/a"}], [{"Path": "/a"}]),
        ("Devices", [{"Path": "/a", "More": {}}], [], [{"Path": "/a", "More": {}}]),
        ("Volumes", {"/data": {"More": 1}, "/other": {}}, {"/data": {}}, {"/data": {}, "/other": {}}),
        ("Volumes", {"/data": None}, {"/data": {}}, {"/data": None}),
        (
            "PortBindings",
            {"7/tcp": [{"More": 1}], "8/tcp": []},
            {"7/tcp": [{}]},
            {"7/tcp": [{}], "8/tcp": []},
        ),
        ("LogConfig", {"Config": {"tag": "a"}, "More": 1}, {"Config": {}}, {"Config": {"tag": "a"}}),
        ("RestartPolicy", None, {"Name": "always"}, None),
    ],
)
def test_a_value_is_compared_without_the_members_that_are_not_documented(member, value, wanted, rest):
    assert known(value, wanted, member) == rest
