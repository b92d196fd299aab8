"""Faults: every name of the vocabulary has a builder, and every edit changes what it says."""

import io
import json
import tarfile

import pytest

from conformance.catalogue import FAULTS, Mutant, load
from conformance.http import frames, json_stream
from conformance.http.messages import Request, Response
from conformance.model.mutants import EMULATORS
from conformance.mutation import emulation
from conformance.mutation.faults import archive, json_edits, registry, request, response, stream
from conformance.mutation.proxy import http_edits
from conformance.mutation.proxy.body_filters import MessageSplitter, WebSocketFilter
from conformance.mutation.proxy.rule import Rule, compile_path, has_version


def test_every_name_of_the_vocabulary_has_a_builder():
    assert registry.find_unregistered() == set()


def test_every_emulator_of_the_vocabulary_exists():
    assert set(EMULATORS) == emulation.NAMES


def test_every_mutant_of_the_catalogue_can_be_built():
    for change in load().changes.values():
        for mutant in change.mutants:
            assert registry.build_rule(change, mutant).endpoints


DOCUMENT = {"Id": "1", "Host": {"Memory": 5, "Env": ["a", "b"]}, "Rows": [{"Name": "x"}, {"Name": "y"}]}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (json_edits.drop("Host.Memory"), {"Host": {"Env": ["a", "b"]}}),
        (json_edits.drop("Rows.*.Name"), {"Rows": [{}, {}]}),
        (json_edits.drop("Rows.0"), {"Rows": [{"Name": "y"}]}),
        (json_edits.rename("Rows.*.Name", "name"), {"Rows": [{"name": "x"}, {"name": "y"}]}),
        (json_edits.move("Host.Memory", "Top.Memory"), {"Host": {"Env": ["a", "b"]}, "Top": {"Memory": 5}}),
        (json_edits.put("Host.New.Deep", 1), {"Host": {"Memory": 5, "Env": ["a", "b"], "New": {"Deep": 1}}}),
        (json_edits.put("Rows.*.Name", "z"), {"Rows": [{"Name": "z"}, {"Name": "z"}]}),
        (
            json_edits.replace("Host.Env", json_edits.select_elements("reversed")),
            {"Host": {"Memory": 5, "Env": ["b", "a"]}},
        ),
        (json_edits.replace("Host.Memory", json_edits.alter), {"Host": {"Memory": 6, "Env": ["a", "b"]}}),
        (json_edits.drop("Nothing.There"), {}),
    ],
)
def test_an_edit_changes_that_and_nothing_else(edit, expected):
    before = json.dumps(DOCUMENT)

    edited = edit(DOCUMENT)

    assert edited == {**DOCUMENT, **expected}
    assert json.dumps(DOCUMENT) == before


@pytest.mark.parametrize(
    ("kind", "value", "made"),
    [
        ("int", True, 1),
        ("bool", 0, False),
        ("string", 5, "5"),
        ("string", True, "true"),
        ("array", "a", ["a"]),
        ("object", 5, {"value": 5}),
        ("float", 5, 5.5),
        ("int", "12", 12),
        ("int", None, 0),
        ("other", "a", {"value": "a"}),
        ("other", {"a": 1}, [{"a": 1}]),
    ],
)
def test_a_value_changes_its_type(kind, value, made):
    assert json_edits.is_same(json_edits.convert_to(kind)(value), made)


@pytest.mark.parametrize("value", [True, 0, 1.5, "", "a", [], [1], {}, {"a": 1}, None])
def test_an_altered_value_differs(value):
    assert not json_edits.is_same(json_edits.alter(value), value)


@pytest.mark.parametrize(
    ("target", "name", "value", "made"),
    [
        ("/x?a=1&b=2", "a", None, "/x?b=2"),
        ("/x?a=1", "a", None, "/x"),
        ("/x?a=%2F", "b", None, "/x?a=%2F"),
        ("/x", "a", "1", "/x?a=1"),
        ("/x?a=1&b=2", "b", "3", "/x?a=1&b=3"),
    ],
)
def test_a_query_parameter_is_removed_or_changed(target, name, value, made):
    assert http_edits.set_query(target, name, value) == made


