"""Where checks run: unrolls them over versions, judges each phase, hands result and evidence on with the report."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from _pytest._code.code import TerminalRepr

from conformance.catalogue import load
from conformance.catalogue.binding import Binding
from conformance.catalogue.durations import durations
from conformance.model.results import Verdict
from conformance.model.shard import Shard
from conformance.model.versions import ApiVersion
from conformance.runner.marks import case_of
from conformance.runner.phase_limit import bounded
from conformance.runner.shards import split
from conformance.runner.worker_session import Session

PROPERTY = "conformance"
_OUR_EXCEPTIONS = (KeyboardInterrupt, pytest.exit.Exception)


def _nothing(nodeids: list[str]) -> None:
    pass


class CaseRunner:
    """A pytest plugin of each process that runs checks. Without a session it can only collect.

    `expect` and `left_out` are told the ids of what is collected, and of what a filter then takes away.
    """

    def __init__(
        self,
        session: Session | None,
        expect: Callable[[list[str]], None] = _nothing,
        left_out: Callable[[list[str]], None] = _nothing,
    ) -> None:
        self.session = session
        self._expect = expect
        self._left_out = left_out
        self._filtered: list[str] = []
        #: Of a shard: how many cases there are in all, and the places of its own among them.
        self.share: tuple[int, list[int]] = (0, [])

    @pytest.hookimpl(tryfirst=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Unroll a check over the versions that it covers."""
        mark = metafunc.definition.get_closest_marker("change")
        if mark is None:
            return
        binding: Binding = mark.args[0]
        session = self.session
        versions = load().versions if session is None else session.versions
        if session is not None and not session.plan.selects(binding.change):
            versions = []
        covered = [version for version in versions if binding.covers(version)]
        ids = [f"{binding.change}@{version}" for version in covered]
        metafunc.parametrize("api_version", covered, indirect=True, ids=ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Drop what the selection of changes, versions and cases leaves out; remember the rest, before any filter."""
        wanted = None if self.session is None else self.session.plan.cases

        def is_kept(item: pytest.Item) -> bool:
            if item.get_closest_marker("change") is None:
                return True
            case = case_of(item.nodeid)
            return case is not None and (wanted is None or case.key in wanted)

        items[:] = [item for item in items if is_kept(item)]
        if self.session is not None and self.session.plan.shard:
            self._take_share(items, Shard.parse(self.session.plan.shard))
        self._expect([item.nodeid for item in items])

    def pytest_collection_finish(self) -> None:
        """Let the garbage collector pass over what was collected, all of which stays to the end."""
        gc.freeze()

    def _take_share(self, items: list[pytest.Item], shard: Shard) -> None:
        numbers = split([item.nodeid for item in items], shard.total, durations())
        self.share = len(items), [place for place, number in enumerate(numbers) if number == shard.number]
        items[:] = [items[place] for place in self.share[1]]

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Remember what pytest filters away: those cases are not run, and the run says so."""
        nodeids = [item.nodeid for item in items]
        self._filtered += nodeids
        self._left_out(nodeids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Start the case; refuse it when its version is unserved or a declared need is missing."""
        mark = item.get_closest_marker("change")
        case = case_of(item.nodeid)
        if self.session is None or mark is None or case is None:
            return
        running = self.session.begin(case)
        needs = [name for need in item.iter_markers("needs") for name in need.args]
        refusal = self.session.refusal(mark.args[0], needs, ApiVersion.parse(case.version))
        if refusal.verdict is not Verdict.PASS:
            running.worsen(refusal)
            pytest.skip(refusal.reason)

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_setup")
    def bound_setup(self) -> Generator[None, object, object]:
        """End a set-up that waits for ever."""
        with self._bounded():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_call")
    def bound_call(self) -> Generator[None, object, object]:
        """End a check that waits for ever."""
        with self._bounded():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_runtest_teardown")
    def bound_teardown(self) -> Generator[None, object, object]:
        """End a clean-up that waits for ever."""
        with self._bounded():
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_fixture_setup(self) -> Generator[None, object, object]:
        """Take secrets out of what a fixture raises: reporters other than pytest's own look at fixtures by themselves."""
        try:
            return (yield)
        except BaseException as error:
            if self.session is not None:
                self.session.conceal(error)
            raise

    def _bounded(self) -> AbstractContextManager[None]:
        return nullcontext() if self.session is None else bounded(self.session.longest_phase)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Judge each phase; the last one carries result and evidence to the controller.

        Nearest to the report of all wrappers, so that others (Allure's) get a failure's text without secrets.
        """
        session = self.session
        if session is not None and call.excinfo is not None:
            session.conceal(call.excinfo.value)
        report = yield
        if session is None or session.running is None:
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

    def close(self) -> list[str]:
        """Clean the environment; returns what could not be removed."""
        return self.session.close() if self.session is not None else []

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """In a worker: clean the environment and say what the controller must know."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            gone = self.session.gone if self.session is not None else ""
            output[PROPERTY] = {
                "leaks": self.close(),
                "filtered": self._filtered,
                "gone": gone,
                "share": self.share,
            }
