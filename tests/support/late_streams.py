"""A relay before the Docker at hand that streams as engines of 2015 did: what comes is the same, when it comes is not."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.endpoint import Endpoint
from conformance.model.versions import ApiVersion

_EVENTS = re.compile(rb"GET \S*/events[? ]")
_EXEC = re.compile(rb"POST \S*/exec/(\w+)/start ")
_BLOCK = 65536


@contextmanager
def late_streams(folder: Path, backend: str) -> Iterator[Endpoint]:
    """A unix socket that leads to `backend`, with two habits of Docker 1.6 and 1.7.

    The head of the answer to ``GET /events`` comes with the first event. The stream of an exec instance with input ends only when
    the client has closed its side.
    """
    path = folder / "late.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(64)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=_carry, args=(listener.accept()[0], backend), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield Endpoint(path=str(path))
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _carry(client: socket.socket, backend: str) -> None:
    with client, socket.socket(socket.AF_UNIX) as daemon:
        daemon.connect(backend)
        first = client.recv(_BLOCK)
        daemon.sendall(first)
        input_ended = threading.Event()
        instance = _EXEC.match(first)
        if instance is None or not _has_input(backend, instance[1].decode()):
            input_ended.set()
        back = threading.Thread(
            target=_answer, args=(daemon, client, input_ended, bool(_EVENTS.match(first))), daemon=True
        )
        back.start()
        _copy(client, daemon)
        input_ended.set()
        back.join()


def _answer(daemon: socket.socket, client: socket.socket, may_end: threading.Event, holds_head: bool) -> None:
    with suppress(OSError):
        held = b""
        while holds_head and (piece := daemon.recv(_BLOCK)):
            held += piece
            holds_head = not held.partition(b"\r\n\r\n")[2]
        client.sendall(held)
        while piece := daemon.recv(_BLOCK):
            client.sendall(piece)
        may_end.wait()
        client.shutdown(socket.SHUT_WR)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_BLOCK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def _has_input(backend: str, instance: str) -> bool:
    client = Client(Endpoint(path=backend), ApiVersion(1, 41))
    try:
        answer = client.get(f"/exec/{instance}/json")
        return answer.ok and at(answer.json(), "OpenStdin") is True
    finally:
        client.close()