@pytest.mark.parametrize(
    ("sent", "arrives"), [(b'{"Binds":["v:/x:ro"]}', b'{"Binds":["v:/x"]}'), (b"{}", b"{}"), (None, None)]
)
def test_a_request_is_reworded_where_it_has_the_text(sent, arrives):
    reword = registry.build_fault(Mutant(name="x", fault="reword", args={"text": ":ro", "by": ""}))

    assert reword.request(Request("POST", "/x", (), sent)).body == arrives


@pytest.mark.parametrize(
    ("do", "seen"),
    [
        ("lose", [1, 3]),
        ("double", [1, 2, 2, 3]),
        ("reorder", [1, 3, 2]),
    ],
)
def test_messages_are_lost_doubled_and_reordered(do, seen):
    body = stream.build_message_filter(do, {"n": 2})

    data = body.feed(b'{"n":1}\n{"n"') + body.feed(b':2}\n{"n":3}\n') + body.close()

    assert [json.loads(text)["n"] for text in json_stream.split(data)] == seen
    assert body.changed


def test_a_message_is_reordered_among_those_of_its_own_object():
    body = stream.build_message_filter("reorder", {"status": "pause"})
    events = [
        ("a", "start"),
        ("a", "pause"),
        ("b", "start"),
        ("b", "pause"),
        ("a", "unpause"),
        ("b", "unpause"),
    ]

    data = (
        body.feed(b"".join(json.dumps({"id": who, "status": what}).encode() for who, what in events))
        + body.close()
    )

    seen = [(message["id"], message["status"]) for message in map(json.loads, json_stream.split(data))]
    assert [what for who, what in seen if who == "a"] == ["start", "unpause", "pause"]
    assert [what for who, what in seen if who == "b"] == ["start", "unpause", "pause"]


def test_a_message_that_was_only_held_back_is_not_reordered():
    body = stream.build_message_filter("reorder", {})

    assert body.feed(b'{"n":1}') + body.close() == b'{"n":1}'
    assert not body.changed


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_messages_are_split_however_they_come(size):
    text = b'{"a":"}\\"{[","b":[{"c":"\\\\"}]}\n[1,[2]]\r\n{}trailing'
    splitter = MessageSplitter()
    whole = [
        message
        for start in range(0, len(text), size)
        for message in splitter.feed(text[start : start + size])
    ]

    assert [json.loads(message) for message in whole] == [{"a": '}"{[', "b": [{"c": "\\"}]}, [1, [2]], {}]
    assert b"".join(whole) + splitter.close() == text


@pytest.mark.parametrize("do", FAULTS["frames"]["do"].choices)
def test_frames_are_changed_in_each_way(do):
    sent = frames.multiplex([frames.Frame(1, b"out"), frames.Frame(2, b"err"), frames.Frame(1, b"more")])
    body = stream.build_frame_filter(do)

    got = body.feed(sent[:9]) + body.feed(sent[9:]) + body.close()

    assert got != sent
    assert body.changed


