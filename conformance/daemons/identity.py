"""Who answers: a daemon's identity, its window of versions, and what a run knows of it and its host.

Everything here goes through JSON unchanged, so that the controller of a parallel run can hand it to its workers.
"""

from __future__ import annotations

from typing import Any

import msgspec

from conformance.client import Client
from conformance.connection import Limits
from conformance.endpoint import Endpoint
from conformance.errors import ConnectionLost, DaemonFault, DaemonTimeout, ProbeFault, Unreachable
from conformance.versions import ApiVersion
from conformance.wire import Malformed, Refused, Response

_LIMITS = Limits(connect=10, first_byte=20, silence=10, total=40, body=16 * 1024 * 1024)
_HIGHEST = ApiVersion(9, 999)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What the daemon says of itself in ``GET /version`` and ``GET /info``.

    `name` tells engines apart (``Docker Engine``, ``Podman Engine``); `oldest` and `newest` are API versions. Where
    `oldest_from` is ``probed``, the daemon did not say it and was asked downwards; ``said`` is its own word.
    """

    name: str
    version: str
    newest: str
    oldest: str
    oldest_from: str = "said"
    commit: str = ""
    os: str = ""
    arch: str = ""
    kernel: str = ""
    id: str = ""
    storage_driver: str = ""
    components: dict[str, str] = {}


class HostFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The daemon's host. `source` is ``seen`` where the kernel was asked, ``told`` where only ``/info`` could be.

    `memory` is in bytes; `cgroups` is ``v1``, ``v2``, ``hybrid`` or empty; `controllers` are those that the daemon can
    use.
    """

    source: str
    kernel: str = ""
    cgroups: str = ""
    cgroup_driver: str = ""
    controllers: list[str] = []
    cpus: int = 0
    memory: int = 0
    system: str = ""


class PrivateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A daemon that this run started, and with what.

    `pid` is process 1 of its namespaces. `endpoints` are ways to its TLS listener: ``good``, ``foreign`` (a client
    certificate of another authority), ``none`` (no client certificate), ``plain`` (no TLS).
    """

    pid: int
    binary: str
    log: str
    labels: dict[str, str] = {}
    proxies: dict[str, str] = {}
    endpoints: dict[str, Endpoint] = {}


class RegistryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A registry: `address` as the daemon reaches it, `endpoint` as the suite does, or None if it cannot."""

    address: str
    username: str = ""
    password: str = ""
    endpoint: Endpoint | None = None


