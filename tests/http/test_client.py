"""The client against a scripted daemon: exact answers, and a bound for everything."""

import struct
import threading

import pytest
from scripted import answering, client_of, read_head

from conformance.http.errors import Malformed
from conformance.model.errors import BodyTooLarge, ConnectionLost, DaemonTimeout, ProtocolViolation
from conformance.model.versions import ApiVersion

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Case: Kept\r\n\r\nhi"


def test_an_answer_comes_as_it_is(tmp_path):
    with client_of(tmp_path, answering(OK)) as client:
        answer = client.get("/_ping")

    assert (answer.status, answer.reason, answer.body, answer.complete) == (200, "OK", b"hi", True)
    assert ("X-Case", "Kept") in answer.headers
    assert answer.header("x-case") == "Kept"


def test_a_request_goes_out_as_it_was_asked_for(tmp_path):
    heads = []

    def script(connection):
        heads.append(read_head(connection))
        connection.sendall(OK)

    with client_of(tmp_path, script, version=ApiVersion(1, 21)) as client:
        client.get("/containers/json", {"all": True, "filters": {"label": ["a=b"]}, "none": None})

    assert (
        heads[0].splitlines()[0]
        == b"GET /v1.21/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D HTTP/1.1"
    )


def test_one_connection_serves_many_requests(tmp_path):
    connections = []

    def script(connection):
        connections.append(connection)
        answering(*[OK] * 5)(connection)

    with client_of(tmp_path, script) as client:
        for _ in range(5):
            client.get("/_ping")

    assert len(connections) == 1


def test_a_redirect_is_not_followed(tmp_path):
    script = answering(
        b"HTTP/1.1 301 Moved\r\nLocation: http://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n"
    )
    with client_of(tmp_path, script) as client:
        assert client.get("/info").status == 301


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"", ConnectionLost),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", ConnectionLost),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ProtocolViolation),
        (b"hello there\r\n\r\n", ProtocolViolation),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ProtocolViolation),
        (OK + OK, ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n", ProtocolViolation),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + OK, ProtocolViolation),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000, BodyTooLarge),
    ],
    ids=[
        "nothing",
        "short",
        "bad chunk",
        "no http",
        "http2",
        "two answers",
        "endless headers",
        "endless 100",
        "huge",
    ],
)
def test_a_broken_answer_is_a_fault_with_its_name(tmp_path, answer, fault):
    with client_of(tmp_path, answering(answer)) as client:
        with pytest.raises(fault):
            client.get("/info")

    assert client.transcript[0].fault


def test_silence_is_bounded(tmp_path):
    done = threading.Event()
    with client_of(tmp_path, lambda connection: done.wait(5)) as client:
        with pytest.raises(DaemonTimeout):
            client.get("/info")
        done.set()

    assert client.transcript[0].seconds < 2


def test_a_trickle_is_bounded_by_the_total(tmp_path):
    stop = threading.Event()

    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not stop.wait(0.1):
            connection.sendall(b"x")

    with client_of(tmp_path, script) as client:
        with pytest.raises(DaemonTimeout):
            client.get("/info")
        stop.set()

    assert client.transcript[0].seconds < 5


def test_an_early_refusal_of_a_large_upload_is_heard(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno")

    with client_of(tmp_path, script) as client:
        assert client.put("/upload", body=b"x" * 50_000_000).status == 400


@pytest.mark.parametrize("status", [b"101 UPGRADED", b"200 OK"])
def test_bytes_that_come_with_the_head_of_a_hijack_are_kept(tmp_path, status):
    frame = struct.pack(">BxxxL", 1, 3) + b"out"
    script = answering(b"HTTP/1.1 " + status + b"\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n" + frame)

    with client_of(tmp_path, script) as client, client.hijack("POST", "/containers/x/attach") as hijacked:
        assert hijacked.frame(1) == (1, b"out")
        assert hijacked.frame(1) is None


@pytest.mark.parametrize("size", [1, 5, 100])
def test_output_is_read_until_a_word_however_it_is_cut_into_frames(tmp_path, size):
    words = (b"\x01\0\0\0\0\0\0\x02re", b"\x02\0\0\0\0\0\0\x01!", b"\x01\0\0\0\0\0\0\x04ady\n")
    sent = b"".join(words)

    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
        for at in range(0, len(sent), size):
            connection.sendall(sent[at : at + size])
        connection.recv(1)

    with client_of(tmp_path, script) as client, client.hijack("POST", "/containers/x/attach") as hijacked:
        assert hijacked.read_output_until(b"ready\n", 2) == b"ready\n"


def test_a_hijack_carries_bytes_both_ways(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
        received = b""
        while piece := connection.recv(100):
            received += piece
        connection.sendall(received.upper())

    with client_of(tmp_path, script) as client, client.hijack("POST", "/containers/x/attach") as hijacked:
        hijacked.send(b"hello ")
        hijacked.send(b"there")
        hijacked.close_write()

        assert hijacked.rest(2) == b"HELLO THERE"


def test_a_refused_hijack_is_an_ordinary_answer(tmp_path):
    script = answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone")
    with client_of(tmp_path, script) as client, client.hijack("POST", "/containers/x/attach") as hijacked:
        assert (hijacked.status, hijacked.response.error) == (404, "none")


def test_a_stream_gives_messages_as_they_come(tmp_path):
    go_on = threading.Event()

    def script(connection):
        read_head(connection)
        connection.sendall(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n')
        go_on.wait(2)
        connection.sendall(b'9\r\n1}\n{"b":2\r\n1\r\n}\r\n0\r\n\r\n')

    with client_of(tmp_path, script) as client, client.stream("GET", "/events") as stream:
        go_on.set()

        assert [stream.message(2), stream.message(2), stream.message(2)] == [{"a": 1}, {"b": 2}, None]


def test_a_stream_that_ends_within_a_message_is_malformed(tmp_path):
    script = answering(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{"a":')
    with client_of(tmp_path, script) as client, client.stream("GET", "/events") as stream:
        with pytest.raises(Malformed):
            stream.message(2)


def test_siblings_share_the_transcript(tmp_path):
    with client_of(tmp_path, answering(OK, OK)) as client:
        client.at("1.14").get("/info")
        client.at(None).get("/info")

    assert [exchange.request.target for exchange in client.transcript] == ["/v1.14/info", "/info"]
