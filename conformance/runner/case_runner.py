"""Where checks run: judges each phase of a case, hands result and evidence on with pytest's report."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from _pytest._code.code import TerminalRepr

from conformance.model import codec
from conformance.model.verdicts import Verdict
from conformance.runner.collection import BINDING, CASE
from conformance.runner.watchdog import limit_phase
from conformance.runner.worker import WorkerSession

PROPERTY = "conformance"
_OUR_EXCEPTIONS = (KeyboardInterrupt, pytest.exit.Exception)


class CaseRunner:
    """A pytest plugin of each process that runs checks."""

    def __init__(self, session: WorkerSession) -> None:
        self.session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Start the case; refuse it when its version is unserved or a declared need is missing."""
        if CASE not in item.stash:
            return
        case = item.stash[CASE]
        running = self.session.begin(case)
        needs = [name for need in item.iter_markers("needs") for name in need.args]
        refusal = self.session.refusal(item.stash[BINDING], needs, case.version)
        if refusal.verdict is not Verdict.PASS:
            running.worsen(refusal)
            pytest.skip(refusal.reason)

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_setup")
    def bound_setup(self) -> Generator[None, object, object]:
        """End a set-up that waits for ever."""
        with self._limit():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_call")
    def bound_call(self) -> Generator[None, object, object]:
        """End a check that waits for ever."""
        with self._limit():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_teardown")
    def bound_teardown(self) -> Generator[None, object, object]:
        """End a clean-up that waits for ever."""
        with self._limit():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_fixture_setup(self) -> Generator[None, object, object]:
        """Take secrets out of what a fixture raises: reporters other than pytest's own look at fixtures by themselves."""
        try:
            return (yield)
        except BaseException as error:
            self.session.conceal(error)
            raise

    def _limit(self) -> AbstractContextManager[None]:
        return limit_phase(self.session.longest_phase)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Judge each phase; the last one carries result and evidence to the controller.

        Nearest to the report of all wrappers, so that others (Allure's) get a failure's text without secrets.
        """
        session = self.session
        if call.excinfo is not None:
            session.conceal(call.excinfo.value)
        report = yield
        if session.running is None:
            return report
        if isinstance(report.longrepr, TerminalRepr):
            report.longrepr = session.redactor.text(report.longreprtext)
        refused = call.when == "setup" and session.running.finding.verdict is not Verdict.PASS
        if call.excinfo is not None and not refused and not isinstance(call.excinfo.value, _OUR_EXCEPTIONS):
            session.saw(call.when, call.excinfo.value, report.longreprtext)
        elif call.when == "call" and call.excinfo is None:
            session.passed(unrouted=item.get_closest_marker("unrouted") is not None)
        if call.when == "teardown":
            session.settle()
            report.user_properties.append((PROPERTY, session.end().to_json()))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """In a worker: clean the environment and say what the controller must know."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[PROPERTY] = codec.encode(self.session.close()).decode()
