"""The daemon that was asked, and its host, as the header of a report has them."""

from __future__ import annotations

import msgspec

from conformance.engine.identity import Daemon
from conformance.model import codec
from conformance.model.versions import ApiVersion, Window


class DaemonFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A daemon: what it says of itself (see ``conformance.engine.identity.Identity``) and how it was reached.

    `target` is what the user named or the run found, `private` says whether the run started the daemon itself.
    """

    version: str = ""
    newest: str = ""
    oldest: str = ""
    oldest_from: str = ""
    commit: str = ""
    os: str = ""
    arch: str = ""
    kernel: str = ""
    id: str = ""
    storage_driver: str = ""
    components: dict[str, str] = {}
    engine: str = ""
    url: str = ""
    target: str = ""
    private: bool = False

    @property
    def name(self) -> str:
        """Engine and version, as ``Docker Engine 28.5.2``; empty if neither is known."""
        return f"{self.engine} {self.version}".strip()

    @property
    def window(self) -> Window | None:
        """The versions that the daemon says that it serves; None if that is not known."""
        try:
            return Window(ApiVersion.parse(self.oldest), ApiVersion.parse(self.newest))
        except ValueError:
            return None

    def serves(self, version: ApiVersion) -> bool:
        """Whether the daemon says that it serves `version`; yes, if its window is not known."""
        return self.window is None or version in self.window


class ReportedHost(msgspec.Struct, frozen=True, kw_only=True):
    """The daemon's host (see ``conformance.engine.identity.HostFacts``).

    `capabilities` maps each need to the reason why it is missing, "" if it is there.
    """

    source: str = ""
    kernel: str = ""
    cgroups: str = ""
    cgroup_driver: str = ""
    controllers: list[str] = []
    cpus: int = 0
    memory: int = 0
    system: str = ""
    capabilities: dict[str, str] = {}


def daemon_facts(daemon: Daemon) -> DaemonFacts:
    """The facts of a daemon."""
    facts = codec.to_builtins(daemon.identity)
    return DaemonFacts(
        engine=facts.pop("name"),
        url=daemon.endpoint.url,
        target=daemon.target,
        private=daemon.private is not None,
        **facts,
    )


def host_facts(daemon: Daemon) -> ReportedHost:
    """The facts of a daemon's host. What it says of user namespaces is left out: the capability says what follows from it."""
    facts = msgspec.to_builtins(daemon.host)
    del facts["remaps_users"], facts["rootless"]
    return ReportedHost(**facts, capabilities=daemon.capabilities)