@pytest.mark.parametrize(
    ("do", "made"),
    [
        ("text", b"\x81\x02hi\x88\x00\x81\x7e\x00\x80" + 128 * b"x"),
        ("binary", b"\x82\x02hi\x88\x00\x82\x7e\x00\x80" + 128 * b"x"),
        ("unframe", b"hi\x88\x00" + 128 * b"x"),
        ("lose", b"\x88\x00"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5, 500])
def test_websocket_messages_are_changed_in_each_way(do, made, size):
    sent = b"\x81\x02hi\x88\x00\x82\x7e\x00\x80" + 128 * b"x"
    body = WebSocketFilter(do)

    given = (
        b"".join(body.feed(sent[start : start + size]) for start in range(0, len(sent), size)) + body.close()
    )

    assert given == made
    assert body.changed


def test_a_stale_answer_is_the_first_to_the_same_request():
    make = response.repeat_first_body().body
    pairs = [("/a", b"1"), ("/b", b"2"), ("/a", b"3")]

    bodies = [(make(Request("GET", target), Response(200)), data) for target, data in pairs]

    assert [body.feed(data) + body.close() for body, data in bodies] == [b"1", b"2", b"1"]
    assert [body.changed for body, _ in bodies] == [False, False, True]


def test_a_part_of_the_target_is_replaced():
    asked = Request("GET", "/v1.21/images/get?names=a&names=b")

    assert request.retarget("&names=b$", "").request(asked).target == "/v1.21/images/get?names=a"
    assert request.retarget("/nowhere", "").request(asked) == asked


def test_an_upgrade_is_claimed():
    answer = response.claim_upgrade().head(
        Request("GET", "/"), Response(200, "OK", (("Connection", "close"),))
    )

    assert (answer.status, answer.headers) == (101, (("Connection", "Upgrade"), ("Upgrade", "tcp")))


@pytest.mark.parametrize("do", FAULTS["archive"]["do"].choices)
def test_archives_are_changed_in_each_way(do):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name in ("tree/one", "tree/two"):
            info = tarfile.TarInfo(name)
            info.size = 3
            tar.addfile(info, io.BytesIO(b"abc"))

    broken = archive.edit_archive(buffer.getvalue(), do)

    with tarfile.open(fileobj=io.BytesIO(broken)) as tar:
        members = [
            (info.name, info.mode, info.uid, info.gid, info.mtime, tar.extractfile(info).read())
            for info in tar
        ]
    assert members != [(name, 0o644, 0, 0, 0, b"abc") for name in ("tree/one", "tree/two")]


def test_bytes_that_are_not_an_archive_stay():
    assert archive.edit_archive(b"no archive", "half") == b"no archive"


@pytest.mark.parametrize(
    ("selection", "inside", "outside"),
    [
        ("", ["", "1.14", "1.41"], []),
        ("1.14-1.18", ["1.14", "1.18"], ["1.19", "1.100", ""]),
        ("1.19-", ["1.19", "1.100"], ["1.18", ""]),
        ("-1.18", ["1.9", "1.18"], ["1.19", ""]),
        ("1.19", ["1.19"], ["1.18", ""]),
        ("unversioned", [""], ["1.19"]),
        ("versioned", ["1.19"], [""]),
    ],
)
def test_versions_select_the_path_that_was_asked(selection, inside, outside):
    assert [has_version(selection, version) for version in inside] == [True] * len(inside)
    assert [has_version(selection, version) for version in outside] == [False] * len(outside)


@pytest.mark.parametrize(
    ("documented", "path", "fits"),
    [
        ("/containers/(id)/json", "/containers/x/json", True),
        ("/containers/(id)/json", "/containers/json", False),
        ("/images/(name)/json", "/images/registry:5000/a/b:1/json", True),
        ("/volumes/(name)", "/volumes/x", True),
        ("/volumes", "/volumes/create", False),
        ("*", "/anything/at/all", True),
    ],
)
def test_a_documented_path_is_a_pattern(documented, path, fits):
    assert bool(compile_path(documented).fullmatch(path)) is fits


def test_an_ordinal_limits_the_fault_to_one_exchange():
    rule = Rule(registry.build_fault(Mutant(name="m", fault="gone")), ordinal=1)

    assert [rule.take("GET", "/info") for _ in range(3)] == [False, True, False]


def test_a_request_is_rerouted_with_its_own_id():
    edit = stream.build_reroute("/containers/(id)/kill", None)

    assert edit(Request("POST", "/v1.19/containers/abc/stop?t=5")).target == "/v1.19/containers/abc/kill?t=5"


def test_a_member_inside_a_base64_header_is_edited():
    headers = (("X-Registry-Auth", "eyJ1c2VybmFtZSI6InUiLCJwYXNzd29yZCI6InAifQ=="),)

    changed = http_edits.edit_base64_header(
        headers, "x-registry-auth", json_edits.apply_to_bytes(json_edits.drop("password"))
    )

    assert (
        http_edits.edit_base64_header(
            changed, "X-Registry-Auth", json_edits.apply_to_bytes(json_edits.drop("nothing"))
        )
        == changed
    )
    assert changed == (("X-Registry-Auth", "eyJ1c2VybmFtZSI6InUifQ=="),)
