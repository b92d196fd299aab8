"""A worker of the proof: one pytest that collects once, then runs the cases it is told under the fault it is told.

The checks' requests go through a fault proxy of its own; the environment talks to the daemon directly, so a fault cannot
spoil a set-up. Run as ``python -m conformance.mutation.worker FD``: FD is a socket to the controller.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import sys
import time
from typing import TypeVar

import msgspec
import pytest
from _pytest.runner import runtestprotocol

from conformance.catalogue import Mutant, load
from conformance.catalogue.check_index import suites_dir
from conformance.engine.identity import Daemon
from conformance.http.client import Client
from conformance.http.messages import Exchange
from conformance.model.results import Result, Verdict
from conformance.mutation import controls
from conformance.mutation.emulated_environment import ProxiedAccess, mended, standing_in
from conformance.mutation.protocol import Farewell, Hello, Noted, Order, Outcome, Ran
from conformance.mutation.proxy.match import Rule, rule_of
from conformance.mutation.proxy.server import Proxy
from conformance.mutation.result import NOTICED
from conformance.report.evidence import CaseRecord
from conformance.runner.access import CONNECT, Access
from conformance.runner.marks import case_of
from conformance.runner.worker import PROPERTY, CaseRunner
from conformance.runner.worker_session import Plan, Session

T = TypeVar("T")
_PLUGINS = ("conformance.runner.plugin", "pytest_timeout")


class Worker:
    """A pytest plugin that takes the place of its loop over the items."""

    def __init__(self, beginning: Beginning, lines: Lines) -> None:
        self.leaks: list[str] = []
        self._beginning = beginning
        self._lines = lines
        self._proxy = Proxy(beginning.plan.daemon.endpoint)
        self._below = Proxy(beginning.plan.daemon.endpoint)
        self._session: Session | None = None
        self._access: ProxiedAccess | None = None
        self._items: dict[str, pytest.Item] = {}

    def run(self) -> int:
        """Serve until the controller has no more orders; returns pytest's exit code."""
        folder = suites_dir()
        args = [argument for plugin in _PLUGINS for argument in ("-p", plugin)]
        args += [
            "-c",
            os.devnull,
            "--rootdir",
            str(folder),
            "--import-mode=importlib",
            "-p",
            "no:cacheprovider",
        ]
        args += ["--tb=line", "--capture=no", "--timeout=120", "-o", "timeout_method=signal"]
        args += [str(folder / file) for file in self._beginning.files]
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        with self._proxy, self._below:
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                code = int(pytest.main(args, plugins=[self]))
            if not self._items:
                self._lines.say(Hello(trouble=said.getvalue().strip()[-2000:] or "no case was collected"))
            return code

    # pytest's calls, in their order

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand the plan over as pytest-xdist does to its workers; the checks' own requests are to meet the proxy."""
        plan = msgspec.structs.replace(self._beginning.plan, early=self._beginning.direct)
        if not self._beginning.direct:
            config.stash[CONNECT] = self._connect
        config.workerinput = {PROPERTY: msgspec.json.encode(plan).decode(), "workerid": self._beginning.name}  # type: ignore[attr-defined]
        config.workeroutput = {}  # type: ignore[attr-defined]

    def _connect(self, daemon: Daemon, client: Client) -> Access:
        self._access = ProxiedAccess(self._proxy, daemon, client)
        return self._access

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take orders instead of running every item."""
        if session.testsfailed:
            return False
        runner = session.config.pluginmanager.getplugin("conformance-runner")
        assert isinstance(runner, CaseRunner)
        assert runner.session is not None
        self._session = runner.session
        cases = []
        for item in session.items:
            case = case_of(item.nodeid)
            if case is not None:
                cases.append(case)
                self._items[case.key] = item
        self._lines.say(Hello(cases=cases))
        while (order := self._lines.hear(Order)) is not None:
            # What was shared and made through the proxy may have been made under a fault, or without one.
            with self._session.env.scope(self._count_exchanges):
                self._lines.say(self._obey(order))
        return True

    def pytest_internalerror(self, excrepr: object) -> None:
        """Say that pytest itself broke: the controller only sees that nobody answers."""
        sys.stderr.write(f"{excrepr}\n")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Keep what could not be removed, for the farewell."""
        said = session.config.workeroutput.get(PROPERTY, {})  # type: ignore[attr-defined]
        self.leaks = said.get("leaks", [])

    def _count_exchanges(self) -> int:
        return self._proxy.exchanges

    # an order

    def _obey(self, order: Order) -> Outcome:
        assert self._session is not None
        begun = time.monotonic()
        outcome = Outcome()
        self._session.access.close()
        for key in order.cases:
            rule = self._rule(order)
            self._proxy.arm(rule)
            try:
                with self._standing_in(order, order.upon), self._standing_in(order, order.mutant):
                    result = self._run(self._items[key])
            except Exception as error:  # noqa: BLE001  a broken daemon must not break the harness: this is a finding
                outcome.trouble.append(f"{key} broke the harness: {type(error).__name__}: {error}")
                break
            finally:
                self._proxy.arm(None)
            exchanges = [
                _noted(exchange) for exchange in self._session.client.transcript if exchange.role == "check"
            ]
            outcome.runs.append(Ran(result=result, exchanges=exchanges if order.notes else []))
            if order.mutant is not None and order.mutant.fault == "stand-in":
                outcome.reached += 1
            elif rule is not None:
                outcome.matched += rule.matched
                outcome.reached += rule.reached
            self._session.gone = ""  # a broken daemon that falls silent is the proxy's doing
            mends = order.mutant is not None and order.mutant.mends
            if order.until_killed and (
                result.verdict is Verdict.PASS if mends else result.verdict in NOTICED
            ):
                break
        for proxy in (self._proxy, self._below):
            outcome.trouble += proxy.broken
            proxy.broken.clear()
        outcome.seconds = round(time.monotonic() - begun, 3)
        return outcome

    def _standing_in(self, order: Order, mutant: Mutant | None) -> contextlib.AbstractContextManager[None]:
        assert self._session is not None
        if mutant is not None and mutant.fault == "stand-in":
            assert self._access is not None
            return standing_in(mutant.args["what"], self._access, self._session.env, self._proxy, self._below)
        if mutant is not None and mutant is order.upon:
            return mended(rule_of(load()[order.change], mutant), self._proxy, self._below)
        return contextlib.nullcontext()

    def _rule(self, order: Order) -> Rule | None:
        if order.control:
            return Rule(controls.CONTROLS[order.control].made(self._beginning.plan.daemon))
        if order.mutant is None:
            return None
        rule = rule_of(load()[order.change], order.mutant)
        rule.ordinal = order.ordinal
        return rule

    def _run(self, item: pytest.Item) -> Result:
        reports = runtestprotocol(item, log=False, nextitem=None)
        carried = [value for name, value in reports[-1].user_properties if name == PROPERTY]
        return CaseRecord.from_json(str(carried[-1])).result


