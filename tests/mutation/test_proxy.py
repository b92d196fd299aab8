"""The fault proxy, in front of a scripted daemon: what it must leave alone, and what it must break."""

import os
import socket
import threading
import time
from contextlib import contextmanager

import pytest
from scripted import read_head, scripted

from conformance.catalogue import Mutant
from conformance.http import frames
from conformance.http.client import UPGRADE, Client
from conformance.http.timeouts import Timeouts
from conformance.model.errors import ConnectionLost, DaemonTimeout
from conformance.mutation.faults.registry import build_fault
from conformance.mutation.proxy.rule import Rule, compile_path
from conformance.mutation.proxy.server import Proxy

TIMEOUTS = Timeouts(connect=2, first_byte=2, silence=2, total=10)


def ok(body, *headers):
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def chunked(*pieces):
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    )


@contextmanager
def proxied(folder, script, fault="", path="*", **args):
    """A client behind the proxy, and the rule that applies."""
    with scripted(folder, script) as endpoint, Proxy(endpoint) as proxy:
        rule = (
            Rule(build_fault(Mutant(name="m", fault=fault, args=args)), (("", compile_path(path)),))
            if fault
            else None
        )
        proxy.set_rule(rule)
        client = Client(proxy.endpoint, timeouts=TIMEOUTS)
        try:
            yield client, rule
            assert proxy.errors == []
        finally:
            client.close()


def echoing(connection):
    """Answers each request with its own bytes, for as long as the connection lasts."""
    while head := read_head(connection):
        head, _, body = head.partition(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            ),
            0,
        )
        while len(body) < length:
            body += connection.recv(65536)
        connection.sendall(ok(head + b"\r\n\r\n" + body))


def raw(client, data):
    """Send bytes as they are; return all that comes until the other side closes."""
    with client.endpoint.connect(2) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        got = b""
        while piece := sock.recv(65536):
            got += piece
        return got


# what it does not change


def test_a_request_reaches_the_daemon_byte_for_byte(tmp_path):
    sent = (
        b"POST /v1.19/x%7E?q={}&q=%2f HTTP/1.1\r\nHOST: a\r\nx-Odd:   spaced\r\ncontent-LENGTH: 3\r\n\r\n{ }"
    )

    with proxied(tmp_path, echoing) as (client, _):
        assert raw(client, sent).partition(b"\r\n\r\n")[2] == sent


