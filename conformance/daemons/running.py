"""From an address that answers to a Daemon: give it a registry, find out who it is and what is possible there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from conformance.daemons.capabilities import assess
from conformance.daemons.identity import Daemon, PrivateFacts, RegistryFacts
from conformance.daemons.private import PrivateDaemon
from conformance.daemons.probe import identify
from conformance.daemons.process import find_pid
from conformance.daemons.registry import ExternalRegistry, LocalRegistry, Registry
from conformance.endpoint import Endpoint
from conformance.errors import Unavailable, Unreachable

#: What an engine falls back to when the file system below its data root bears nothing better.
_LAST_RESORT = ("vfs", "devicemapper")


@contextlib.contextmanager
def running(
    name: str,
    sentence: str,
    endpoint: Endpoint,
    private: PrivateDaemon | None = None,
    registry: ExternalRegistry | None = None,
) -> Iterator[Daemon]:
    """The daemon at `endpoint`, with a registry for as long as the context lasts.

    `name` and `sentence` are the target's, `private` says that we started the daemon. `registry` is one that the user names; without
    it one is started where the daemon's network can be entered. Raises Unreachable or ProbeFault with one line.
    """
    with contextlib.ExitStack() as stack:
        identity, info = identify(endpoint)
        pid, why_no_pid = find_pid(endpoint, info, identity.kernel)
        facts, why_no_registry = _registry(stack, registry, pid, why_no_pid)
        if private is not None and identity.storage_driver in _LAST_RESORT:
            sentence += f"; its storage driver is {identity.storage_driver}, which is slow: point TMPDIR to ext4 or xfs"
        private_facts = _private_facts(private) if private is not None else None
        host, capabilities = assess(pid, why_no_pid, info, private_facts, facts, why_no_registry)
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
        )


def _private_facts(daemon: PrivateDaemon) -> PrivateFacts:
    return PrivateFacts(
        pid=daemon.pid,
        binary=daemon.binary,
        log=str(daemon.log),
        labels=daemon.labels,
        proxies=daemon.proxies,
        endpoints=daemon.tls_endpoints,
    )


def _registry(
    stack: contextlib.ExitStack, named: ExternalRegistry | None, pid: int, why_no_pid: str
) -> tuple[RegistryFacts | None, str]:
    """A registry and nothing, or nothing and the reason."""
    chosen: Registry
    if named is not None:
        chosen = named
    elif pid:
        chosen = LocalRegistry(network_of=pid)
    else:
        return (
            None,
            f"no registry can be started in the daemon's network: {why_no_pid}; name one with --registry",
        )
    try:
        chosen = stack.enter_context(chosen)
    except (Unavailable, Unreachable) as error:
        return None, f"{error}; name one with --registry"
    facts = RegistryFacts(
        address=chosen.address, username=chosen.username, password=chosen.password, endpoint=chosen.endpoint
    )
    return facts, ""
