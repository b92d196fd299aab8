"""The proxies before each engine of a worker, and what is applied to all of them for a while.

A further engine may be started in the middle of a job: it then meets what is applied at that time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from conformance.engine.identity import Daemon
from conformance.environment import Environment
from conformance.http.client import Client
from conformance.mutation.emulation import Emulation, ProxiedAccess
from conformance.mutation.proxy.server import Proxy

#: What is applied to one engine for the length of a block.
Effect = Callable[[Emulation], AbstractContextManager[object]]


class FaultProxies:
    """Context manager: the proxies of all engines end with it."""

    def __init__(self) -> None:
        self._proxies = ExitStack()
        self._engines: list[Emulation] = []
        self._applied: list[tuple[Effect, ExitStack]] = []

    def __enter__(self) -> FaultProxies:
        return self

    def __exit__(self, *_: object) -> None:
        self._proxies.close()

    def connect(self, daemon: Daemon, client: Client, env: Environment) -> ProxiedAccess:
        """The checks' access to an engine, through a proxy of its own."""
        proxy, below = (self._proxies.enter_context(Proxy(daemon.endpoint)) for _ in range(2))
        access = ProxiedAccess(proxy, daemon, client, env)
        engine = Emulation(access, proxy, below)
        self._engines.append(engine)
        for effect, stack in self._applied:
            stack.enter_context(effect(engine))
        return access

    @contextmanager
    def apply(self, effect: Effect) -> Iterator[None]:
        """Have `effect` on every engine for the length of the block."""
        with ExitStack() as stack:
            for engine in self._engines:
                stack.enter_context(effect(engine))
            row = (effect, stack)
            self._applied.append(row)
            try:
                yield
            finally:
                self._applied.remove(row)

    def close_connections(self) -> None:
        """Close the idle connections of the checks to their proxies."""
        for engine in self._engines:
            engine.access.close()

    def take_errors(self) -> list[str]:
        """The errors of all proxies since the last call."""
        return [error for engine in self._engines for error in engine.take_errors()]
