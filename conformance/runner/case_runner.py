"""Running cases: each phase is judged, and the last one's report carries result and evidence to the controller."""

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
_NOT_JUDGED = (KeyboardInterrupt, pytest.exit.Exception)


class CaseRunner:
    """A pytest plugin of each process that runs checks."""

    def __init__(self, session: WorkerSession) -> None:
        self.session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Start the case; skip it if its version is not served or a declared need is missing."""
        if CASE not in item.stash:
            return
        case = item.stash[CASE]
        running = self.session.begin_case(case)
        needs = [name for need in item.iter_markers("needs") for name in need.args]
        refusal = self.session.find_refusal(item.stash[BINDING], needs, case.version)
        if refusal.verdict is not Verdict.PASS:
            running.worsen(refusal)
            pytest.skip(refusal.reason)

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_setup")
    def limit_setup(self) -> Generator[None, object, object]:
        """End a set-up that exceeds its time limit."""
        with self._limit():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_call")
    def limit_call(self) -> Generator[None, object, object]:
        """End a check that exceeds its time limit."""
        with self._limit():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_teardown")
    def limit_teardown(self) -> Generator[None, object, object]:
        """End a clean-up that exceeds its time limit."""
        with self._limit():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        """Note a fixture that fails, and redact its error: reporters other than pytest's own read it from the fixture."""
        try:
            return (yield)
        except BaseException as error:
            self.session.note_fixture(fixturedef.argname)
            self.session.redact_exception(error)
            raise

    def _limit(self) -> AbstractContextManager[None]:
        return limit_phase(self.session.longest_phase)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Judge each phase; the last one's report carries result and evidence to the controller.

        It is the innermost wrapper, so that others (Allure's) get the text of a failure without secrets.
        """
        session = self.session
        if call.excinfo is not None:
            session.redact_exception(call.excinfo.value)
        report = yield
        if session.running is None:
            return report
        if isinstance(report.longrepr, TerminalRepr):
            report.longrepr = session.redactor.text(report.longreprtext)
        refused = call.when == "setup" and session.running.finding.verdict is not Verdict.PASS
        if call.excinfo is not None and not refused and not isinstance(call.excinfo.value, _NOT_JUDGED):
            session.note_error(call.when, call.excinfo.value, report.longreprtext)
        elif call.when == "call" and call.excinfo is None:
            session.review_pass(unrouted=item.get_closest_marker("unrouted") is not None)
        if call.when == "teardown":
            session.clean_up()
            report.user_properties.append((PROPERTY, session.end_case().to_json()))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """In a worker of pytest-xdist: clean up and send the final message."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[PROPERTY] = codec.encode(self.session.close()).decode()
