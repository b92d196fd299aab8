"""Collects the checks once, then forks the workers of a mutation run, so that a further worker costs next to nothing.

Run as ``python -m conformance.mutation.worker_host CONTROL FD...``: descriptors of sockets to the controller, the first for the
host itself, each other one for a worker.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import sys

import msgspec
import pytest

from conformance.catalogue.check_index import suites_dir
from conformance.engine.private import namespaces
from conformance.model import codec
from conformance.model.verdicts import Result
from conformance.mutation.fault_proxies import FaultProxies
from conformance.mutation.protocol import Channel, Done, Ready, Start
from conformance.mutation.worker import Worker
from conformance.report.evidence import CaseRecord
from conformance.runner.access import Access
from conformance.runner.case_runner import PROPERTY, CaseRunner
from conformance.runner.collection import case_of
from conformance.runner.worker import FinalMessage, WorkerSession

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


class WorkerHost:
    """A pytest plugin that replaces pytest's loop over the items: it forks the workers, and in each runs its jobs."""

    def __init__(self, start: Start, control: socket.socket, workers: list[socket.socket]) -> None:
        self._start = start
        self._plan = msgspec.structs.replace(start.plan, early=False)
        self._sockets = [control, *workers]
        self._control = Channel(control)
        self._is_ready = False
        self._channel: Channel | None = None  # of this process, if it is a worker
        self._results: list[Result] = []
        self._leaks: list[str] = []

    def run(self) -> None:
        """Serve until the controller has no more jobs for any worker."""
        folder = suites_dir()
        plugins = [argument for plugin in _PLUGINS for argument in ("-p", plugin)]
        files = [str(folder / file) for file in self._start.files]
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output):
                pytest.main([*plugins, *_OPTIONS, "--rootdir", str(folder), *files], plugins=[self])
        finally:
            with contextlib.suppress(OSError):
                if self._channel is not None:
                    self._channel.send(Done(leaks=self._leaks))
                elif not self._is_ready:
                    error = output.getvalue().strip()[-2000:] or "no case was collected"
                    self._control.send(Ready(error=error))

    # pytest's hooks, in the order of the calls

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand over the plan as pytest-xdist does to its workers."""
        encoded = codec.encode(self._plan).decode()
        config.workerinput = {PROPERTY: encoded, "workerid": f"{self._start.name}-host"}  # type: ignore[attr-defined]
        config.workeroutput = {}  # type: ignore[attr-defined]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork the workers instead of running every item, and wait for them."""
        if session.testsfailed:
            return False
        found = [(case, item) for item in session.items if (case := case_of(item)) is not None]
        if not found:
            return False
        self._control.send(Ready(cases=[case for case, _ in found]))
        items = {case.key: item for case, item in found}
        self._is_ready = True
        workers = []
        for number, sock in enumerate(self._sockets[1:]):
            process = os.fork()
            if process == 0:
                with contextlib.suppress(OSError):
                    namespaces.die_with_parent()
                self._work(session, items, number, sock)
                return True
            workers.append(process)
        # Ctrl-C reaches the workers too: they clean up, and must not die with the host before they have
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._close_sockets()
        for process in workers:
            os.waitpid(process, 0)
        return True

    def _work(
        self, session: pytest.Session, items: dict[str, pytest.Item], number: int, sock: socket.socket
    ) -> None:
        self._channel = Channel(sock)
        self._close_sockets()
        with FaultProxies() as engines:
            runner = session.config.pluginmanager.getplugin("conformance-runner")
            assert isinstance(runner, CaseRunner)
            runner.session.close()
            connect = Access if self._start.direct else engines.connect
            runner.session = WorkerSession(self._plan, f"{self._start.name}{number}", connect)
            Worker(runner.session, items, self._run_item, engines).serve(self._channel)

    def _close_sockets(self) -> None:
        """Close what belongs to other processes: a socket ends only when all have closed it."""
        for sock in self._sockets:
            sock.close()

    def _run_item(self, item: pytest.Item) -> Result:
        self._results.clear()
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        if not self._results:
            raise RuntimeError("the case has no result")
        return self._results[-1]

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
        message = session.config.workeroutput.get(PROPERTY)  # type: ignore[attr-defined]
        self._leaks = codec.decode(message, FinalMessage).leaks if message else []


def main() -> None:
    """Serve the controller at the other ends of the sockets whose descriptors are the arguments."""
    control, *workers = [socket.socket(fileno=int(number)) for number in sys.argv[1:]]
    start = Channel(control).receive(Start)
    if start is not None:
        WorkerHost(start, control, workers).run()


if __name__ == "__main__":
    main()
