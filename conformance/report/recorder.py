"""Records the results of all workers in the report: each line when it arrives, all in their order at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from conformance.model.cases import Case
from conformance.model.verdicts import Result, Verdict
from conformance.report.coverage_recorder import CoverageRecorder
from conformance.report.evidence import CaseRecord, Evidence, encode_evidence
from conformance.report.file import Footer, Header, Report, ReportWriter


def now() -> str:
    """The time as RFC 3339 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Recorder:
    """A report that is being written. `listener` is called with each result, for progress."""

    def __init__(
        self,
        path: Path,
        header: Header,
        listener: Callable[[Result], None] | None = None,
        evidence_limit: int = 500_000_000,
    ) -> None:
        self.header = header
        self.results: dict[str, Result] = {}
        self.leaks: list[str] = []
        self.foreign: list[str] = []
        #: What the checks of all workers sent and got.
        self.coverage = CoverageRecorder()
        self.lost_worker = False
        #: How the daemon went away ("" if it did not), the keys of the cases that were running, and the last lines of its log.
        self.died = ""
        self.running: set[str] = set()
        self.log: list[str] = []
        #: Of a shard: the number of cases of all shards, and the places of its own among them.
        self.collected = 0
        self.positions: list[int] = []
        self._evidence_left = evidence_limit
        self._kept_for_failures = evidence_limit // 2
        self._expected: dict[str, Case] = {}
        self._left_out: dict[str, str] = {}
        self._started = time.monotonic()
        self._writer = ReportWriter(path, header)
        self._listener = listener
        #: Why the report cannot be written, with its path ("" if it can). The run goes on, so that the daemon is cleaned up.
        self.unwritable = ""

    @property
    def expected(self) -> int:
        """How many cases are to be run."""
        return len(self._expected) - len(self._left_out)

    def expect(self, cases: Iterable[Case]) -> None:
        """Take the cases that were collected, in their order."""
        self._expected |= {case.key: case for case in cases}

    def leave_out(self, cases: Iterable[Case], why: str) -> None:
        """Note cases that were collected and then filtered away."""
        self._left_out |= {case.key: why for case in cases}

    def record(self, record: CaseRecord) -> None:
        """Record a case that ended; of two results for one case the worse counts."""
        result, evidence = record.result, record.evidence
        known = self.results.get(result.case.key)
        if known is not None and known.verdict.severity >= result.verdict.severity:
            return
        if evidence is not None and not self._keep(result, evidence):
            result = msgspec.structs.replace(result, evidence=False)
        self.results[result.case.key] = result
        with self._writing():
            self._writer.result(result)
        if self._listener is not None:
            self._listener(result)

    def _keep(self, result: Result, evidence: Evidence) -> bool:
        """Write evidence up to the limit, half of which is reserved for cases that did not pass; says whether it was written."""
        line = encode_evidence(evidence)
        spare = self._kept_for_failures if result.verdict is Verdict.PASS else 0
        if len(line) > self._evidence_left - spare:
            return False
        self._evidence_left -= len(line)
        with self._writing():
            self._writer.evidence(line)
        return not self.unwritable

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.unwritable = (
                self.unwritable or f"{self._writer.path}: the report cannot be written: {error.strerror}"
            )

    def crashed(self, case: Case | None, reason: str) -> None:
        """Note that a worker died while it ran a case (None: a test that is not a check)."""
        self.lost_worker = True
        if case is not None:
            self.record(CaseRecord(Result(case=case, verdict=Verdict.ERROR, reason=reason), None))

    def note_death(self, reason: str, case: str, log: list[str]) -> None:
        """Note that the daemon went away, was restarted or became another while `case`, a key, was running.

        `log` are the last lines of its log.
        """
        self.running.add(case)
        if not self.died:
            self.log = log
        if reason not in self.died:
            self.died = f"{self.died}; {reason}" if self.died else reason

    def finish(self, judge: Callable[[Report], int], why_incomplete: str = "") -> Report:
        """Complete the report: cases that did not run get their verdict, the lines their order, the footer is written.

        `judge` returns the exit code of a report whose footer lacks only that.
        """
        why_incomplete = why_incomplete or self.died
        for key, case in self._expected.items():
            if key not in self.results:
                reason = self._left_out.get(key) or why_incomplete or "the run ended before this case"
                self.record(CaseRecord(Result(case=case, verdict=Verdict.NOT_RUN, reason=reason), None))
        order = {key: index for index, key in enumerate(self._expected)}
        results = sorted(self.results.values(), key=lambda result: order.get(result.case.key, len(order)))
        not_run = [result for result in results if result.verdict is Verdict.NOT_RUN]
        if not_run and not why_incomplete:
            why_incomplete = f"{len(not_run)} cases were not run: {not_run[0].reason}"
        footer = Footer(
            totals=dict(Counter(str(result.verdict) for result in results)),
            ended=now(),
            seconds=round(time.monotonic() - self._started, 3),
            daemon_seconds=round(sum(result.daemon_seconds for result in results), 3),
            leaks=self.leaks,
            foreign=self.foreign,
            complete=not why_incomplete,
            why_incomplete=why_incomplete,
            died=self.died,
            running=sorted(self.running),
            log=self.log,
            collected=self.collected,
            positions=self.positions,
        )
        coverage = self.coverage.record()
        report = Report(
            header=self.header, results=results, footer=footer, path=self._writer.path, coverage=coverage
        )
        footer.exit_code = judge(report)
        with self._writing():
            self._writer.finish(results, footer, coverage)
        return report

    def abandon(self) -> None:
        """Close the report without a footer."""
        with self._writing():
            self._writer.abandon()
