"""Negative controls: each changes the bytes of a response, and none its meaning."""

import json
import socket

import pytest
from scripted import read_head, scripted
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, TextMessage

from conformance.http import frames
from conformance.http.client import Client
from conformance.http.frames import STDERR, STDOUT, Frame
from conformance.http.messages import Request, Response
from conformance.http.timeouts import Timeouts
from conformance.mutation.controls import CONTROLS, GROUPS, build_fault
from conformance.mutation.proxy.rule import Rule
from conformance.mutation.proxy.server import Proxy

TIMEOUTS = Timeouts(connect=2, first_byte=2, silence=2, total=10)
ROWS = [{"Id": "1", "Labels": {"a": "b/c"}, "List": [1, 2], "Text": "\u00e9\U0001f600"}]
FRAMES = [Frame(STDOUT, b"one\n"), Frame(STDOUT, b"two\n"), Frame(STDERR, b"three\n"), Frame(STDOUT, b"")]
JSON = "Content-Type: application/json"
STREAM = "Content-Type: application/vnd.docker.raw-stream"


def respond(status, body, *headers):
    lines = [f"HTTP/1.1 {status} Some Reason", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def respond_in_chunks(body, *headers):
    half = len(body) // 2
    lines = ["HTTP/1.1 200 OK", *headers, "Transfer-Encoding: chunked", "", ""]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:], b""))
    return "\r\n".join(lines).encode() + chunks


ROWS_TEXT = json.dumps(ROWS).encode()
LISTED = "/v1.21/containers/json", respond(200, ROWS_TEXT, JSON)
CHUNKED = "/v1.21/containers/json", respond_in_chunks(ROWS_TEXT, JSON)
LOGS = "/v1.21/containers/x/logs", respond_in_chunks(frames.multiplex(FRAMES), STREAM)
REFUSED = "/v1.21/containers/x/json", respond(404, b'{"message":"no such container"}', JSON)
#: What is asked where the list of containers does not show the difference.
SAMPLES = {
    "other-words": REFUSED,
    "bodies-with-length": CHUNKED,
    "other-chunks": CHUNKED,
    "chunk-extensions": CHUNKED,
    "split-frames": LOGS,
    "joined-frames": LOGS,
}
WEBSOCKET = {"split-websocket-messages", "fragmented-websocket-messages"}
#: Controls that change what is documented, but not what documents say of it: (request, document, what it becomes).
CONTENT = {
    "other-times": ("GET /info", {"At": "2015-01-02T03:04:05.6Z"}, [{"At": "2015-01-02T03:04:05.6+00:00"}]),
    "empty-as-null": (
        "GET /containers/x/json",
        {"ExecIDs": [], "Mounts": [], "HostConfig": {"Binds": []}},
        [{"ExecIDs": None, "Mounts": [], "HostConfig": {"Binds": []}}],
    ),
    "nulls-left-out": (
        "GET /volumes",
        {"Volumes": [{"Options": None, "UsageData": None}], "Warnings": None, "Other": None},
        [{"Volumes": [{"Options": None}], "Other": None}],
    ),
    "other-order-of-rows": (
        "GET /images/x/json",
        {"RepoTags": ["a", "b"], "Rows": [1, 2]},
        [{"RepoTags": ["b", "a"], "Rows": [1, 2]}],
    ),
    "other-objects": (
        "GET /networks?x=1",
        [{"Name": "a", "Id": "0f"}],
        [
            [
                {"Name": "conformance-other-1", "Id": "f1"},
                {"Name": "a", "Id": "0f"},
                {"Name": "conformance-other-2", "Id": "f2"},
            ]
        ],
    ),
    "other-events": (
        "GET /events",
        {"id": "0f", "status": "die"},
        [{"id": "f1", "status": "die"}, {"id": "0f", "status": "die"}],
    ),
    "more-progress": ("POST /build", {"stream": "a"}, [{"status": "Still at work"}, {"stream": "a"}]),
    "other-progress": (
        "POST /images/create",
        {"status": "Pulled", "id": "0f"},
        [{"status": "At work on it", "id": "0f"}],
    ),
    "more-warnings": (
        "POST /containers/create",
        {"Id": "0f", "Warnings": None},
        [{"Id": "0f", "Warnings": ["this kernel is old"]}],
    ),
}
#: Shown by tests of their own; "later-members" asks the daemon, and is shown in test_emulators.
ELSEWHERE = {"later-members", *CONTENT}


def fetch(endpoint, path):
    """All bytes of a response."""
    with endpoint.connect(2) as sock:
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        sock.shutdown(socket.SHUT_WR)
        got = b""
        while piece := sock.recv(65536):
            got += piece
        return got


@pytest.mark.parametrize("name", sorted(set(CONTROLS) - WEBSOCKET - ELSEWHERE - {"slow", "other-writes"}))
def test_a_control_changes_the_bytes(tmp_path, name):
    path, response = SAMPLES.get(name, LISTED)

    with scripted(tmp_path, lambda sock: (read_head(sock), sock.sendall(response))) as daemon:
        with Proxy(daemon) as proxy:
            rule = Rule(CONTROLS[name].build(None))
            proxy.set_rule(rule)

            assert fetch(proxy.endpoint, path) != response
            assert rule.reached
            assert proxy.errors == []


