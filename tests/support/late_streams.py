"""A relay before the Docker at hand that streams as engines of 2015 did: what comes is the same, when it comes is not."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from networking import copy
from scripted import scripted

from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.endpoint import Endpoint
from conformance.model.versions import ApiVersion

_EVENTS = re.compile(rb"GET \S*/events[? ]")
_EXEC = re.compile(rb"POST \S*/exec/(\w+)/start ")
_BLOCK = 65536


def late_streams(folder: Path, backend: str) -> AbstractContextManager[Endpoint]:
    """A unix socket that leads to `backend`, with two habits of Docker 1.6 and 1.7.

    The head of the answer to ``GET /events`` comes with the first event. The stream of an exec instance with input ends only when
    the client has closed its side.
    """
    return scripted(folder, lambda client: _carry(client, backend))


def _carry(client: socket.socket, backend: str) -> None:
    with socket.socket(socket.AF_UNIX) as daemon:
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
        copy(client, daemon)
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


def _has_input(backend: str, instance: str) -> bool:
    client = Client(Endpoint(path=backend), ApiVersion(1, 41))
    try:
        answer = client.get(f"/exec/{instance}/json")
        return answer.ok and at(answer.json(), "OpenStdin") is True
    finally:
        client.close()
