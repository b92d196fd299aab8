"""A registry in one process, for what no ordinary registry does at will: tokens, searches, and transfers that stop halfway.

It runs by itself on 127.0.0.1 (``python registry_program.py``; see ``registry_emulator``) and knows no rest of this package.

Every repository holds one image under every tag, with a layer of its own; of what is pushed only the names are kept. Whoever pulls
or pushes needs a bearer token: the one that is set, or one that ``/token`` issued for the user or for the identity token. A
transfer of a repository whose name contains ``halting`` stops after its first part and goes on when ``/_resume`` is asked.
``/_state`` tells what became of such transfers, and which names were pushed.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import platform
import random
import secrets
import select
import socket
import tarfile
import threading
import time
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

#: The first byte of a client that begins with TLS.
TLS_HANDSHAKE = b"\x16"

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
#: Bytes of the layer of a repository that halts, and after how many of them it does.
_LARGE, _FIRST_PART = 8_000_000, 100_000
#: Seconds after which a transfer that was not resumed goes on by itself.
_PATIENCE = 30.0
_FOUND = 30


@lru_cache(maxsize=2)
def _image(repository: str) -> tuple[bytes, dict[str, bytes]]:
    """The manifest of a repository's image, and its blobs by digest."""
    size = _LARGE if "halting" in repository else 100
    content = random.Random(repository).randbytes(size)  # noqa: S311 (content, no secret)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("file")
        entry.size = size
        archive.addfile(entry, io.BytesIO(content))
    layer = gzip.compress(buffer.getvalue(), compresslevel=1, mtime=0)
    machine = platform.machine()
    config = json.dumps(
        {
            "architecture": _ARCHITECTURES.get(machine, machine),
            "os": "linux",
            "config": {"Cmd": ["/file"]},
            "rootfs": {"type": "layers", "diff_ids": [_digest(buffer.getvalue())]},
            "history": [{"created": "2001-09-09T01:46:40Z"}],
            "created": "2001-09-09T01:46:40Z",
        }
    ).encode()
    blobs = {_digest(blob): blob for blob in (config, layer)}
    rows = [
        {"mediaType": kind, "size": len(blob), "digest": _digest(blob)}
        for kind, blob in ((_CONFIG, config), (_LAYER, layer))
    ]
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": rows[0], "layers": rows[1:]}
    return json.dumps(manifest).encode(), blobs


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _repository(path: str) -> str:
    """The repository of an upload's path."""
    return path.removeprefix("/v2/").partition("/blobs/")[0]


class State:
    """What the registry accepts, what became of the transfers that halt (``halted``, ``complete``, ``aborted``), what was pushed."""

    def __init__(self, username: str, password: str, registry_token: str, identity_token: str) -> None:
        self.login = base64.b64encode(f"{username}:{password}".encode()).decode()
        self.identity_token = identity_token
        self.tokens = {registry_token}
        self.transfers: dict[str, str] = {}
        self.resumed = threading.Event()
        #: Bytes of each upload that is under way, by its path, and of each blob that was pushed, by repository and digest.
        self.uploads: dict[str, int] = {}
        self.blobs: dict[tuple[str, str], int] = {}
        #: Manifests that were pushed: REPOSITORY:TAG.
        self.pushed: list[str] = []

    def issue(self) -> str:
        """A new token that is accepted from now on."""
        token = secrets.token_hex(16)
        self.tokens.add(token)
        return token


