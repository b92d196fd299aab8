"""Exchanges over TLS 1.2 and 1.3 against a scripted server: what the TLS layer itself sends is no answer."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import pytest
from scripted import read_head

from conformance.engine.tls_material import Certificates
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint, Tls
from conformance.model.errors import ProtocolViolation

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
BODY = b"x" * 2_000_000


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls") / "files"
    Certificates(str(folder))
    return folder


@pytest.fixture(params=VERSIONS)
def serve(request, certificates):
    """Runs a script for each connection over one version of TLS; the script gets the connection."""

    @contextmanager
    def start(script):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificates / "server.pem", certificates / "server-key.pem")
        context.minimum_version = context.maximum_version = VERSIONS[request.param]
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def accept():
                with suppress(OSError):
                    while True:
                        with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
                            script(connection)

            thread = threading.Thread(target=accept, daemon=True)
            thread.start()
            tls = Tls(ca=str(certificates / "ca.pem"))
            yield Client(Endpoint(host="localhost", port=listener.getsockname()[1], tls=tls))
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)

    return start


def read_request(connection):
    """The body of one request."""
    head, _, body = read_head(connection).partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length")
    )
    while len(body) < length and (piece := connection.recv(65536)):
        body += piece
    return body


def answer(connection, body=b"OK", head=b"200 OK"):
    connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (head, len(body), body))


def test_a_large_upload_arrives_whole(serve):
    def script(connection):
        answer(connection, b"%d" % len(read_request(connection)))

    with serve(script) as client:
        assert client.post("/images/create", body=BODY).body == b"2000000"


def test_an_interim_answer_does_not_end_the_upload(serve):
    def script(connection):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        answer(connection, b"%d" % len(read_request(connection)))

    with serve(script) as client:
        assert client.post("/images/create", body=BODY).body == b"2000000"


def test_an_early_refusal_ends_the_upload(serve):
    received = []

    def script(connection):
        received.append(read_head(connection))
        answer(connection, b"no", b"400 Bad Request")
        while piece := connection.recv(65536):
            received.append(piece)

    with serve(script) as client:
        assert client.put("/archive", body=b"x" * 50_000_000).status == 400
        assert not client.is_open(), "the daemon waits for the rest of the body on this connection"
    assert sum(map(len, received)) < 40_000_000


def test_an_answer_to_half_an_upload_that_is_not_http_is_a_fault(serve):
    def script(connection):
        read_head(connection)
        connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")
        while connection.recv(65536):
            pass

    with serve(script) as client, pytest.raises(ProtocolViolation):
        client.put("/archive", body=b"x" * 50_000_000)


def test_a_connection_is_used_again(serve):
    connections = []

    def script(connection):
        connections.append(connection)
        for _ in range(5):
            read_head(connection)
            answer(connection)

    with serve(script) as client:
        for _ in range(5):
            assert client.get("/_ping").body == b"OK"
    assert len(connections) == 1


def test_a_connection_is_used_again_after_a_large_upload(serve):
    def script(connection):
        for _ in range(2):
            answer(connection, b"%d" % len(read_request(connection)))

    with serve(script) as client:
        assert client.post("/build", body=BODY).body == b"2000000"
        assert client.is_open()
        assert client.post("/build", body=BODY).body == b"2000000"


def test_a_hijack_carries_bytes_both_ways(serve):
    def script(connection):
        read_head(connection)
        connection.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst ")
        connection.sendall(connection.recv(100).upper())

    with serve(script) as client, client.hijack("POST", "/containers/x/attach") as hijacked:
        hijacked.send(b"second")

        assert hijacked.rest(5) == b"first SECOND"