@pytest.mark.parametrize("name", sorted(set(CONTROLS) - WEBSOCKET - ELSEWHERE))
def test_a_control_does_not_change_the_meaning(tmp_path, name):
    path, response = SAMPLES.get(name, LISTED)

    with scripted(tmp_path, lambda sock: (read_head(sock), sock.sendall(response))) as daemon:
        with Proxy(daemon) as proxy:
            proxy.set_rule(Rule(CONTROLS[name].build(None)))
            answer = Client(proxy.endpoint, timeouts=TIMEOUTS).get(path)

    if path == LOGS[0]:
        whole = frames.demultiplex(answer.body)
        for stream in (STDOUT, STDERR):
            assert frames.payload(whole, stream) == frames.payload(FRAMES, stream)
    elif path == REFUSED[0]:
        assert (answer.status, set(json.loads(answer.body))) == (404, {"message"})
    else:
        (row,) = answer.json()
        assert {key: row[key] for key in ROWS[0]} == ROWS[0]


@pytest.mark.parametrize("name", sorted(set(CONTROLS) - ELSEWHERE - {"slow"}))
def test_a_response_without_a_body_keeps_its_connection(tmp_path, name):
    """Under every control: it ends with its head, so the next request goes over the same connection."""
    connections = []

    def script(sock):
        connections.append(1)
        while read_head(sock):
            sock.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with scripted(tmp_path, script) as daemon, Proxy(daemon) as proxy:
        proxy.set_rule(Rule(CONTROLS[name].build(None)))
        client = Client(proxy.endpoint, timeouts=TIMEOUTS)
        assert [client.delete("/v1.21/containers/x").status for _ in range(3)] == [204] * 3

    assert len(connections) == 1


def edit_json(name, request, document):
    """The documents that a control makes of one, which answers a request such as ``GET /info``."""
    method, path = request.split()
    response = Response(200, headers=(("Content-Type", "application/json"),))
    edited = CONTROLS[name].build(None).body(Request(method, f"/v1.41{path}"), response)
    if edited is None:
        return [document]
    text = edited.feed(json.dumps(document).encode()) + edited.close()
    decoder, found = json.JSONDecoder(), []
    while text := text.strip():
        value, end = decoder.raw_decode(text.decode())
        found.append(value)
        text = text[end:]
    return found


@pytest.mark.parametrize("name", sorted(CONTENT))
def test_a_control_changes_content_that_no_document_fixes(name):
    request, document, expected = CONTENT[name]

    assert edit_json(name, request, document) == expected


@pytest.mark.parametrize("name", ["other-objects", "other-events"])
def test_what_a_client_selects_is_left_alone(name):
    request, document, _ = CONTENT[name]

    assert edit_json(name, request.partition("?")[0] + "?filters={}", document) == [document]


def test_each_control_is_in_one_group():
    assert sorted(name for group in GROUPS for name in group) == sorted(CONTROLS)


def test_controls_of_a_group_are_applied_together():
    fault = build_fault(["other-order", "other-escapes", "charset"], None)
    request, answer = (
        Request("GET", "/v1.41/info"),
        Response(200, headers=(("Content-Type", "application/json"),)),
    )
    edited = fault.body(request, answer)

    got = edited.feed(b'{"a":"x","c":1}') + edited.close()

    assert got == b'{"\\u0063": 1, "\\u0061": "\\u0078"}'
    assert edited.changed
    assert fault.head(request, answer).header("Content-Type") == "application/json; charset=utf-8"


def test_output_of_a_terminal_is_not_held_back_as_frames():
    request = Request("POST", "/v1.21/exec/x/start")
    edited = CONTROLS["split-frames"].build(None).body(request, Response(200))

    assert edited.feed(b"ok\r\n") == b"ok\r\n"


def read_messages(data):
    """The data of the messages before the end, each joined from its frames."""
    connection = Connection(ConnectionType.CLIENT)
    connection.receive_data(data)
    messages, parts = [], []
    for event in connection.events():
        if isinstance(event, TextMessage | BytesMessage):
            parts.append(event.data.encode() if isinstance(event, TextMessage) else bytes(event.data))
            if event.message_finished:
                messages.append(b"".join(parts))
                parts = []
    return messages


@pytest.mark.parametrize("size", [1, 3, 500])
@pytest.mark.parametrize("name", sorted(WEBSOCKET))
def test_websocket_messages_are_cut_in_two(name, size):
    """However they come, a text, a binary message and the end are cut and keep their bytes."""
    sent = b"\x81\x05hello\x82\x7e\x00\xc8" + 200 * b"x" + b"\x88\x00"
    request = Request("GET", "/v1.21/containers/x/attach/ws")
    edited = CONTROLS[name].build(None).body(request, Response(101))
    got = b"".join(edited.feed(sent[at : at + size]) for at in range(0, len(sent), size)) + edited.close()

    messages = read_messages(got)

    assert edited.changed
    assert b"".join(messages) == b"hello" + 200 * b"x"
    assert len(messages) == (4 if name == "split-websocket-messages" else 2)