def _noted(exchange: Exchange) -> Noted:
    response = exchange.response
    return Noted(
        method=exchange.request.method,
        target=exchange.request.target,
        status=response.status if response is not None else 0,
        reads=[list(path) for path in response.reads] if response is not None else [],
        absent=[list(path) for path, there in response.reads.items() if not there]
        if response is not None
        else [],
    )


class Lines:
    """Messages over a socket, one line of JSON each."""

    def __init__(self, sock: socket.socket) -> None:
        self._file = sock.makefile("rwb")

    def say(self, message: msgspec.Struct) -> None:
        """Send one."""
        self._file.write(msgspec.json.encode(message) + b"\n")
        self._file.flush()

    def hear(self, kind: type[T]) -> T | None:
        """Wait for one; None when the other side is done. Raises msgspec.DecodeError for what is none."""
        line = self._file.readline()
        return msgspec.json.decode(line, type=kind) if line.strip() else None


class Beginning(msgspec.Struct, frozen=True):
    """The controller's first word to a worker: which files of the suites it collects; `direct` leaves the proxy out."""

    plan: Plan
    name: str
    files: list[str]
    direct: bool = False


def main() -> None:
    """Serve the controller at the other end of the socket whose number is the first argument."""
    with socket.socket(fileno=int(sys.argv[1])) as sock:
        lines = Lines(sock)
        beginning = lines.hear(Beginning)
        if beginning is None:
            return
        worker = Worker(beginning, lines)
        try:
            worker.run()
        finally:
            with contextlib.suppress(OSError):
                lines.say(Farewell(leaks=worker.leaks))


if __name__ == "__main__":
    main()
