"""From an address that answers to a Daemon: give it a registry, find out who it is and what is possible there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from conformance.engine.identity import Daemon, PrivateFacts, RegistryFacts
from conformance.engine.intermediaries import Intermediary, find_intermediary
from conformance.engine.peer_process import find_pid
from conformance.engine.private.daemon import PrivateDaemon
from conformance.engine.probe import TIMEOUTS, identify
from conformance.engine.registry import (
    ExternalRegistry,
    LocalRegistry,
    Registry,
    check_from_daemon,
    why_not_used,
)
from conformance.engine.requirements import assess, why_registries_need_tls
from conformance.http.endpoint import Endpoint
from conformance.http.timeouts import Timeouts
from conformance.model.errors import Unavailable, Unreachable

#: What an engine falls back to when the file system below its data root supports nothing better.
_LAST_RESORT = ("vfs", "devicemapper")


@contextlib.contextmanager
def open_daemon(
    name: str,
    sentence: str,
    endpoint: Endpoint,
    private: PrivateDaemon | None = None,
    registry: ExternalRegistry | None = None,
    timeouts: Timeouts = TIMEOUTS,
    *,
    with_registry: bool = True,
    allow_swarm: bool = False,
) -> Iterator[Daemon]:
    """The daemon at `endpoint`, with a registry for as long as the context lasts.

    `name` and `sentence` are the target's; `private` is the daemon that this run started, if it did. `registry` is the
    one that the user names; without it one is started if `with_registry` and if the daemon's network can be entered. `timeouts`
    hold while the daemon is asked who it is. `allow_swarm` says that a daemon which is the manager of a swarm may be used as
    such. Raises UsageError, Unreachable or ProbeFault with one line.
    """
    with contextlib.ExitStack() as stack:
        identity, info = identify(endpoint, timeouts)
        pid, why_no_pid = (private.daemon_pid, "") if private is not None else find_pid(endpoint, info)
        facts: RegistryFacts | None
        if registry is not None:
            facts, why_no_registry = _named_registry(stack, registry, endpoint), ""
        elif not with_registry:
            facts, why_no_registry = None, "this engine has no registry"
        else:
            facts, why_no_registry = _local_registry(
                stack, endpoint, pid, why_no_pid or why_registries_need_tls(info)
            )
        if private is not None and identity.storage_driver in _LAST_RESORT:
            sentence += f"; its storage driver is {identity.storage_driver}, which is slow: point TMPDIR to ext4 or xfs"
        private_facts = _private_facts(private) if private is not None else None
        host, capabilities = assess(
            pid, why_no_pid, info, private_facts, facts, why_no_registry, allow_swarm=allow_swarm
        )
        between = find_intermediary(endpoint, identity.newest) if private is None else Intermediary()
        yield Daemon(
            target=name,
            sentence=sentence,
            endpoint=endpoint,
            identity=identity,
            host=host,
            capabilities=capabilities,
            pid=pid,
            private=private_facts,
            registry=facts,
            obstacle=between.obstacle,
            proxy=between.proxy,
        )


def _private_facts(daemon: PrivateDaemon) -> PrivateFacts:
    return PrivateFacts(
        pid=daemon.pid,
        binary=daemon.binary,
        log=str(daemon.log),
        config=str(daemon.config),
        labels=daemon.labels,
        proxies=daemon.proxies,
        endpoints=daemon.tls_endpoints,
    )


def _named_registry(stack: contextlib.ExitStack, named: ExternalRegistry, daemon: Endpoint) -> RegistryFacts:
    stack.enter_context(named)
    check_from_daemon(daemon, named)
    return _registry_facts(named, external=True)


def _local_registry(
    stack: contextlib.ExitStack, daemon: Endpoint, pid: int, why_not: str
) -> tuple[RegistryFacts | None, str]:
    """A registry that is started for the run and an empty reason, or None and the reason."""
    if why_not:
        return None, f"no registry can be started for the daemon: {why_not}; name one with --registry"
    try:
        registry = LocalRegistry(network_of=pid)
        stack.enter_context(registry)
        if reason := why_not_used(daemon, registry):
            return None, f"{reason}; name one with --registry that has it"
        return _registry_facts(registry, external=False), ""
    except (Unavailable, Unreachable) as error:
        return None, f"{error}; name one with --registry"


def _registry_facts(registry: Registry, *, external: bool) -> RegistryFacts:
    return RegistryFacts(
        address=registry.address,
        username=registry.username,
        password=registry.password,
        endpoint=registry.endpoint,
        external=external,
    )
