"""A worker of a mutation run: one pytest that collects once, then runs the cases of each job under the fault of the job.

The checks' requests go through a fault proxy of the worker; the environment talks to the daemon directly, so that a fault
cannot disturb a fixture. Run as ``python -m conformance.mutation.worker FD``; FD is a socket to the controller.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import sys
import time

import msgspec
import pytest

from conformance.catalogue import Mutant, load
from conformance.catalogue.check_index import suites_dir
from conformance.engine.identity import Daemon
from conformance.http.client import Client
from conformance.http.messages import Exchange
from conformance.model.verdicts import Result
from conformance.mutation.controls import CONTROLS
from conformance.mutation.emulation import Emulation, ProxiedAccess
from conformance.mutation.faults.registry import EMULATE, build_rule
from conformance.mutation.protocol import (
    CaseRun,
    Channel,
    Done,
    Job,
    JobResult,
    ObservedExchange,
    Ready,
    Start,
)
from conformance.mutation.proxy.rule import Rule
from conformance.mutation.proxy.server import Proxy
from conformance.mutation.result import has_noticed
from conformance.report.evidence import CaseRecord
from conformance.runner.access import CONNECT, Access
from conformance.runner.collection import case_of
from conformance.runner.worker import PROPERTY, CaseRunner
from conformance.runner.worker_session import Session

_PLUGINS = ("conformance.runner.plugin", "pytest_timeout")
_OPTIONS = (
    *("-c", os.devnull),
    "--import-mode=importlib",
    *("-p", "no:cacheprovider"),
    "--tb=line",
    "--capture=no",
    "--timeout=120",
    *("-o", "timeout_method=signal"),
)


class Worker:
    """A pytest plugin that replaces pytest's loop over the items."""

    def __init__(self, start: Start, channel: Channel) -> None:
        self.leaks: list[str] = []
        self._start = start
        self._channel = channel
        self._proxy = Proxy(start.plan.daemon.endpoint)
        self._below = Proxy(start.plan.daemon.endpoint)
        self._session: Session | None = None
        self._access: Access | None = None
        self._emulation: Emulation | None = None
        self._items: dict[str, pytest.Item] = {}
        self._results: list[Result] = []

    def run(self) -> int:
        """Run jobs until the controller has no more; returns pytest's exit code."""
        folder = suites_dir()
        plugins = [argument for plugin in _PLUGINS for argument in ("-p", plugin)]
        files = [str(folder / file) for file in self._start.files]
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        with self._proxy, self._below:
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                code = int(
                    pytest.main([*plugins, *_OPTIONS, "--rootdir", str(folder), *files], plugins=[self])
                )
            if not self._items:
                error = output.getvalue().strip()[-2000:] or "no case was collected"
                self._channel.send(Ready(error=error))
            return code

    # pytest's hooks, in the order of the calls

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand over the plan as pytest-xdist does to its workers, and the access of the checks."""
        plan = msgspec.structs.replace(self._start.plan, early=self._start.direct)
        config.stash[CONNECT] = self._connect
        config.workerinput = {PROPERTY: msgspec.json.encode(plan).decode(), "workerid": self._start.name}  # type: ignore[attr-defined]
        config.workeroutput = {}  # type: ignore[attr-defined]

    def _connect(self, daemon: Daemon, client: Client) -> Access:
        proxied = not self._start.direct
        self._access = ProxiedAccess(self._proxy, daemon, client) if proxied else Access(daemon, client)
        return self._access

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run jobs instead of every item."""
        if session.testsfailed:
            return False
        runner = session.config.pluginmanager.getplugin("conformance-runner")
        assert isinstance(runner, CaseRunner)
        self._session = runner.session
        if isinstance(self._access, ProxiedAccess):
            self._emulation = Emulation(self._access, runner.session.env, self._proxy, self._below)
        cases = []
        for item in session.items:
            case = case_of(item)
            if case is not None:
                cases.append(case)
                self._items[case.key] = item
        self._channel.send(Ready(cases=cases))
        while (job := self._channel.receive(Job)) is not None:
            # What was shared and made through the proxy may have been made under a fault, or without one.
            with self._session.env.scope(lambda: self._proxy.request_count):
                self._channel.send(self._run_job(job))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the result of the running case."""
        for name, value in report.user_properties:
            if name == PROPERTY:
                self._results.append(CaseRecord.from_json(str(value)).result)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Show an internal error of pytest: the controller only sees that the worker ended."""
        sys.stderr.write(f"{excrepr}\n")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Keep what could not be removed, for the final message."""
        output = session.config.workeroutput.get(PROPERTY, {})  # type: ignore[attr-defined]
        self.leaks = output.get("leaks", [])

    # a job

    def _run_job(self, job: Job) -> JobResult:
        assert self._session is not None
        begun = time.monotonic()
        done = JobResult()
        self._session.access.close()
        for key in job.cases:
            rule = self._build_rule(job)
            self._proxy.set_rule(rule)
            try:
                with self._apply(job, job.on_top_of), self._apply(job, job.mutant):
                    result = self._run_item(self._items[key])
            except Exception as error:  # noqa: BLE001  a broken daemon must not break the harness: it is a finding
                done.errors.append(f"{key} broke the harness: {type(error).__name__}: {error}")
                break
            finally:
                self._proxy.set_rule(None)
            exchanges = self._session.client.transcript if job.with_exchanges else []
            observed = [_observe(exchange) for exchange in exchanges if exchange.role == "check"]
            done.runs.append(CaseRun(result=result, exchanges=observed))
            if job.mutant is not None and job.mutant.fault == EMULATE:
                done.reached += 1
            elif rule is not None:
                done.matched += rule.matched
                done.reached += rule.reached
            self._session.gone = ""  # if the daemon seemed to be gone, the fault was the reason
            if job.until_killed and job.mutant is not None and has_noticed(job.mutant, result.verdict):
                break
        for proxy in (self._proxy, self._below):
            done.errors += proxy.errors
            proxy.errors.clear()
        done.seconds = round(time.monotonic() - begun, 3)
        return done

    def _apply(self, job: Job, mutant: Mutant | None) -> contextlib.AbstractContextManager[None]:
        """Apply what does not happen in the proxy itself: an emulator, or a repairing mutant below the fault."""
        if mutant is None or self._emulation is None:
            return contextlib.nullcontext()
        change = load()[job.change]
        if mutant.fault == EMULATE:
            return self._emulation.emulate(change, mutant)
        if mutant is job.on_top_of:
            return self._emulation.apply_below(build_rule(change, mutant))
        return contextlib.nullcontext()

    def _build_rule(self, job: Job) -> Rule | None:
        if job.control:
            return Rule(CONTROLS[job.control].build(self._start.plan.daemon))
        if job.mutant is None:
            return None
        rule = build_rule(load()[job.change], job.mutant)
        rule.ordinal = job.ordinal
        return rule

    def _run_item(self, item: pytest.Item) -> Result:
        self._results.clear()
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        if not self._results:
            raise RuntimeError("the case has no result")
        return self._results[-1]


def _observe(exchange: Exchange) -> ObservedExchange:
    response = exchange.response
    reads = response.reads if response is not None else {}
    return ObservedExchange(
        method=exchange.request.method,
        target=exchange.request.target,
        status=response.status if response is not None else 0,
        reads=[list(path) for path in reads],
        absent=[list(path) for path, exists in reads.items() if not exists],
    )


def main() -> None:
    """Serve the controller at the other end of the socket whose number is the first argument."""
    with socket.socket(fileno=int(sys.argv[1])) as sock:
        channel = Channel(sock)
        start = channel.receive(Start)
        if start is None:
            return
        worker = Worker(start, channel)
        try:
            worker.run()
        finally:
            with contextlib.suppress(OSError):
                channel.send(Done(leaks=worker.leaks))


if __name__ == "__main__":
    main()
