"""Further engines of the build under test: for what must not happen on an engine that other checks use.

One is for swarm mode, one for what touches all objects of an engine, one for each option of a daemon. Each is started when the
first check asks for it, shared by all checks of the worker that ask for the same one, and ended with the worker, or when
checks have asked for several others since: even an idle engine takes memory and time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import msgspec

from conformance.engine.identity import Daemon
from conformance.engine.private.daemon import restart as restart_daemon
from conformance.engine.targets import PrivateOptions, Target
from conformance.environment import Environment, Ledger
from conformance.environment.test_image import make_test_image
from conformance.http.client import Client
from conformance.model.errors import ConformanceError, Unavailable
from conformance.runner.access import Access
from conformance.runner.plan import Plan
from conformance.runner.watchdog import DaemonWatchdog

#: So many engines a worker keeps. Checks that ask for the same one come together, so that few are started again.
_MOST = 4
#: Makes the checks' access to a daemon from a client that shares their transcript, and from the environment there.
Connect = Callable[[Daemon, Client, Environment], Access]


@dataclass
class _Engine:
    """An engine that runs, or why there is none. `end` ends it; `in_use` says that the running case has asked for it."""

    access: Access | None = None
    watchdog: DaemonWatchdog | None = None
    reason: str = ""
    end: Callable[[], None] = lambda: None
    in_use: bool = False


class PrivateEngines:
    """The further engines of one worker, by name. `client` is the worker's: its transcript takes all exchanges."""

    def __init__(self, plan: Plan, process: str, client: Client, connect: Connect) -> None:
        self._plan = plan
        self._process = process
        self._client = client
        self._connect = connect
        self._engines: dict[str, _Engine] = {}

    def get(
        self,
        name: str,
        arguments: Sequence[str] = (),
        prepare: Callable[[Environment], object] | None = None,
        etc: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        restart: bool = False,
    ) -> Access:
        """The engine `name`; the first call starts it and has `prepare` set it up.

        `arguments` are for its command line, `etc` has files that it finds in /etc, `variables` are of its environment. With
        `restart` it is ended and started again with the same data once `prepare` has returned.

        Raises Unavailable with the engine's own words when it does not start or cannot be set up, now or earlier.
        """
        if name not in self._engines:
            self._make_room()
            options = PrivateOptions(tls=False, arguments=arguments, etc=etc or {}, variables=variables or {})
            self._engines[name] = self._open(name, options, prepare, restart=restart)
        engine = self._engines[name] = self._engines.pop(
            name
        )  # the last one that was asked for is the last in order
        if engine.access is None:
            raise Unavailable(engine.reason)
        engine.in_use = True
        return engine.access

    def clear(self) -> None:
        """Remove the objects of the check that has just ended. An engine that it broke is ended; the next check gets another."""
        for name, engine in list(self._engines.items()):
            if engine.access is None or engine.watchdog is None or not engine.in_use:
                continue
            engine.in_use = False
            if engine.watchdog.trouble():
                engine.end()
                del self._engines[name]
            else:
                engine.access.env.clear()

    def _make_room(self) -> None:
        """End those engines that were asked for the longest time ago, until one more may be started."""
        running = [name for name, engine in self._engines.items() if engine.access is not None]
        idle = [name for name in running if not self._engines[name].in_use]
        for name in idle[: max(0, len(running) + 1 - _MOST)]:
            self._engines.pop(name).end()

    def close(self) -> None:
        """End all engines, with everything that is on them."""
        while self._engines:
            self._engines.popitem()[1].end()

    def _open(
        self,
        name: str,
        options: PrivateOptions,
        prepare: Callable[[Environment], object] | None,
        *,
        restart: bool,
    ) -> _Engine:
        private = self._plan.daemon.private
        if private is None:
            return _Engine(reason=self._plan.daemon.missing("private-engine"))
        target = Target(
            name=name,
            sentence=f"a further engine of the build, for {name}",
            binary=private.binary,
            private=options,
            with_registry=False,
        )
        try:
            with ExitStack() as stack:
                daemon = stack.enter_context(target.open())
                client = self._client.through(daemon.endpoint)
                ledger = Ledger(self._plan.run, f"{self._process}-{name}")
                stack.callback(_close_ledger, ledger)
                preparing = client.at(daemon.newest, role="environment")
                env = Environment(preparing, ledger, make_test_image(preparing, ledger))
                stack.callback(client.close)
                if prepare is not None:
                    prepare(env)
                if restart:
                    assert daemon.private is not None
                    pid = restart_daemon(daemon.private.pid, daemon.endpoint)
                    daemon = msgspec.structs.replace(daemon, pid=pid)
                    client.close()
                for kind, object_name in ledger.opened():
                    ledger.share(kind, object_name)  # what the engine is set up with outlives its first check
                access = self._connect(daemon, client.apart(), env)
                stack.callback(access.close)
                watchdog = DaemonWatchdog(daemon, self._plan.timeouts.first_byte)
                stack.callback(watchdog.close)
                return _Engine(access, watchdog, end=stack.pop_all().close)
        except ConformanceError as error:
            return _Engine(reason=f"a further engine for {name}: {error}")


def _close_ledger(ledger: Ledger) -> None:
    """Record that everything ended with the engine, so that it is looked for on no other."""
    for kind, name in ledger.opened(shared=True):
        ledger.gone(kind, name)
    ledger.close()
