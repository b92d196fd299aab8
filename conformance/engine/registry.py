"""A registry for pull and push: one that is started for the run, or one that the user names."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType

import bcrypt

from conformance.engine import tempdir
from conformance.engine.private.relay import Relay
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint, Tls
from conformance.http.messages import Response
from conformance.http.progress_stream import progress_error
from conformance.http.timeouts import Timeouts
from conformance.model.errors import ConformanceError, DaemonFault, Unavailable, Unreachable, UsageError
from conformance.model.text import one_line

_PROGRAMS = ("docker-registry", "registry")
#: How engines say that they cannot reach a registry, or not speak to it.
_UNREACHABLE = re.compile(
    r"dial tcp|connection refused|no such host|i/o timeout|unreachable|no route to host|misbehaving|x509:"
    r"|HTTP response to HTTPS client|Client\.Timeout|deadline exceeded|failed to do request",
    re.IGNORECASE,
)


#: A request in the registry's log, which has the usual form of web servers.
_REQUEST = re.compile(r'"[A-Z]+ (/\S*) HTTP/')


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

    None is the network of this process. Deletion is enabled; one user with a new password may do everything, or anybody without
    `login`.
    ``__enter__`` raises Unavailable when the program is not installed, Unreachable when it does not start.
    """

    def __init__(self, network_of: int | None = None, *, login: bool = True, base: str | None = None) -> None:
        self.username = "conformance" if login else ""
        self.password = secrets.token_hex(8) if login else ""
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

    def read_requests(self) -> list[str]:
        """The paths of all requests so far, from the registry's log."""
        text = Path(self._directory, "log").read_text(encoding="utf-8", errors="replace")
        return _REQUEST.findall(text)

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
        while (response := _ask(self.endpoint, self)) is None or response.status != 200:
            if relay.ended() or time.monotonic() > deadline:
                lines = Path(log).read_text(encoding="utf-8", errors="replace").strip().splitlines()
                raise Unreachable(f"{program} did not start: {lines[-1] if lines else 'it logged nothing'}")
            time.sleep(0.01)

    def _configuration(self) -> str:
        hashed = bcrypt.hashpw(self.password.encode(), bcrypt.gensalt(4)).decode()
        path = {name: os.path.join(self._directory, name) for name in ("data", "htpasswd", "config.yml")}
        Path(path["htpasswd"]).write_text(f"{self.username}:{hashed}\n", encoding="ascii")
        configuration: dict[str, object] = {
            "version": "0.1",
            "log": {"level": "warn"},  # with a line for each request
            "storage": {"filesystem": {"rootdirectory": path["data"]}, "delete": {"enabled": True}},
            # Engines up to 1.9 push nothing else.
            "compatibility": {"schema1": {"enabled": True}},
            "http": {"addr": "127.0.0.1:0", "secret": secrets.token_hex(16)},
        }
        if self.username:
            configuration["auth"] = {"htpasswd": {"realm": "conformance", "path": path["htpasswd"]}}
        # JSON is YAML.
        Path(path["config.yml"]).write_text(json.dumps(configuration), encoding="ascii")
        return path["config.yml"]


class ExternalRegistry(Registry):
    """A registry that the user names by ``host:port``, where `username` may push. Raises UsageError.

    ``__enter__`` raises UsageError when it answers and refuses the user.
    """

    def __init__(self, address: str, username: str = "", password: str = "") -> None:
        host, colon, port = address.rpartition(":")
        if not colon or not host or not port.isdecimal() or "/" in address:
            raise UsageError(f"--registry {address}: give host:port, such as 127.0.0.1:5000")
        self.address, self.username, self.password = address, username, password
        self._host, self._port = host.strip("[]"), int(port)

    def __enter__(self) -> ExternalRegistry:
        # One that does not answer here may still answer the daemon: see check_from_daemon().
        for tls in (None, Tls(), Tls(verify=False)):
            candidate = Endpoint(host=self._host, port=self._port, tls=tls)
            response = _ask(candidate, self)
            if response is not None and response.status in (200, 401):
                self.endpoint = candidate
                self._check_login(response)
                break
        return self

    def _check_login(self, response: Response) -> None:
        challenge = response.header("WWW-Authenticate") or ""
        if response.status == 401 and challenge.lower().startswith("basic"):
            user = f"the user {self.username}" if self.username else "a request without a login"
            raise UsageError(
                f"--registry {self.address}: it refuses {user}; set DOCKER_CONFORMANCE_REGISTRY_USER and"
                " DOCKER_CONFORMANCE_REGISTRY_PASSWORD"
            )


def why_not_used(daemon: Endpoint, registry: LocalRegistry) -> str:
    """Why the daemon cannot use a registry of today; ``""`` when nothing speaks against it.

    Engines up to Docker 1.5 know only the first protocol, below ``/v1/``. The daemon is asked to pull an image that does not
    exist, and the registry's log is the witness of what it asked for.
    """
    before = len(registry.read_requests())
    with suppress(DaemonFault):
        _pull_what_does_not_exist(daemon, registry, Timeouts(first_byte=10, silence=10, total=20))
    ends = time.monotonic() + 0.5
    while not (asked := registry.read_requests()[before:]) and time.monotonic() < ends:
        time.sleep(0.01)
    if asked and all(path.startswith("/v1/") for path in asked):
        return "it asks registries for the first version of their protocol only, which they no longer have"
    return ""


def check_from_daemon(daemon: Endpoint, registry: ExternalRegistry) -> None:
    """Have the daemon pull an image that does not exist. Raises UsageError when it cannot reach the registry."""
    try:
        response = _pull_what_does_not_exist(daemon, registry, Timeouts(first_byte=45, silence=45, total=60))
        problem = progress_error(response)
        problem = problem if _UNREACHABLE.search(problem) else ""
    except DaemonFault as fault:
        problem = str(fault)
    if problem:
        here = "" if registry.endpoint is not None else "nor can this run; "
        raise UsageError(
            f"--registry {registry.address}: the daemon cannot reach it, {here}{one_line(problem)}; name a registry that"
            " both can reach"
        )


def _pull_what_does_not_exist(daemon: Endpoint, registry: Registry, timeouts: Timeouts) -> Response:
    """The daemon's answer to a pull of an image that the registry does not have. Raises DaemonFault."""
    image = f"{registry.address}/docker-conformance/none-{secrets.token_hex(8)}"
    login = json.dumps({"username": registry.username, "password": registry.password})
    headers = {"X-Registry-Auth": base64.urlsafe_b64encode(login.encode()).decode()}
    client = Client(daemon, timeouts=timeouts)
    try:
        return client.post("/images/create", {"fromImage": image, "tag": "none"}, headers=headers)
    finally:
        client.close()


def find_program() -> str | None:
    """The path of the registry program, or None."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


def _ask(endpoint: Endpoint, registry: Registry) -> Response | None:
    """The answer to ``GET /v2/``; None when there was none."""
    login = base64.b64encode(f"{registry.username}:{registry.password}".encode()).decode()
    client = Client(endpoint, timeouts=Timeouts.patient(5))
    try:
        return client.get("/v2/", headers={"Authorization": f"Basic {login}"} if registry.username else ())
    except ConformanceError:
        return None
    finally:
        client.close()
