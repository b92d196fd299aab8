"""Stand-ins: what a check looks at is replaced by something that behaves as another engine would.

Faults of a socket's file, of a TLS listener or of a second daemon no proxy can make: the stand-in is the file of the
proxy's own socket, or the way to a listener. And what the daemon at hand cannot be asked, a scripted engine plays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from conformance.engine.identity import Daemon
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.model.versions import ApiVersion
from conformance.mutation.emulators import ENGINES, Engine
from conformance.mutation.proxy.match import Rule, pattern
from conformance.mutation.proxy.server import Proxy
from conformance.runner.worker_session import Session

_DEAF = Endpoint(path="/nonexistent/docker-conformance/nobody-listens-here")
_NOBODY = 65534


@contextmanager
def standing_in(what: str, session: Session, proxy: Proxy, below: Proxy) -> Iterator[None]:
    """Put the stand-in `what` in the place of what the checks of `session` look at.

    `proxy` is what they ask, `below` another one that can stand between it and the daemon.
    """
    daemon, api = session.daemon, session.api
    try:
        if what in ENGINES:
            with _scripted(ENGINES[what], session, proxy, below):
                yield
        else:
            _STANDINS[what](session, proxy)
            yield
    finally:
        session.daemon = daemon
        session.api = api  # type: ignore[method-assign]
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
def _scripted(engine: Engine, session: Session, proxy: Proxy, below: Proxy) -> Iterator[None]:
    daemon, env = session.daemon, session.env
    client, kept = env.client, dict(env._shared)
    identity = msgspec.structs.replace(daemon.identity, newest=engine.serves or daemon.identity.newest)
    capabilities = {**daemon.capabilities, **dict.fromkeys(engine.has, "")}
    session.daemon = msgspec.structs.replace(daemon, identity=identity, capabilities=capabilities)
    if engine.everywhere:
        env.client = client.through(below.endpoint)
        env._shared = {
            key: made for key, made in kept.items() if made[1] is None
        }  # what could not be made may be now
    try:
        with mended(Rule(engine.make(session.plan.daemon), (("", pattern("*")),)), proxy, below):
            yield
    finally:
        if engine.everywhere:
            env.client.close()
            env.client, env._shared = client, {**env._shared, **kept}


def _ways(**others: str | Endpoint) -> Callable[[Session, Proxy], None]:
    """Ways to the TLS listener lead elsewhere: to another way, or (an Endpoint) to that."""

    def stand_in(session: Session, proxy: Proxy) -> None:
        private = session.daemon.private
        if private is None:
            return
        known = private.endpoints
        places = {"proxy": proxy.endpoint, **known}
        ways = {
            **known,
            **{way: places[other] if isinstance(other, str) else other for way, other in others.items()},
        }
        changed: Daemon = msgspec.structs.replace(
            session.daemon, private=msgspec.structs.replace(private, endpoints=ways)
        )
        session.daemon = changed

    return stand_in


def _chmod(_: Session, proxy: Proxy) -> None:
    os.chmod(proxy.endpoint.path or "", 0o666)  # noqa: S103  that is the fault


def _chgrp(_: Session, proxy: Proxy) -> None:
    os.chown(proxy.endpoint.path or "", -1, _NOBODY)


def _keep_group_out(_: Session, proxy: Proxy) -> None:
    os.chmod(proxy.endpoint.path or "", 0o600)


def _deaf_elsewhere(session: Session, _: Proxy) -> None:
    """Every other address that a check asks the daemon at is one where nobody listens."""
    original = session.api

    def api(version: ApiVersion) -> Client:
        client = original(version)
        nobody = client.through(_DEAF)

        def through(endpoint: Endpoint) -> Client:
            del endpoint
            return nobody

        client.through = through  # type: ignore[method-assign]
        return client

    session.api = api  # type: ignore[method-assign]


_STANDINS: dict[str, Callable[[Session, Proxy], None]] = {
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
