"""Stand-ins: what a check looks at is replaced by something that behaves as another engine would.

Faults of a socket's file, of a TLS listener or of a second daemon no proxy can make: the stand-in is the file of the
proxy's own socket, or the way to a listener. And what the daemon at hand cannot be asked, a scripted engine plays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import msgspec

from conformance.engine.identity import Daemon
from conformance.environment import Environment
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.model.versions import ApiVersion
from conformance.mutation.emulators import ENGINES, Engine
from conformance.mutation.proxy.match import Rule, pattern
from conformance.mutation.proxy.server import Proxy
from conformance.runner.access import Access

_DEAF = Endpoint(path="/nonexistent/docker-conformance/nobody-listens-here")
_NOBODY = 65534


class ProxiedAccess(Access):
    """The checks' way to the daemon through a fault proxy."""

    def __init__(self, proxy: Proxy, daemon: Daemon, client: Client) -> None:
        super().__init__(daemon.behind(proxy.endpoint), client.through(proxy.endpoint))
        #: Where no other address of the daemon is to be reached.
        self.is_alone = False

    def api(self, version: ApiVersion) -> Client:
        """A client in `version`, whose exchanges are in the transcript of the running case."""
        client = super().api(version)
        if not self.is_alone:
            return client
        return _OnlyHere(client.endpoint, version, timeouts=client.timeouts, transcript=client.transcript)


class _OnlyHere(Client):
    """A client of a daemon that has no other address."""

    def through(self, endpoint: Endpoint) -> Client:
        return super().through(endpoint if endpoint == self.endpoint else _DEAF)


@contextmanager
def standing_in(
    what: str, access: ProxiedAccess, env: Environment, proxy: Proxy, below: Proxy
) -> Iterator[None]:
    """Put the stand-in `what` in the place of what the checks look at.

    `proxy` is what they ask, `below` another one that can stand between it and the daemon.
    """
    daemon = access.daemon
    try:
        if what in ENGINES:
            with _scripted(ENGINES[what], access, env, proxy, below):
                yield
        else:
            _STANDINS[what](access, proxy)
            yield
    finally:
        access.daemon = daemon
        access.is_alone = False
        proxy.resemble()


@contextmanager
def mended(rule: Rule, proxy: Proxy, below: Proxy) -> Iterator[None]:
    """Break, or mend, what `rule` says below `proxy`, which so meets another daemon than there is."""
    upstream = proxy.upstream
    below.arm(rule)
    proxy.upstream = below.endpoint
    try:
        yield
    finally:
        proxy.upstream = upstream
        below.arm(None)


@contextmanager
def _scripted(
    engine: Engine, access: ProxiedAccess, env: Environment, proxy: Proxy, below: Proxy
) -> Iterator[None]:
    daemon = access.daemon
    identity = msgspec.structs.replace(daemon.identity, newest=engine.serves or daemon.identity.newest)
    capabilities = {**daemon.capabilities, **dict.fromkeys(engine.has, "")}
    access.daemon = msgspec.structs.replace(daemon, identity=identity, capabilities=capabilities)
    rule = Rule(engine.make(daemon.behind(below.upstream)), (("", pattern("*")),))
    with ExitStack() as stack:
        if engine.everywhere:
            stack.enter_context(env.scope(retry=True))  # what could not be made may be now
            stack.enter_context(env.through(below.endpoint))
        stack.enter_context(mended(rule, proxy, below))
        yield


def _ways(**others: str | Endpoint) -> Callable[[ProxiedAccess, Proxy], None]:
    """Ways to the TLS listener lead elsewhere: to another way, or (an Endpoint) to that."""

    def stand_in(access: ProxiedAccess, proxy: Proxy) -> None:
        private = access.daemon.private
        if private is None:
            return
        known = private.endpoints
        places = {"proxy": proxy.endpoint, **known}
        ways = {
            **known,
            **{way: places[other] if isinstance(other, str) else other for way, other in others.items()},
        }
        access.daemon = msgspec.structs.replace(
            access.daemon, private=msgspec.structs.replace(private, endpoints=ways)
        )

    return stand_in


def _chmod(_: ProxiedAccess, proxy: Proxy) -> None:
    os.chmod(proxy.endpoint.path or "", 0o666)  # noqa: S103  that is the fault


def _chgrp(_: ProxiedAccess, proxy: Proxy) -> None:
    os.chown(proxy.endpoint.path or "", -1, _NOBODY)


def _keep_group_out(_: ProxiedAccess, proxy: Proxy) -> None:
    os.chmod(proxy.endpoint.path or "", 0o600)


def _deaf_elsewhere(access: ProxiedAccess, _: Proxy) -> None:
    """Every other address that a check asks the daemon at is one where nobody listens."""
    access.is_alone = True


_STANDINS: dict[str, Callable[[ProxiedAccess, Proxy], None]] = {
    # a listener that asks nobody for a certificate: the ways that are to fail lead to one that answers
    "tls-takes-anybody": _ways(none="good", foreign="good"),
    "tls-speaks-plain": _ways(plain="proxy"),
    "tls-refuses-everybody": _ways(good="none"),
    "socket-for-everybody": _chmod,
    "socket-of-another-group": _chgrp,
    "socket-keeps-the-group-out": _keep_group_out,
    "nobody-listens-elsewhere": _deaf_elsewhere,
}


def names() -> set[str]:
    """All stand-ins."""
    return {*_STANDINS, *ENGINES}
