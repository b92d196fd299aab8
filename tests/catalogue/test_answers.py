"""Answers held against the documents of their version: each rule, and what is only reported. No daemon."""

import pytest

from conformance.catalogue.answers import answers, describe, nearest
from conformance.catalogue.operations import operations
from conformance.model.versions import ApiVersion


def violations(name, document, version="1.41", status=200):
    found = answers().violations(operations()[name], str(status), ApiVersion.parse(version), document)
    return [str(violation) for violation in found]


INSPECT = "GET /containers/(id)/json"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, []),
        ({"NetworkSettings": {"Ports": []}}, ["NetworkSettings.Ports: expected an object or null, got an array"]),
        ({"NetworkSettings": {"Ports": None}}, []),
        ({"Args": None, "HostConfig": None}, []),
        ({"Args": {}}, ["Args: expected an array or null, got an object"]),
        ({"Args": ["a", 1, 2]}, ["Args[1]: expected a string, got 1"]),
        ({"Name": None}, ["Name: expected a string, got null"]),
        ({"RestartCount": "1"}, ['RestartCount: expected an integer, got "1"']),
        ({"State": {"Running": 1}}, ["State.Running: expected true or false, got 1"]),
        ({"State": {"Status": "asleep"}}, ["State.Status: expected one of 'created', 'dead', 'exited', 'paused', "
                                           "'removing', 'restarting', 'running', got \"asleep\""]),
        ({"HostConfig": {"NanoCpus": 2**64}}, [f"HostConfig.NanoCpus: expected an integer, got {2**64}"]),
        ({"Unknown": 1}, []),
        ([], ["the answer: expected an object or null, got an array"]),
        ({"Mounts": [{"RW": "a"}, {"RW": "b"}]}, ['Mounts[0].RW: expected true or false, got "a"']),
        ({"Config": {"Labels": {"a": 1}}}, ["Config.Labels.a: expected a string, got 1"]),
    ],
)  # fmt: skip
def test_types_and_enums_are_held(document, expected):
    assert violations(INSPECT, document) == expected


def test_a_scalar_that_may_be_null_may_be_null():
    assert violations(INSPECT, {"SizeRw": None}, "1.41") == ["SizeRw: expected an integer, got null"]
    assert violations(INSPECT, {"SizeRw": None}, "1.48") == []


def test_required_members_are_missed():
    found = violations("POST /containers/create", {"Id": "x"}, status=201)

    assert found == ["Warnings: expected an array or null, got nothing"]


@pytest.mark.parametrize(
    ("date", "good"), [("2026-01-02T03:04:05.123456789Z", True), ("", True), ("yesterday", False)]
)
def test_a_date_may_be_empty(date, good):
    found = violations("GET /swarm", {"CreatedAt": date})

    assert bool(found) is not good
    if found:
        assert found == [
            'CreatedAt: expected a date and time of RFC 3339 or an empty string, got "yesterday"'
        ]


def test_an_unsigned_integer_has_its_range():
    found = violations(
        "GET /containers/(id)/changes", [{"Kind": 1, "Path": "/a"}, {"Kind": -1, "Path": "/b"}]
    )

    assert found == ["[1].Kind: expected one of '0', '1', '2', got -1"]


def test_what_an_example_shows_is_no_promise():
    assert violations(INSPECT, {"Name": 3}, "1.20") == []


def test_an_undocumented_status_has_no_body():
    inspect = operations()[INSPECT]

    assert answers().type_at(inspect, "418", ApiVersion(1, 41)) is None
    assert answers().type_at(inspect, "404", ApiVersion(1, 41)) is not None


def test_the_overlay_repairs_what_documents_get_wrong():
    assert violations(INSPECT, {"ExecIDs": ["a"]}, "1.30") == []
    assert violations(INSPECT, {"ExecIDs": "a"}, "1.30") != []


def test_members_that_no_document_knows_are_reported_with_the_nearest_name():
    usage, version = operations()["GET /system/df"], ApiVersion(1, 45)
    seen = answers().seen(
        usage, "200", version, {"BuildCache": [{"ID": "x", " Parents": None}], "Volumes": []}
    )

    assert seen.documented == {".BuildCache", ".BuildCache[].ID", ".Volumes"}
    assert seen.undocumented == {".BuildCache[]. Parents"}
    known = answers().documented(usage, "200", version)
    assert nearest(".BuildCache[]. Parents", known) == ".BuildCache[].Parents"
    assert nearest(".BuildCache[].Moon", known) == ""


def test_members_of_maps_are_one_place():
    document = {"NetworkSettings": {"Networks": {"a": {"Gateway": ""}, "b": {"Gateway": "", "New": 1}}}}
    seen = answers().seen(operations()[INSPECT], "200", ApiVersion(1, 41), document)

    assert ".NetworkSettings.Networks{}.Gateway" in seen.documented
    assert seen.undocumented == {".NetworkSettings.Networks{}.New"}


def test_documented_members_carry_their_condition():
    known = answers().documented(operations()["GET /info"], "200", ApiVersion(1, 41))

    assert known[".Swarm.Nodes"] == "the engine is part of a swarm"
    assert known[".Name"] == ""


def test_types_of_content_are_known():
    produces = answers().produces

    assert produces(operations()["GET /info"], ApiVersion(1, 41)) == ["application/json"]
    assert produces(operations()["GET /containers/(id)/logs"], ApiVersion(1, 30)) == [
        "application/vnd.docker.raw-stream"
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "null"), ([1], "an array"), ({}, "an object"), (True, "true"), ("x" * 200, '"' + "x" * 79 + "…")],
)
def test_a_value_is_described_in_words(value, words):
    assert describe(value) == words
