"""Run the docker CLI against the daemon under test through a recording proxy.

The proxy is a socket that passes every byte on and keeps a copy. Of a hijacked connection only the heads of request and
response are read; the stream after them belongs to the client.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path
from typing import NamedTuple

from conformance.engine import tempdir
from conformance.http.endpoint import Endpoint
from conformance.http.messages import Exchange, Headers, Request, Response
from conformance.model.errors import DaemonFault, FixtureError, Unavailable
from conformance.model.versions import ApiVersion

_BLOCK = 64 * 1024
_TIMEOUT = 60
_UNWANTED = ("DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_API_VERSION")


class RecordedRun(NamedTuple):
    """One run of the CLI: its standard output, and the exchange that opened the stream."""

    output: bytes
    exchange: Exchange


def run_docker_cli(
    endpoint: Endpoint, version: ApiVersion, path: str, *args: str, sent: bytes = b""
) -> RecordedRun:
    """Run ``docker`` with `args` in API `version` and `sent` as input; find its request whose path ends in `path`.

    Raises Unavailable when the CLI sends no request in that version, FixtureError when it does not send that request.
    """
    with tempdir.directory() as directory:
        proxy = _RecordingProxy(endpoint, str(Path(directory, "socket")))
        environment = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
        environment |= {
            "DOCKER_HOST": f"unix://{proxy.path}",
            "DOCKER_API_VERSION": str(version),
            "DOCKER_CONFIG": directory,
        }
        command = [shutil.which("docker") or "docker", *args]
        try:
            ran = subprocess.run(
                command, env=environment, input=sent, capture_output=True, timeout=_TIMEOUT, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise FixtureError(f"docker {args[0]} timed out after {_TIMEOUT} s") from error
        finally:
            proxy.close()
    words = " ".join(ran.stderr.decode("utf-8", "replace").split())
    if not any(f" /v{version}/".encode() in asked for asked, _ in proxy.copies):
        raise Unavailable(
            f"the docker CLI does not speak API {version}: {words or f'exit code {ran.returncode}'}"
        )
    for asked, answered in proxy.copies:
        request, response = _request(bytes(asked)), _response(bytes(answered))
        if request is not None and response is not None and request.path.endswith(path):
            return RecordedRun(ran.stdout, Exchange(request, response, role="check"))
    raise FixtureError(f"docker {args[0]} did not send a POST to ...{path}: {words}")


class _RecordingProxy:
    """A unix socket that forwards to `endpoint`; `copies` has the bytes of both directions of each connection."""

    def __init__(self, endpoint: Endpoint, path: str) -> None:
        self.path = path
        self.copies: list[tuple[bytearray, bytearray]] = []
        self._endpoint = endpoint
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Close every connection; the threads end with them."""
        for end in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = self._endpoint.connect(10)
            except DaemonFault:
                near.close()
                continue
            far.settimeout(None)
            self._open += [near, far]
            asked, answered = bytearray(), bytearray()
            self.copies.append((asked, answered))
            threading.Thread(target=_pass_on, args=(near, far, asked), daemon=True).start()
            threading.Thread(target=_pass_on, args=(far, near, answered), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, copy: bytearray) -> None:
    with contextlib.suppress(OSError, ValueError):
        while data := source.recv(_BLOCK):
            copy += data
            sink.sendall(data)
        # A TLS connection has no half-close; the commands that run here end by the content of their input.
        if type(sink) is socket.socket:
            sink.shutdown(socket.SHUT_WR)


def _request(data: bytes) -> Request | None:
    first, headers = _head(data)
    words = first.split(" ")
    return Request(words[0], words[1], headers) if len(words) == 3 else None


def _response(data: bytes) -> Response | None:
    first, headers = _head(data)
    protocol, _, rest = first.partition(" ")
    status, _, reason = rest.partition(" ")
    if not protocol.startswith("HTTP/") or not status.isdecimal():
        return None
    return Response(int(status), reason, headers, data.partition(b"\r\n\r\n")[2])


def _head(data: bytes) -> tuple[str, Headers]:
    first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first, tuple((name, value.strip()) for name, _, value in pairs)