class Daemon(msgspec.Struct, frozen=True, kw_only=True):
    """A target that answers.

    `pid` is the daemon's process when it is to be seen from here, else 0. `capabilities` maps every need to ``""`` or
    to the reason why it is missing.
    """

    target: str
    sentence: str
    endpoint: Endpoint
    identity: Identity
    host: HostFacts
    capabilities: dict[str, str]
    pid: int = 0
    private: PrivateFacts | None = None
    registry: RegistryFacts | None = None

    @property
    def oldest(self) -> ApiVersion:
        """The oldest API version served."""
        return ApiVersion.parse(self.identity.oldest)

    @property
    def newest(self) -> ApiVersion:
        """The newest API version served."""
        return ApiVersion.parse(self.identity.newest)

    def serves(self, version: ApiVersion) -> bool:
        """Whether `version` lies inside the window that the daemon serves."""
        return self.oldest <= version <= self.newest

    def missing(self, need: str) -> str:
        """Why the capability `need` is missing here; ``""`` when it is there."""
        return self.capabilities.get(need, f"nothing is known of the capability {need}")

    def behind(self, endpoint: Endpoint) -> Daemon:
        """The same daemon, reached through another endpoint (a proxy in front of it)."""
        return msgspec.structs.replace(self, endpoint=endpoint)

    def secrets(self) -> list[str]:
        """What must not be written into evidence."""
        found = [self.registry.password] if self.registry and self.registry.password else []
        return found + ([value for value in self.private.proxies.values() if "@" in value] if self.private else [])

    def to_json(self) -> bytes:
        """The whole as JSON."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, data: bytes | str) -> Daemon:
        """The inverse of to_json()."""
        return msgspec.json.decode(data, type=cls)


def identify(endpoint: Endpoint) -> tuple[Identity, dict[str, Any]]:
    """Ask ``GET /version`` and ``GET /info``; returns the identity and the document of ``/info``.

    Raises Unreachable when nobody answers, ProbeFault when what answers does not speak the Docker Remote API.
    """
    client = Client(endpoint, limits=_LIMITS)
    try:
        version = _document(client, "/version")
        info = _document(client, "/info")
        newest = _api_version(version, "ApiVersion", endpoint)
        if newest is None:
            raise ProbeFault(f"{endpoint.url}: GET /version has no ApiVersion: this is no Docker daemon; check --host")
        oldest = _api_version(version, "MinAPIVersion", endpoint)
        told = oldest is not None
        if oldest is None:
            oldest = _probe_downwards(client, newest)
    finally:
        client.close()
    if oldest > newest:
        raise ProbeFault(f"{endpoint.url}: the daemon says it serves {oldest} to {newest}, which is no window of versions")
    components = _components(version)
    identity = Identity(
        name=_engine_name(version, components),
        version=_text(version, "Version"),
        newest=str(newest),
        oldest=str(oldest),
        oldest_from="said" if told else "probed",
        commit=_text(version, "GitCommit"),
        os=_text(version, "Os"),
        arch=_text(version, "Arch"),
        kernel=_text(version, "KernelVersion"),
        id=_text(info, "ID"),
        storage_driver=_text(info, "Driver"),
        components=components,
    )
    return identity, info


def _document(client: Client, path: str) -> dict[str, Any]:
    url = client.endpoint.url
    try:
        response: Response = client.get(path)
        document = response.json()
    except ConnectionLost as error:
        raise Unreachable(f"{error}: {_tls_advice(str(error))}") from error
    except DaemonTimeout as error:
        raise Unreachable(f"{url} does not answer GET {path}: {error}; is the daemon hung?") from error
    except DaemonFault as error:
        raise ProbeFault(f"{url}: what answers is no Docker daemon ({error}); check --host") from error
    except Refused as error:
        advice = "give TLS files (--tlscacert)" if "HTTPS server" in str(error) else "check --host"
        raise ProbeFault(f"{url}: GET {path} was {error}; {advice}") from error
    except Malformed as error:
        raise ProbeFault(f"{url}: what answers GET {path} is no Docker daemon ({error}); check --host") from error
    if not isinstance(document, dict):
        raise ProbeFault(f"{url}: GET {path} gives no JSON object: this is no Docker daemon; check --host")
    return dict(document)


def _tls_advice(problem: str) -> str:
    if "WRONG_VERSION" in problem or "wrong version" in problem:
        return "it does not speak TLS; leave the TLS files out"
    if "ALERT" in problem or "alert" in problem:
        return "it refused our certificate; check --tlscert and --tlskey"
    if "certificate verify failed" in problem:
        return "its certificate is not of the CA given; check --tlscacert"
    return "it hung up; is this the daemon's address?"


def _api_version(document: dict[str, Any], member: str, endpoint: Endpoint) -> ApiVersion | None:
    """The version in `member`, None where the daemon does not send it. Raises ProbeFault for nonsense."""
    if member not in document:
        return None
    value = document[member]
    try:
        version = ApiVersion.parse(value)
    except ValueError:
        version = None
    if version is None or version > _HIGHEST:
        raise ProbeFault(f"{endpoint.url}: GET /version gives {member} as {_short(value)}, which is no API version")
    return version


def _probe_downwards(client: Client, newest: ApiVersion) -> ApiVersion:
    """The oldest version without a gap below `newest` in which the daemon answers ``GET /version``."""
    oldest = newest
    for minor in range(newest.minor, -1, -1):
        version = ApiVersion(newest.major, minor)
        try:
            if not client.at(version).get("/version").ok:
                break
        except DaemonFault:
            break
        oldest = version
    return oldest


def _components(version: dict[str, Any]) -> dict[str, str]:
    found = {}
    components = version.get("Components")
    for component in components if isinstance(components, list) else []:
        if isinstance(component, dict) and isinstance(component.get("Name"), str):
            found[str(component["Name"])] = str(component.get("Version", "")).split("\n")[0]
    return found


def _engine_name(version: dict[str, Any], components: dict[str, str]) -> str:
    engine = next((name for name in components if "engine" in name.lower()), "Engine")
    return "Docker Engine" if engine == "Engine" else engine


def _text(document: dict[str, Any], member: str) -> str:
    value = document.get(member)
    return value if isinstance(value, str) else ""


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
