"""A daemon's identity, its window of versions, and what a run knows of it and its host.

Everything here survives JSON unchanged: the controller of a parallel run sends it to its workers.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from conformance.engine.threads import find_root
from conformance.http.endpoint import Endpoint
from conformance.model import codec
from conformance.model.versions import ApiVersion


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What the daemon says of itself in ``GET /version`` and ``GET /info``.

    `name` tells engines apart (``Docker Engine``, ``Podman Engine``); `oldest` and `newest` are API versions.
    `oldest_from` is ``said`` where the daemon states its oldest version, ``probed`` where it was found by asking.
    """

    name: str
    version: str
    newest: ApiVersion
    oldest: ApiVersion
    oldest_from: str = "said"
    commit: str = ""
    os: str = ""
    arch: str = ""
    kernel: str = ""
    id: str = ""
    storage_driver: str = ""
    components: dict[str, str] = {}


class HostFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The daemon's host. `source` is ``seen`` where the kernel was asked, ``container`` where a process in a container
    was, ``told`` where only ``GET /info`` was.

    `memory` is in bytes; `cgroups` is ``v1``, ``v2``, ``hybrid`` or empty; `controllers` are those that the daemon can
    use; `remaps_users` and `rootless` are what the daemon says of a user namespace for containers, and of its own.
    """

    source: str
    kernel: str = ""
    cgroups: str = ""
    cgroup_driver: str = ""
    remaps_users: bool = False
    rootless: bool = False
    controllers: list[str] = []
    cpus: int = 0
    memory: int = 0
    system: str = ""


class PrivateFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A daemon that this run started, and the options that it was started with.

    `pid` is process 1 of its namespaces; `config` is its configuration file, which it reads anew on SIGHUP. `endpoints`
    reach its TLS listener: ``good``, ``foreign`` (a client certificate of another authority), ``none`` (no client
    certificate), ``plain`` (no TLS).
    """

    pid: int
    binary: str
    log: str
    config: str = ""
    labels: dict[str, str] = {}
    proxies: dict[str, str] = {}
    endpoints: dict[str, Endpoint] = {}


class RegistryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A registry: `address` as the daemon reaches it, `endpoint` as the suite does, or None if it cannot.

    `external` says that the user named it: it outlives the run.
    """

    address: str
    username: str = ""
    password: str = ""
    endpoint: Endpoint | None = None
    external: bool = False

    def __repr__(self) -> str:
        # A traceback shows the arguments of a check, and redaction cannot find a short password in other text.
        return f"RegistryFacts({self.address!r})"


class Daemon(msgspec.Struct, frozen=True, kw_only=True):
    """A target that answers; `sentence` says why it was chosen.

    `pid` is the daemon's process if it is visible from here, else 0. `capabilities` maps every need to ``""`` or to the
    reason why it is missing. `address` is how DOCKER_HOST would name it, also after the run. `obstacle` is a sentence about what
    stands before the daemon and changes its answers, `proxy` is what answers for it and may spoil hijacked connections; both may
    be empty (``intermediaries``).
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
    address: str = ""
    obstacle: str = ""
    proxy: str = ""

    @property
    def oldest(self) -> ApiVersion:
        """The oldest API version served."""
        return self.identity.oldest

    @property
    def newest(self) -> ApiVersion:
        """The newest API version served."""
        return self.identity.newest

    def serves(self, version: ApiVersion) -> bool:
        """Whether `version` lies inside the window that the daemon serves."""
        return self.oldest <= version <= self.newest

    def missing(self, need: str) -> str:
        """Why `need` is not met here; ``""`` when it is. ``api-1.21`` is the need that the daemon serves that version."""
        if need.startswith("api-"):
            wanted = ApiVersion.parse(need.removeprefix("api-"))
            reason = (
                f"the effect shows only through API {wanted}; this daemon's newest version is {self.newest}"
            )
            return "" if wanted <= self.newest else reason
        return self.capabilities.get(need, f"unknown need {need!r}")

    @property
    def root(self) -> Path:
        """The daemon's file system as seen from here; needs ``daemon-host``.

        A ``State.Pid`` is a number in the daemon's PID namespace: its process is ``root / "proc" / str(pid)``.
        """
        return Path(find_root(self.pid))

    def behind(self, endpoint: Endpoint) -> Daemon:
        """The same daemon, reached through another endpoint (a proxy in front of it)."""
        return msgspec.structs.replace(self, endpoint=endpoint)

    @property
    def secrets(self) -> list[str]:
        """What must not appear in evidence: passwords, also those in addresses of proxies."""
        secrets = [self.registry.password] if self.registry is not None else []
        if self.private is not None:
            for proxy in self.private.proxies.values():
                with contextlib.suppress(ValueError):
                    secrets.append(urlsplit(proxy).password or "")
        return [secret for secret in secrets if secret]

    def to_json(self) -> bytes:
        """The whole as JSON."""
        return codec.encode(self)

    @classmethod
    def from_json(cls, data: bytes | str) -> Daemon:
        """The inverse of to_json()."""
        return codec.decode(data, cls)
