"""A scripted daemon: says what the test scripts, on a unix socket. A fake, for tests of the client alone."""

import socket
import threading
from contextlib import contextmanager, suppress

from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.http.sizes import Sizes
from conformance.http.timeouts import Timeouts

QUICK = Timeouts(connect=2, first_byte=0.5, silence=0.5, total=3)
SMALL = Sizes(body=1_000_000)


@contextmanager
def scripted(folder, script):
    """Run `script(connection)` in a thread for each connection; yields the endpoint."""
    path = str(folder / "d.sock")
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen(64)
    threads = []

    def serve(connection):
        with connection:
            with suppress(OSError):  # the client may go away, which is its right
                script(connection)

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            thread = threading.Thread(target=serve, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield Endpoint(path=path)
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        acceptor.join(2)
        for thread in threads:
            thread.join(2)


def answering(*answers):
    """A script that reads a request head and sends the next answer, then closes."""

    def script(connection):
        for answer in answers:
            read_head(connection)
            connection.sendall(answer)

    return script


def read_head(connection):
    """The bytes of a request up to the empty line."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(4096)
        if not piece:
            return data
        data += piece
    return data


@contextmanager
def client_of(folder, script, timeouts=QUICK, version=None):
    """A client of a scripted daemon."""
    with scripted(folder, script) as endpoint:
        client = Client(endpoint, version, timeouts=timeouts, sizes=SMALL)
        try:
            yield client
        finally:
            client.close()
