"""A tame daemon that is all made up, and can be given one vice: it tells who it is, and then misbehaves.

The tame part is as much of an engine as a few checks need to reach the place where the vice shows.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

ID = "0123456789abcdef" * 4
VERSION = {
    "Version": "1.9.1",
    "ApiVersion": "1.21",
    "MinAPIVersion": "1.21",
    "GitCommit": "a34a1d5",
    "GoVersion": "go1.4.3",
    "Os": "linux",
    "Arch": "amd64",
    "KernelVersion": "4.2.0-made-up",
}
INFO = {
    "ID": "ABCD:EFGH",
    "Driver": "overlay",
    "DockerRootDir": "/no/such/directory",
    "ServerVersion": "1.9.1",
    "NCPU": 2,
    "MemTotal": 4_000_000_000,
    "KernelVersion": "4.2.0-made-up",
    "OperatingSystem": "Made-up Linux",
    "SystemTime": "2015-11-21T10:00:00.000000000Z",
}


class Asked(NamedTuple):
    """A request as the daemon got it."""

    method: str
    path: str
    head: bytes
    body: bytes
    connection: socket.socket


Vice = Callable[[Asked], None]


def response(body: bytes = b"", status: str = "200 OK", *headers: str) -> bytes:
    """The bytes of a well-formed answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def document(value: object, status: str = "200 OK") -> bytes:
    """A well-formed answer that holds JSON."""
    return response(json.dumps(value).encode(), status, "Content-Type: application/json")


def tame(method: str, path: str) -> bytes:
    """What a daemon in its right mind answers, as far as the tests go."""
    plain = re.sub(r"^/v\d+\.\d+", "", path).partition("?")[0]
    table = [
        (r"GET /_ping", lambda: response(b"OK", "200 OK", "Content-Type: text/plain")),
        (r"GET /version", lambda: document(VERSION)),
        (r"GET /info", lambda: document(INFO)),
        (r"POST /images/create", lambda: document({"status": "sha256:" + ID})),
        (r"POST /containers/create", lambda: document({"Id": ID, "Warnings": []}, "201 Created")),
        (r"POST /containers/[^/]+/exec", lambda: document({"Id": ID}, "201 Created")),
        (r"GET /containers/[^/]+/json", lambda: document({"Id": ID, "State": {"Running": True}})),
        (r"GET /images/[^/]+/json", lambda: document({"Id": "sha256:" + ID, "RepoTags": ["image:1"]})),
        (r"GET /(containers|images)/json", lambda: document([])),
        (r"GET /volumes", lambda: document({"Volumes": []})),
        (r"GET /networks", lambda: document([])),
        (r"DELETE .*", lambda: response(b"", "204 No Content")),
        (r"PUT .*", lambda: response()),
        (r"POST .*", lambda: response(b"", "204 No Content")),
    ]
    for pattern, answer in table:
        if re.fullmatch(pattern, f"{method} {plain}"):
            return answer()
    return document({"message": "page not found"}, "404 Not Found")


@contextmanager
def daemon(path: Path, vice: Vice, where: str = "", *, first_byte: bool = False) -> Iterator[str]:
    """Listen on the unix socket `path`; requests whose ``METHOD path`` matches `where` meet the vice.

    With `first_byte` every connection does, before anything is read. Yields the URL.
    """
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen(64)
    open_ones: set[socket.socket] = set()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError, ValueError):
            if first_byte:
                vice(Asked("", "", b"", b"", connection))
                return
            while (asked := hear(connection)) is not None:
                if re.search(where, f"{asked.method} {asked.path}"):
                    vice(asked)
                else:
                    connection.sendall(tame(asked.method, asked.path))
        open_ones.discard(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            open_ones.add(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"unix://{path}"
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        for connection in list(open_ones):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def hear(connection: socket.socket) -> Asked | None:
    """Read one request; None at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        piece = connection.recv(65536)
        if not piece:
            return None
        body += piece
    method, path, _ = head.split(b"\r\n")[0].decode("latin-1").split(" ", 2)
    return Asked(method, path, head, body, connection)
