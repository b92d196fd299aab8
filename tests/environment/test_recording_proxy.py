"""The recording proxy: what it keeps of connections, whatever their framing. A scripted server instead of a daemon."""

from __future__ import annotations

import socket
from contextlib import ExitStack

import pytest
from scripted import answering, scripted

from conformance.environment.recording_proxy import RecordingProxy
from conformance.http.endpoint import Endpoint

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
UNTIL_END = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end"
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\na stream\r\n\r\nGET / HTTP/1.1"
INFORMED = b"HTTP/1.1 100 Continue\r\n\r\n" + LENGTH
CUT = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab"


@pytest.fixture
def server(tmp_path):
    """Starts a server that gives the requests of a connection these answers, and closes."""
    with ExitStack() as stack:
        yield lambda *answers: stack.enter_context(scripted(tmp_path, answering(*answers)))


def exchange(endpoint, *requests):
    """The exchanges of one connection that sends `requests`, each after the answer to the one before."""
    with RecordingProxy(endpoint) as proxy, socket.socket(socket.AF_UNIX) as client:
        client.connect(proxy.path)
        for request in requests:
            client.sendall(request)
            client.recv(65536)
        while client.recv(65536):
            pass
        return proxy.exchanges()


def get(path="/x"):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (LENGTH, 200, b"OK"),
        (CHUNKED, 200, b"abcde"),
        (EMPTY, 204, b""),
        (UNTIL_END, 200, b"until the end"),
        (UPGRADED, 101, b"a stream\r\n\r\nGET / HTTP/1.1"),
        (INFORMED, 200, b"OK"),
    ],
    ids=["length", "chunked", "204", "until the end", "upgraded", "informed"],
)
def test_a_response_is_read_by_its_framing(server, answer, status, body):
    (found,) = exchange(server(answer), get())

    assert (found.request.method, found.request.target) == ("GET", "/x")
    assert (found.response.status, found.response.body, found.response.complete) == (status, body, True)


def test_several_exchanges_of_a_connection_are_separate(server):
    posts = [
        b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
        b"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n",
        get("/c"),
    ]

    found = exchange(server(CHUNKED, EMPTY, LENGTH), *posts)

    assert [(one.request.target, one.request.body, one.response.status) for one in found] == [
        ("/a", b"abc", 200),
        ("/b", b"de", 204),
        ("/c", None, 200),
    ]


def test_a_response_that_is_cut_short_is_not_complete(server):
    (found,) = exchange(server(CUT), get())

    assert (found.response.body, found.response.complete) == (b"ab", False)


def test_only_what_began_after_a_mark_is_given(server):
    with RecordingProxy(server(LENGTH, LENGTH)) as proxy, socket.socket(socket.AF_UNIX) as client:
        client.connect(proxy.path)
        client.sendall(get("/a"))
        client.recv(65536)
        mark = proxy.mark()
        client.sendall(get("/b"))
        client.recv(65536)

        assert [one.request.target for one in proxy.exchanges(mark)] == ["/b"]


def test_a_daemon_that_is_gone_closes_the_connection(tmp_path):
    with (
        RecordingProxy(Endpoint(path=str(tmp_path / "none"))) as proxy,
        socket.socket(socket.AF_UNIX) as client,
    ):
        client.connect(proxy.path)

        assert client.recv(1) == b""
        assert proxy.exchanges() == []
