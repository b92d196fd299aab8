"""A registry for pull and push: one that is started for the run, or one that the user names."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import socket
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

import bcrypt

from conformance.engine import tempdir
from conformance.engine.private.relay import Relay
from conformance.http.endpoint import Endpoint, Tls
from conformance.model.errors import ConformanceError, Unavailable, Unreachable, UsageError

_PROGRAMS = ("docker-registry", "registry")


class Registry(AbstractContextManager["Registry"]):
    """A registry as a check needs it: its address for the daemon, a user, an endpoint for the suite itself."""

    #: As the daemon reaches it: ``host:port``.
    address: str = ""
    username: str = ""
    password: str = ""
    #: As the suite reaches it; None when it cannot.
    endpoint: Endpoint | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process that was started, if any."""


class LocalRegistry(Registry):
    """Runs the ``registry`` program on a free loopback port in the network of process `network_of`.

    None is the network of this process. Deletion is enabled; one user with a new password may do everything.
    ``__enter__`` raises Unavailable when the program is not installed, Unreachable when it does not start.
    """

    def __init__(self, network_of: int | None = None, *, base: str | None = None) -> None:
        self.username = "conformance"
        self.password = secrets.token_hex(8)
        self._network_of = network_of
        self._base = base
        self._directory = ""
        self._relay: Relay | None = None

    def __enter__(self) -> LocalRegistry:
        program = find_program()
        if program is None:
            raise Unavailable(f"no registry program on the PATH ({', '.join(_PROGRAMS)})")
        try:
            self._start(program)
        except OSError as error:
            self.stop()
            raise Unreachable(f"the local registry could not be started: {error}") from error
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the registry and remove its files. May be called again."""
        relay, self._relay = self._relay, None
        if relay is not None:
            relay.stop()
        if self._directory:
            tempdir.remove(self._directory)

    def _start(self, program: str) -> None:
        self._directory = tempdir.create(self._base)
        log = os.path.join(self._directory, "log")
        relay = self._relay = Relay(
            os.path.join(self._directory, "registry-relay.sock"),
            port=0,
            log=log,
            network_of=self._network_of,
            command=[program, "serve", self._configuration()],
            environment={
                "PATH": os.environ.get("PATH", os.defpath),
                "REGISTRY_HTTP_ADDR": "127.0.0.1:{port}",
                # Otherwise the program sends traces to a collector that is not there, and logs that in every second line.
                "OTEL_TRACES_EXPORTER": "none",
            },
            directory=self._directory,
        )
        relay.start()
        tempdir.add_owner(self._directory, relay.pid)
        self.address = f"127.0.0.1:{relay.port}"
        self.endpoint = Endpoint(path=relay.path)
        deadline = time.monotonic() + 20
        while _ask(self.endpoint, self) != 200:
            if relay.ended() or time.monotonic() > deadline:
                lines = Path(log).read_text(encoding="utf-8", errors="replace").strip().splitlines()
                raise Unreachable(f"{program} did not start: {lines[-1] if lines else 'it logged nothing'}")
            time.sleep(0.01)

    def _configuration(self) -> str:
        hashed = bcrypt.hashpw(self.password.encode(), bcrypt.gensalt(4)).decode()
        path = {name: os.path.join(self._directory, name) for name in ("data", "htpasswd", "config.yml")}
        Path(path["htpasswd"]).write_text(f"{self.username}:{hashed}\n", encoding="ascii")
        configuration = {
            "version": "0.1",
            "log": {"level": "warn", "accesslog": {"disabled": True}},
            "storage": {"filesystem": {"rootdirectory": path["data"]}, "delete": {"enabled": True}},
            "http": {"addr": "127.0.0.1:0", "secret": secrets.token_hex(16)},
            "auth": {"htpasswd": {"realm": "conformance", "path": path["htpasswd"]}},
        }
        # JSON is YAML.
        Path(path["config.yml"]).write_text(json.dumps(configuration), encoding="ascii")
        return path["config.yml"]


class ExternalRegistry(Registry):
    """A registry that the user names by ``host:port``, where `username` may push. Raises UsageError."""

    def __init__(self, address: str, username: str = "", password: str = "") -> None:
        host, colon, port = address.rpartition(":")
        if not colon or not host or not port.isdecimal() or "/" in address:
            raise UsageError(f"--registry {address}: give host:port, such as 127.0.0.1:5000")
        self.address, self.username, self.password = address, username, password
        self._host, self._port = host.strip("[]"), int(port)

    def __enter__(self) -> ExternalRegistry:
        candidates = (
            Endpoint(host=self._host, port=self._port),
            Endpoint(host=self._host, port=self._port, tls=Tls()),
            Endpoint(host=self._host, port=self._port, tls=Tls(verify=False)),
        )
        # This only decides how the suite itself looks at what was pushed.
        self.endpoint = next((one for one in candidates if _ask(one, self) in (200, 401)), None)
        return self


def find_program() -> str | None:
    """The path of the registry program, or None."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


def _ask(endpoint: Endpoint, registry: Registry) -> int:
    """The status of ``GET /v2/``; 0 when there was none."""
    login = base64.b64encode(f"{registry.username}:{registry.password}".encode()).decode()
    head = f"GET /v2/ HTTP/1.1\r\nHost: {registry.address}\r\nAuthorization: Basic {login}\r\nConnection: close\r\n\r\n"
    try:
        connection: socket.socket = endpoint.connect(5)
        with connection:
            connection.sendall(head.encode())
            words = connection.recv(64).split(b" ")
    except (OSError, ConformanceError):
        return 0
    return int(words[1]) if words[0].startswith(b"HTTP/1.") and len(words) > 1 and words[1].isdigit() else 0
