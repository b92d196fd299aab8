"""An environment on an emulated engine that knows its containers by name; the test says what attaching to one does."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from hostile.daemon import Asked, daemon, document, response

from conformance.environment import Environment, Ledger
from conformance.environment.ledger import new_run
from conformance.environment.test_image import TestImage
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.model.versions import ApiVersion

HIJACKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
_PATH = re.compile(
    r"(?:/v(?P<version>[\d.]+))?/containers/(?P<name>[^/?]+)(?:/(?P<what>\w+))?(?:\?name=(?P<new>\S+))?.*"
)


class SupportsAnswer(Protocol):
    """An emulated engine."""

    def answer(self, asked: Asked) -> None:
        """Answer a request."""


class Engine:
    """Has containers, which run from their start until the test takes their name out of `running`.

    `hosts` has the HostConfig that each was created with.
    """

    def __init__(self, attach: Callable[[str, str, socket.socket], None] = lambda *_: None) -> None:
        self.running: set[str] = set()
        self.hosts: dict[str, dict[str, Any]] = {}
        self._attach = attach

    def answer(self, asked: Asked) -> None:
        """Answer a request about a container; attaching calls `attach` with version, name and connection."""
        match = _PATH.fullmatch(asked.path)
        name, what = match["name"], match["what"]
        if name == "create":
            self.hosts[match["new"]] = json.loads(asked.body).get("HostConfig", {})
            asked.connection.sendall(document({"Id": match["new"]}, "201 Created"))
        elif what == "logs":
            asked.connection.sendall(response(b""))
        elif what == "attach":
            self._attach(match["version"], name, asked.connection)
        elif what == "json":
            asked.connection.sendall(document({"Id": name, "State": {"Running": name in self.running}}))
        else:
            (self.running.add if what == "start" else self.running.discard)(name)
            asked.connection.sendall(response(b"", "204 No Content"))


@contextmanager
def environment_on(
    folder: Path, engine: SupportsAnswer, routes: str = "/containers/"
) -> Iterator[Environment]:
    """An environment on `engine` in API v1.21; its ledger is in the state directory of the test.

    `routes` is a pattern for the paths that the engine answers itself.
    """
    with daemon(folder / "d.sock", engine.answer, routes):
        endpoint = Endpoint(path=str(folder / "d.sock"))
        env = Environment(
            Client(endpoint, ApiVersion(1, 21)),
            Ledger(new_run(endpoint.url), "main"),
            TestImage("image:1", "image:1"),
        )
        try:
            yield env
        finally:
            env.close()
