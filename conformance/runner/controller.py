"""The controller's part of a run: hands the plan to workers, gathers results, completes the report."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.model import codec
from conformance.model.cases import Case
from conformance.report.coverage_record import CoverageRecord
from conformance.report.evidence import CaseRecord
from conformance.runner.collection import Collection, read_collection
from conformance.runner.controller_open import Run
from conformance.runner.worker import PROPERTY, CaseRunner

_FILTERED = "filtered away (-k, -m, --lf or a name)"
_ENDS = {
    2: "the run was interrupted",
    3: "the harness broke (internal error of pytest)",
    4: "pytest was used wrongly",
}


class Controller:
    """A pytest plugin of the process that writes the report; `runner` is the checks' own if they run here too."""

    def __init__(self, run: Run) -> None:
        assert run.recorder is not None
        self.run = run
        self.runner: CaseRunner | None = None
        self._recorder = run.recorder
        self._cases: dict[str, Case] = {}

    def expect(self, collection: Collection) -> None:
        """Take what was collected; the same comes from each worker."""
        self._cases = collection.cases
        self._recorder.expect(collection.cases.values())
        filtered = [self._cases[nodeid] for nodeid in collection.filtered if nodeid in self._cases]
        self._recorder.leave_out(filtered, _FILTERED)
        self._recorder.collected, self._recorder.positions = collection.total, collection.positions

    def pytest_report_header(self) -> list[str]:
        """Say which daemon is asked, and in which versions."""
        return self.run.describe()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the plan to a worker of pytest-xdist."""
        node.workerinput[PROPERTY] = codec.encode(self.run.plan).decode()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any) -> None:
        """Take what the first worker has collected, as the controller does not collect."""
        if not self._cases:
            self.expect(read_collection(self.run.plan.run, node.workerinput["workerid"]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the result that came with a report, or the death of a worker."""
        carried = next((value for name, value in report.user_properties if name == PROPERTY), None)
        if carried is not None:
            self._recorder.record(CaseRecord.from_json(str(carried)))
        elif report.when not in ("setup", "call", "teardown"):
            self._recorder.crashed(self._cases.get(report.nodeid), "the worker died while it ran this case")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take over what a worker has to say at its end."""
        said = getattr(node, "workeroutput", {}).get(PROPERTY)
        if said:
            self._recorder.leaks += said["leaks"]
            self._recorder.coverage.merge(codec.decode(said["coverage"], CoverageRecord))
            self._heed(said["gone"])

    def _heed(self, gone: str) -> None:
        if gone:
            self.run.died(gone)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say, where pytest speaks, why there is no report."""
        if self._recorder.unwritable:
            terminalreporter.write_line(self._recorder.unwritable, red=True)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Complete the report; its exit code becomes that of pytest.

        Last, as an interrupted run still has workers before: what they go on making would not be removed.
        """
        if self.runner is not None:
            self._recorder.leaks += self.runner.close()
            self._recorder.coverage.merge(self.runner.session.coverage.record())
            self._heed(self.runner.session.gone)
        status = int(exitstatus)
        why = "" if status in (0, 1, 5) else _ENDS.get(status, f"pytest ended with status {status}")
        session.exitstatus = self.run.finish(why)
