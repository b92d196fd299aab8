"""Puts an emulator in place of what checks ask: an engine or host, a listener, or a socket file.

No proxy can change the file of a socket, a TLS listener or a second address of the daemon. Here the proxy's own socket file and
the addresses that checks know are changed instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import msgspec

from conformance.catalogue import Change, Mutant
from conformance.engine.identity import Daemon
from conformance.environment import Environment
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.mutation import emulators
from conformance.mutation.faults.registry import build_rule
from conformance.mutation.proxy.rule import Rule, compile_path
from conformance.mutation.proxy.server import Proxy
from conformance.runner.access import Access

_NO_LISTENER = Endpoint(path="/nonexistent/docker-conformance/no-listener")
_OTHER_GROUP = 65534


class ProxiedAccess(Access):
    """The checks' access to the daemon through a fault proxy. With `is_alone` the daemon has no other address."""

    def __init__(self, proxy: Proxy, daemon: Daemon, client: Client, env: Environment) -> None:
        super().__init__(daemon.behind(proxy.endpoint), _CheckClient(self, proxy.endpoint, client), env)
        self.is_alone = False
        self.thread_count = 0
        self._proxy = proxy

    def count_uses(self) -> int:
        """The number of requests that went through the proxy, and of clients that may send more in threads of their own."""
        return self._proxy.request_count + self.thread_count


class _CheckClient(Client):
    """A client that tells the access of the threads that are going to use it, before they send anything."""

    def __init__(self, access: ProxiedAccess, endpoint: Endpoint, client: Client) -> None:
        super().__init__(endpoint, timeouts=client.timeouts, sizes=client.sizes, transcript=client.transcript)
        self._access = access

    def alone(self, role: str | None = None) -> Client:
        self._access.thread_count += 1
        return super().alone(role)

    def through(self, endpoint: Endpoint) -> Client:
        self._access.thread_count += 1
        elsewhere = self._access.is_alone and endpoint != self.endpoint
        return super().through(_NO_LISTENER if elsewhere else endpoint)


class Emulation:
    """Faults and emulators for the checks of one engine: `proxy` is what they ask, `below` can stand between it and the daemon."""

    def __init__(self, access: ProxiedAccess, proxy: Proxy, below: Proxy) -> None:
        self.access = access
        self._env = access.env
        self._proxy = proxy
        self._below = below

    def scope(self) -> AbstractContextManager[None]:
        """Forget at the end of the block what the environment shared that was made through the proxy."""
        return self._env.scope(self.access.count_uses)

    @contextmanager
    def apply(self, rule: Rule | None) -> Iterator[None]:
        """Apply a rule to what the checks ask for the length of the block."""
        self._proxy.set_rule(rule)
        try:
            yield
        finally:
            self._proxy.set_rule(None)

    def take_errors(self) -> list[str]:
        """The errors of both proxies since the last call."""
        errors = [*self._proxy.errors, *self._below.errors]
        self._proxy.errors.clear()
        self._below.errors.clear()
        return errors

    @contextmanager
    def emulate(self, change: Change, mutant: Mutant) -> Iterator[None]:
        """Put the emulator of a mutant in place for the length of the block."""
        daemon = self.access.daemon
        try:
            if mutant.args["emulator"] in emulators.NAMES:
                with self._replace_engine(change, mutant):
                    yield
            else:
                _LISTENERS[mutant.args["emulator"]](self.access, self._proxy)
                yield
        finally:
            self.access.daemon = daemon
            self.access.is_alone = False
            self._proxy.copy_socket_mode()

    @contextmanager
    def apply_below(self, rule: Rule) -> Iterator[None]:
        """Apply a rule between proxy and daemon for the length of the block."""
        upstream = self._proxy.upstream
        self._below.set_rule(rule)
        self._proxy.upstream = self._below.endpoint
        try:
            yield
        finally:
            self._proxy.upstream = upstream
            self._below.set_rule(None)

    @contextmanager
    def apply_to_environment(self, rule: Rule) -> Iterator[None]:
        """Apply a rule between environment and daemon for the length of the block."""
        self._below.set_rule(rule)
        try:
            with self._env.through(self._below.endpoint):
                yield
        finally:
            self._below.set_rule(None)

    @contextmanager
    def _replace_engine(self, change: Change, mutant: Mutant) -> Iterator[None]:
        daemon = self.access.daemon
        emulator = emulators.build_emulator(
            mutant.args, build_rule(change, mutant), daemon.behind(self._below.upstream)
        )
        identity = msgspec.structs.replace(
            daemon.identity,
            newest=emulator.serves or daemon.identity.newest,
            oldest=emulator.floor or daemon.identity.oldest,
        )
        capabilities = {**daemon.capabilities, **dict.fromkeys(emulator.has, "")}
        self.access.daemon = msgspec.structs.replace(daemon, identity=identity, capabilities=capabilities)
        with ExitStack() as stack:
            if emulator.everywhere:
                stack.enter_context(self._env.scope(retry=True))  # what failed before may succeed now
                stack.enter_context(self._env.through(self._below.endpoint))
            stack.enter_context(self.apply_below(Rule(emulator.fault, (("", compile_path("*")),))))
            yield


Listener = Callable[[ProxiedAccess, Proxy], None]


def _redirect(**others: str) -> Listener:
    """Let addresses of the TLS listener lead to another one (``proxy`` is the proxy itself)."""

    def redirect(access: ProxiedAccess, proxy: Proxy) -> None:
        private = access.daemon.private
        if private is None or not private.endpoints:
            return
        known = {"proxy": proxy.endpoint, **private.endpoints}
        endpoints = {**private.endpoints, **{name: known[other] for name, other in others.items()}}
        access.daemon = msgspec.structs.replace(
            access.daemon, private=msgspec.structs.replace(private, endpoints=endpoints)
        )

    return redirect


def _open_to_everybody(_: ProxiedAccess, proxy: Proxy) -> None:
    os.chmod(proxy.endpoint.path or "", 0o666)  # noqa: S103  that is the fault


def _change_group(_: ProxiedAccess, proxy: Proxy) -> None:
    os.chown(proxy.endpoint.path or "", -1, _OTHER_GROUP)


def _close_to_group(_: ProxiedAccess, proxy: Proxy) -> None:
    os.chmod(proxy.endpoint.path or "", 0o600)


def _close_elsewhere(access: ProxiedAccess, _: Proxy) -> None:
    access.is_alone = True


_LISTENERS: dict[str, Listener] = {
    # a listener that asks for no certificate: the endpoints that should fail lead to one that answers
    "tls-takes-anybody": _redirect(none="good", foreign="good"),
    "tls-speaks-plain": _redirect(plain="proxy"),
    "tls-refuses-everybody": _redirect(good="none"),
    "socket-for-everybody": _open_to_everybody,
    "socket-of-another-group": _change_group,
    "socket-keeps-the-group-out": _close_to_group,
    "no-other-address": _close_elsewhere,
}
#: All emulators.
NAMES = emulators.NAMES | frozenset(_LISTENERS)