def test_an_answer_reaches_the_client_byte_for_byte(tmp_path):
    answer = b"HTTP/1.1 404 Nicht da\r\nx-odd:  a \r\nX-Odd: b\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n"

    with proxied(tmp_path, lambda connection: (read_head(connection), connection.sendall(answer))) as (
        client,
        _,
    ):
        assert raw(client, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == answer


def test_one_connection_carries_many_exchanges(tmp_path):
    connections = []

    def script(connection):
        connections.append(1)
        echoing(connection)

    with proxied(tmp_path, script) as (client, _):
        for number in range(20):
            assert f"/n{number} ".encode() in client.post(f"/n{number}", body=b"x" * number).body

    assert len(connections) == 1


def test_a_daemon_that_closes_idle_connections_is_connected_again(tmp_path):
    closed = threading.Semaphore(0)

    def script(connection):
        read_head(connection)
        connection.sendall(ok(b"one"))
        connection.shutdown(socket.SHUT_RDWR)
        closed.release()

    with proxied(tmp_path, script) as (client, _):
        for _ in range(3):
            assert client.get("/").body == b"one"
            assert closed.acquire(timeout=5)


@pytest.mark.parametrize("headers", [UPGRADE, ()], ids=["upgrade", "plain"])
def test_a_refused_hijack_that_ends_with_its_connection_ends(tmp_path, headers):
    answer = b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n{}"

    with (
        proxied(tmp_path, lambda connection: (read_head(connection), connection.sendall(answer))) as (
            client,
            _,
        ),
        client.hijack("POST", "/attach", headers=headers) as stream,
    ):
        assert (stream.status, stream.response.body) == (404, b"{}")


def test_an_upgraded_connection_ends_with_the_daemons(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nall")

    with (
        proxied(tmp_path, script) as (client, _),
        client.hijack("POST", "/attach", headers=UPGRADE) as stream,
    ):
        assert stream.rest() == b"all"


def test_a_large_answer_arrives_whole_when_the_daemon_closes_behind_it(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(5_000_000))

    with proxied(tmp_path, script) as (client, _):
        assert len(client.get("/").body) == 5_000_000


def test_an_upgraded_connection_carries_bytes_both_ways(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly")
        while data := connection.recv(100):
            connection.sendall(b"<" + data + b">")
        connection.sendall(b"end")

    with (
        proxied(tmp_path, script) as (client, _),
        client.hijack("POST", "/attach", headers=UPGRADE) as stream,
    ):
        assert stream.status == 101
        assert stream.read_until(b"early") == b"early"
        stream.send(b"ping")
        assert stream.read_until(b"<ping>").endswith(b"<ping>")
        stream.close_write()
        assert stream.rest() == b"end"


def test_a_connection_hijacked_without_upgrade_carries_bytes_both_ways(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n")
        while data := connection.recv(100):
            connection.sendall(data.upper())

    with proxied(tmp_path, script) as (client, _), client.hijack("POST", "/attach", headers=()) as stream:
        stream.send(b"ping")
        assert stream.read_until(b"PING") == b"PING"
        stream.close_write()
        assert stream.rest() == b""


def test_a_piece_of_an_endless_stream_is_not_kept_back(tmp_path):
    go_on = threading.Event()

    def script(connection):
        read_head(connection)
        connection.sendall(chunked(b'{"n":1}')[: -len(b"0\r\n\r\n")])
        go_on.wait(5)
        connection.sendall(b'7\r\n{"n":2}\r\n')
        connection.recv(1)

    with proxied(tmp_path, script) as (client, _), client.stream("GET", "/events") as stream:
        assert stream.message(2) == {"n": 1}
        go_on.set()
        assert stream.message(2) == {"n": 2}


def test_an_early_answer_to_a_large_upload_arrives(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
        time.sleep(0.2)

    with proxied(tmp_path, script) as (client, _):
        answer = client.put("/upload", body=bytes(20_000_000))

        assert (answer.status, answer.body) == (400, b"no")


@pytest.mark.parametrize("half_closed", [False, True], ids=["plain", "after a half-close"])
def test_a_client_that_goes_away_during_a_quiet_answer_is_gone_for_the_daemon_too(tmp_path, half_closed):
    gone = threading.Event()

    def script(connection):
        read_head(connection)
        connection.sendall(chunked(b"{}")[: -len(b"0\r\n\r\n")])
        if half_closed:
            assert connection.recv(1) == b""
            for _ in range(200):
                connection.sendall(b"2\r\n{}\r\n")
                time.sleep(0.01)
        try:
            connection.recv(1)
        finally:
            gone.set()

    with proxied(tmp_path, lambda connection: _until_closed(connection, script, gone)) as (client, _):
        sock = client.endpoint.connect(2)
        sock.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
        assert b"200 OK" in sock.recv(65536)
        if half_closed:
            sock.shutdown(socket.SHUT_WR)
        begun = time.monotonic()
        sock.close()
        assert gone.wait(2)

    assert time.monotonic() - begun < 0.5


def _until_closed(connection, script, gone):
    try:
        script(connection)
    except OSError:
        gone.set()


def test_what_is_not_http_passes_blindly(tmp_path):
    def script(connection):
        assert connection.recv(100) == b"\x16\x03\x01 hello\r\n\r\n"
        connection.sendall(b"\x15 alert")

    with proxied(tmp_path, script) as (client, _):
        assert raw(client, b"\x16\x03\x01 hello\r\n\r\n") == b"\x15 alert"


def test_the_socket_resembles_the_daemons(tmp_path):
    with scripted(tmp_path, echoing) as endpoint:
        os.chmod(endpoint.path, 0o620)
        with Proxy(endpoint) as proxy:
            facts = os.stat(proxy.endpoint.path)

            assert (facts.st_mode & 0o777, facts.st_gid) == (0o620, os.stat(endpoint.path).st_gid)


def test_an_exchange_that_does_not_match_is_left_alone(tmp_path):
    with proxied(tmp_path, echoing, "status", path="/other", to=500) as (client, rule):
        assert client.get("/this").status == 200

    assert (rule.matched, rule.reached) == (0, 0)


# what it changes


def test_a_member_is_dropped_and_the_length_fits(tmp_path):
    script = answering_json(b'{"Id":"1","Name":"x"}')

    with proxied(tmp_path, script, "drop", member="Id") as (client, rule):
        assert client.get("/v1.19/x").json() == {"Name": "x"}

    assert rule.reached == 1


def answering_json(body):
    return lambda connection: (
        read_head(connection),
        connection.sendall(ok(body, "Content-Type: application/json")),
    )


def test_a_fault_that_finds_nothing_is_not_reached(tmp_path):
    with proxied(tmp_path, answering_json(b'{ "Name": "x" }'), "drop", member="Id") as (client, rule):
        assert client.get("/").body == b'{ "Name": "x" }'

    assert (rule.matched, rule.reached) == (1, 0)


def test_messages_of_a_stream_are_broken_one_by_one_as_they_come(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(chunked(b'{"n":1}{"n"', b":2}\r\n", b'{"n":3}'))

    with proxied(tmp_path, script, "messages", do="lose", where={"n": 2}) as (client, rule):
        assert client.get("/events").messages() == [{"n": 1}, {"n": 3}]

    assert rule.reached == 1


def test_the_request_is_broken_before_the_daemon_sees_it(tmp_path):
    with proxied(tmp_path, echoing, "swallow", member="HostConfig.Memory") as (client, rule):
        seen = client.post("/containers/create", json={"HostConfig": {"Memory": 5, "CpuShares": 7}}).body

    assert seen.endswith(b'{"HostConfig":{"CpuShares":7}}')
    assert rule.reached == 1


def test_an_answer_without_the_daemon_keeps_the_connection(tmp_path):
    with proxied(tmp_path, echoing, "answer", path="/volumes/(name)", status=204) as (client, rule):
        assert client.delete("/v1.21/volumes/x").status == 204
        assert client.get("/after").status == 200

    assert rule.reached == 1


def test_a_gone_route_is_refused_in_the_daemons_own_words(tmp_path):
    def script(connection):
        path = read_head(connection).split()[1]
        connection.sendall(
            b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\nno %b" % (len(path) + 3, path)
        )

    with proxied(tmp_path, script, "gone") as (client, _):
        answer = client.get("/v1.19/containers/json", {"all": 1})

    assert (answer.status, answer.text) == (404, "no /v1.19/containers/json")


def test_a_status_without_a_body_takes_the_body_away(tmp_path):
    with proxied(tmp_path, answering_json(b"{}"), "status", to=204) as (client, _):
        answer = client.get("/")

    assert (answer.status, answer.body, answer.header("Content-Length")) == (204, b"", None)


def test_frames_of_a_hijacked_stream_are_mislabelled(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n")
        connection.sendall(
            frames.multiplex([frames.Frame(frames.STDOUT, b"out"), frames.Frame(frames.STDERR, b"err")])
        )

    with (
        proxied(tmp_path, script, "frames", do="mislabel") as (client, rule),
        client.hijack("POST", "/attach") as stream,
    ):
        received = frames.demultiplex(stream.rest())

    assert received == [(frames.STDERR, b"out"), (frames.STDOUT, b"err")]
    assert rule.reached == 1


def test_stdin_is_lost(tmp_path):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n")
        connection.sendall(b"got:" + connection.recv(100))

    with (
        proxied(tmp_path, script, "stdin", do="lose") as (client, rule),
        client.hijack("POST", "/attach") as stream,
    ):
        stream.send(b"ping")
        stream.close_write()
        assert stream.rest() == b"got:"

    assert rule.reached == 1


def test_a_body_breaks_off(tmp_path):
    with (
        proxied(tmp_path, answering_json(b"x" * 100), "break-off", after=10) as (client, rule),
        pytest.raises(ConnectionLost),
    ):
        client.get("/")

    assert rule.reached == 1


def test_an_endless_body_does_not_end(tmp_path):
    with (
        proxied(tmp_path, answering_json(b"{}"), "endless") as (client, _),
        client.stream("GET", "/") as stream,
    ):
        assert stream.message(2) == {}
        with pytest.raises(DaemonTimeout):
            stream.read(0.3)


def test_a_lingering_connection_hides_the_client_that_went(tmp_path):
    gone = threading.Event()

    def script(connection):
        read_head(connection)
        connection.sendall(chunked(b"{}")[: -len(b"0\r\n\r\n")])
        connection.recv(1)
        gone.set()

    with scripted(tmp_path, script) as endpoint, Proxy(endpoint) as proxy:
        rule = Rule(build_fault(Mutant(name="m", fault="linger")))
        proxy.set_rule(rule)
        client = Client(proxy.endpoint, timeouts=TIMEOUTS)
        with client.stream("POST", "/build") as stream:
            stream.message(2)
        assert not gone.wait(0.3)
        proxy.set_rule(None)
        assert gone.wait(2)

    assert rule.reached == 1


def test_a_hang_up_is_a_lost_connection(tmp_path):
    with proxied(tmp_path, echoing, "hang-up") as (client, _), pytest.raises(ConnectionLost):
        client.get("/")
