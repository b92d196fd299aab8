"""The controller of a run: opens it, hands the plan to workers, records results, finishes the report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

import conformance
from conformance.catalogue.check_index import checks
from conformance.environment import cleanup
from conformance.model import codec
from conformance.model.cases import Case
from conformance.model.verdicts import Result
from conformance.report import matrix, waivers
from conformance.report.evidence import CaseRecord
from conformance.report.facts import daemon_facts, host_facts
from conformance.report.file import Header, Report
from conformance.report.matrix import Matrix
from conformance.report.recorder import Recorder, now
from conformance.report.redaction import Redactor
from conformance.report.waivers import Waiver
from conformance.runner.case_runner import PROPERTY
from conformance.runner.collection import Collection, read_collection
from conformance.runner.options import RunOptions
from conformance.runner.run import Run, last_log_lines
from conformance.runner.worker import FinalMessage

#: In the pytest configuration: the options of a run that the command line has parsed, and what shows its results and steps.
RUN_OPTIONS = pytest.StashKey[RunOptions]()
LISTENER = pytest.StashKey[Callable[[Result], None]]()
ANNOUNCER = pytest.StashKey[Callable[[str], None]]()
_FILTERED = "filtered away (-k, -m, --lf or a name)"
_ENDS = {
    2: "the run was interrupted",
    3: "the harness broke (internal error of pytest)",
    4: "pytest was used wrongly",
}


class Controller:
    """A pytest plugin of the process that writes the report.

    `listener` is called with each result, `announce` with what is being done before the first.
    """

    def __init__(
        self,
        options: RunOptions,
        listener: Callable[[Result], None] | None = None,
        announce: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.run = Run(options, announce=announce)
        self.recorder: Recorder
        #: The finished report and its matrix.
        self.report: Report | None = None
        self.matrix: Matrix | None = None
        self._listener = listener
        self._cases: dict[str, Case] = {}
        #: Ends the worker of this very process, if there are no others.
        self._end_worker: Callable[[], FinalMessage] | None = None

    def open(self) -> None:
        """Open the run and start its report. Raises UsageError or Unreachable, each with one line."""
        accepted = _load_waivers(self.run)  # a mistake in them is found before any daemon is asked
        plan = self.run.open()
        self._redactor = Redactor(plan.secrets)
        options = self.run.options
        self.recorder = Recorder(
            options.report,
            self._make_header(accepted),
            self._listener,
            evidence_limit=int(options.evidence_limit * 1_000_000),
        )

    def _make_header(self, accepted: list[Waiver]) -> Header:
        options, plan = self.run.options, self.run.plan
        return Header(
            suite_version=conformance.version(),
            catalogue=self.run.catalogue.digest,
            daemon=self._redactor.struct(daemon_facts(plan.daemon)),
            host=self._redactor.struct(host_facts(plan.daemon)),
            versions=sorted([*plan.versions, *self.run.unserved]),
            selection=options.selection(),
            waivers=codec.to_builtins(accepted),
            started=now(),
            run=plan.run.run,
            workers=options.workers,
            policy=plan.policy,
            strict_legacy=options.strict_legacy,
            strict_contested=options.strict_contested,
            statements={
                name: one for name, one in self.run.catalogue.digests.items() if plan.selection.has(name)
            },
        )

    def run_checks_here(self, end: Callable[[], FinalMessage]) -> None:
        """Say that the checks run in this process; `end` ends its worker."""
        self._end_worker = end

    def expect(self, collection: Collection) -> None:
        """Take what was collected; the same comes from each worker."""
        self._cases = collection.cases
        filtered = [collection.cases[nodeid] for nodeid in collection.filtered if nodeid in collection.cases]
        self.recorder.expect(collection.cases.values())
        self.recorder.leave_out(filtered, _FILTERED)
        self.recorder.collected, self.recorder.positions = collection.total, collection.positions

    # pytest's hooks, in the order of the calls

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
        """Record the result that came with a report, or the death of a worker."""
        carried = next((value for name, value in report.user_properties if name == PROPERTY), None)
        if carried is not None:
            self.recorder.record(CaseRecord.from_json(str(carried)))
        elif report.when not in ("setup", "call", "teardown"):
            self.recorder.crashed(self._cases.get(report.nodeid), "the worker died while it ran this case")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take a worker's final message; one that died has sent none."""
        message = getattr(node, "workeroutput", {}).get(PROPERTY)
        if message:
            self._take(codec.decode(message, FinalMessage))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say, where pytest speaks, why there is no report."""
        if self.recorder.unwritable:
            terminalreporter.write_line(self.recorder.unwritable, red=True)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Finish the report; its exit code becomes that of pytest.

        Last, because an interrupted run still has workers before, and what they create would not be removed.
        """
        if self._end_worker is not None:
            self._take(self._end_worker())
        status = int(exitstatus)
        why = "" if status in (0, 1, 5) else _ENDS.get(status, f"pytest ended with status {status}")
        session.exitstatus = self._finish(why)

    # the end

    def _take(self, message: FinalMessage) -> None:
        self.recorder.leaks += message.leaks
        self.recorder.coverage.merge(message.coverage)
        if message.stopped:
            self.recorder.note_death(message.stopped, message.stopped_in, self._log())

    def _log(self) -> list[str]:
        return [self._redactor.text(line) for line in last_log_lines(self.run.plan.daemon)]

    def _finish(self, why_incomplete: str) -> int:
        """Remove what the run left, complete the report; returns the exit code of the run."""
        recorder = self.recorder
        irregular = bool(why_incomplete or recorder.died or recorder.lost_worker)
        departure = self.run.leave(killed=irregular, is_daemon_gone=bool(recorder.died))
        left = cleanup.one_per_object([*recorder.leaks, *departure.left])
        recorder.leaks = self._redactor.document(left)
        recorder.foreign = self._redactor.document(departure.foreign)
        self.report = recorder.finish(self._judge, why_incomplete)
        return 3 if recorder.unwritable else self.report.finished().exit_code

    def _judge(self, report: Report) -> int:
        self.matrix = matrix.build(report, self.run.catalogue)
        return self.matrix.outcome.code

    def close(self) -> None:
        """Leave the daemon; a report that is not finished stays without a footer."""
        try:
            self.run.close()
        finally:
            if self.report is None and hasattr(self, "recorder"):
                self.recorder.abandon()


def _load_waivers(run: Run) -> list[Waiver]:
    if run.options.waivers is None:
        return []
    tests = {change: [check.test for check in bound] for change, bound in checks().items()}
    return waivers.load(run.options.waivers, run.catalogue, datetime.now(UTC).date(), tests)