class Handler(BaseHTTPRequestHandler):
    """One connection of a daemon or of the suite."""

    protocol_version = "HTTP/1.1"
    state: State

    def handle(self) -> None:
        """Refuse TLS in plain text, as servers of HTTP do: from this, containerd sees that it has to go on without TLS."""
        if self.rfile.peek(1)[:1] == TLS_HANDSHAKE:  # type: ignore[attr-defined]
            self.wfile.write(b"HTTP/1.0 400 Bad Request\r\n\r\nThis is a server of HTTP, not of HTTPS.\n")
        else:
            super().handle()

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def do_GET(self) -> None:
        """Everything that is read; a HEAD is answered by the same without a body."""
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/_state":
            self._answer_json(200, {"transfers": self.state.transfers, "pushed": self.state.pushed})
        elif url.path == "/token":
            self._issue(self.headers.get("Authorization") == f"Basic {self.state.login}", query)
        elif url.path == "/v1/_ping":
            self._answer_json(200, {"standalone": True})
        elif url.path == "/v1/search":
            self._search(query)
        elif self._is_allowed():
            self._read(url.path)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        """Tokens for an identity token, the begin of an upload, and the suite's wish that transfers go on."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        if url.path == "/_resume":
            self.state.resumed.set()
            self._answer_json(200, {})
        elif url.path == "/token":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self._issue(form.get("refresh_token") == self.state.identity_token, form)
        elif self._is_allowed():
            self._answer(202, headers={"Location": f"{url.path}{secrets.token_hex(8)}", "Range": "0-0"})

    def do_PATCH(self) -> None:
        """A part of an upload."""
        path = urlsplit(self.path).path
        if self._is_allowed() and self._receive(path):
            end = max(self.state.uploads[path] - 1, 0)
            self._answer(202, headers={"Location": path, "Range": f"0-{end}"})

    def do_PUT(self) -> None:
        """The end of an upload, which may bring the whole of it, or a manifest."""
        url = urlsplit(self.path)
        repository, _, tag = url.path.removeprefix("/v2/").partition("/manifests/")
        if tag:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not self._is_allowed():
                return
            self.state.pushed.append(f"{repository}:{tag}")
            digest = _digest(body)
        elif self._is_allowed() and self._receive(url.path):
            digest = parse_qs(url.query)["digest"][0]
            self.state.blobs[_repository(url.path), digest] = self.state.uploads.pop(url.path, 0)
        else:
            return
        self._answer(201, headers={"Location": url.path, "Docker-Content-Digest": digest})

    # answers

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _answer_json(self, status: int, document: object, headers: dict[str, str] | None = None) -> None:
        self._answer(
            status, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})}
        )

    def _is_allowed(self) -> bool:
        """Whether the request has a token that is accepted; one that has not is answered."""
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        if scheme == "Bearer" and token in self.state.tokens:
            return True
        challenge = f'Bearer realm="http://{self.headers["Host"]}/token",service="conformance"'
        errors = [{"code": "UNAUTHORIZED", "message": "a token is needed"}]
        self._answer_json(401, {"errors": errors}, {"WWW-Authenticate": challenge})
        return False

    def _issue(self, good: bool, asked: dict[str, str]) -> None:
        if not good:
            self._answer_json(401, {"errors": [{"code": "UNAUTHORIZED", "message": "wrong credentials"}]})
            return
        token = self.state.issue()
        document = {"token": token, "access_token": token, "expires_in": 300, "issued_at": _now()}
        if asked.get("offline_token") == "true" or asked.get("grant_type") == "refresh_token":
            document["refresh_token"] = self.state.identity_token
        self._answer_json(200, document)

    def _search(self, query: dict[str, str]) -> None:
        """Images by the term: the tenth is official, the twentieth is automated, each has as many stars as its number."""
        rows = [
            {
                "name": f"{query.get('q', '')}-{number}",
                "description": f"number {number}",
                "is_official": number == 10,
                "is_automated": number == 20,
                "star_count": number,
            }
            for number in range(1, _FOUND + 1)
        ]
        found = rows[: int(query.get("n") or 25)]
        self._answer_json(200, {"query": query.get("q", ""), "num_results": len(found), "results": found})

    def _read(self, path: str) -> None:
        repository, _, rest = path.removeprefix("/v2/").partition("/manifests/")
        if rest:
            manifest, _ = _image(repository)
            self._answer(
                200, manifest, {"Content-Type": _MANIFEST, "Docker-Content-Digest": _digest(manifest)}
            )
            return
        repository, _, digest = path.removeprefix("/v2/").partition("/blobs/")
        if self.command == "HEAD" and (repository, digest) in self.state.blobs:
            size = self.state.blobs[repository, digest]
            self._answer(200, bytes(size), {"Docker-Content-Digest": digest})
            return
        blob = _image(repository)[1].get(digest) if digest else b"{}"
        if blob is None:
            self._answer_json(404, {"errors": [{"code": "BLOB_UNKNOWN", "message": "no such blob"}]})
        elif len(blob) >= _LARGE and self.command == "GET":
            self._send_halting(repository, blob)
        else:
            self._answer(200, blob, {"Content-Type": "application/octet-stream"})

    # transfers that halt

    def _send_halting(self, repository: str, blob: bytes) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Length", str(len(blob)))
        self.end_headers()
        self.wfile.write(blob[:_FIRST_PART])
        self._halt(repository)
        try:
            # An engine may notice that it wants no more only when more comes. It has then left data unread, so that the
            # connection is reset; a reader of all ends it, if it does.
            self.wfile.write(blob[_FIRST_PART:])
            if select.select([self.connection], [], [], 1)[0]:
                self.connection.recv(1)
            self.state.transfers[repository] = "complete"
        except OSError:
            self.state.transfers[repository] = "aborted"

    def _receive(self, path: str) -> bool:
        """Receive a body for the upload of a path; tells whether all of it came."""
        self.close_connection = True
        before = self.state.uploads.setdefault(path, 0)
        try:
            whole = self._receive_chunks(path)
        except (OSError, ValueError):
            whole = False
        if before <= _FIRST_PART < self.state.uploads[path] and "halting" in path:
            self.state.transfers[_repository(path)] = "complete" if whole else "aborted"
        return whole

    def _receive_chunks(self, path: str) -> bool:
        """Read a body to its end, in chunks or of a known length; tells whether the end came."""
        received = self.state.uploads[path]
        halts = "halting" in path and received <= _FIRST_PART
        left = int(self.headers.get("Content-Length") or 0)
        chunked = "chunked" in (self.headers.get("Transfer-Encoding") or "")
        while chunked or left:
            wanted = int(self.rfile.readline().split(b";")[0], 16) if chunked else min(left, 65536)
            data = self.rfile.read(wanted)
            if len(data) < wanted:
                return False
            received, left = received + wanted, left - wanted
            self.state.uploads[path] = received
            if chunked:
                self.rfile.readline()
                if not wanted:
                    return True
            if halts and received > _FIRST_PART:
                self._halt(_repository(path))
                halts = False
        return True

    def _halt(self, repository: str) -> None:
        self.state.transfers[repository] = "halted"
        self.state.resumed.clear()
        self.state.resumed.wait(_PATIENCE)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def create_server(port: int, state: State) -> ThreadingHTTPServer:
    """A server on a port of 127.0.0.1, 0 for a free one; it does not serve yet."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (Handler,), {"state": state}))
    server.daemon_threads = True
    # What waits in the kernel for an upload that has halted looks received to its sender.
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    return server


def main() -> None:
    """Serve on the port and with the secrets that the environment names."""
    names = ("USERNAME", "PASSWORD", "REGISTRY_TOKEN", "IDENTITY_TOKEN")
    state = State(*(os.environ[name] for name in names))
    create_server(int(os.environ["PORT"]), state).serve_forever()


if __name__ == "__main__":
    main()
