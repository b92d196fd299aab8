"""Who answers: a daemon's identity, its window of versions, and what a run knows of it and its host.

Everything here goes through JSON unchanged, so that the controller of a parallel run can hand it to its workers.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from conformance.http.endpoint import Endpoint
from conformance.model.versions import ApiVersion


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
    """A registry: `address` as the daemon reaches it, `endpoint` as the suite does, or None if it cannot.

    `lasting` says that it outlives the run: somebody else's, which the user named.
    """

    address: str
    username: str = ""
    password: str = ""
    endpoint: Endpoint | None = None
    lasting: bool = False

    def __repr__(self) -> str:
        # A traceback shows what a check was given; a password of a few letters cannot be told from other text there.
        return f"RegistryFacts({self.address!r})"


class Daemon(msgspec.Struct, frozen=True, kw_only=True):
    """A target that answers; `sentence` says why it was chosen.

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
        """Why the capability `need` is missing here; ``""`` when it is there. ``api-1.21`` is a need of that version."""
        if need.startswith("api-"):
            wanted = ApiVersion.parse(need.removeprefix("api-"))
            seen = f"the effect is seen through API {wanted}, this daemon's newest version is {self.newest}"
            return "" if wanted <= self.newest else seen
        return self.capabilities.get(need, f"nothing is known of the capability {need}")

    @property
    def root(self) -> Path:
        """The daemon's file system as seen from here; needs ``daemon-host``.

        A ``State.Pid`` is a number in the daemon's PID namespace: its process is ``root / "proc" / str(pid)``.
        """
        return Path(f"/proc/{self.pid}/root")

    def behind(self, endpoint: Endpoint) -> Daemon:
        """The same daemon, reached through another endpoint (a proxy in front of it)."""
        return msgspec.structs.replace(self, endpoint=endpoint)

    @property
    def secrets(self) -> list[str]:
        """What must not be written into evidence: passwords, also those inside proxy addresses."""
        found = [self.registry.password] if self.registry is not None else []
        if self.private is not None:
            for proxy in self.private.proxies.values():
                with contextlib.suppress(ValueError):
                    found.append(urlsplit(proxy).password or "")
        return [secret for secret in found if secret]

    def to_json(self) -> bytes:
        """The whole as JSON."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, data: bytes | str) -> Daemon:
        """The inverse of to_json()."""
        return msgspec.json.decode(data, type=cls)
