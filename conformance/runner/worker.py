"""One worker of a run: its connections to the daemon, its environment, and the case that is running.

Under pytest-xdist the controller opens the daemon once and hands a Plan to its workers; without it one process is both.
"""

from __future__ import annotations

import time

import msgspec

from conformance.catalogue import load
from conformance.catalogue.binding import Binding
from conformance.engine.identity import Daemon
from conformance.environment import Environment, Ledger
from conformance.environment.unnamed_images import adopt_unnamed_images
from conformance.http.client import Client
from conformance.http.messages import Exchange
from conformance.model.cases import Case, Side
from conformance.model.errors import FixtureError, SharedFixtureError
from conformance.model.verdicts import Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.coverage_record import CoverageRecord
from conformance.report.coverage_recorder import CoverageRecorder
from conformance.report.evidence import CaseRecord, Evidence
from conformance.report.redaction import Redactor
from conformance.runner.access import Access
from conformance.runner.plan import Plan
from conformance.runner.private_engines import Connect, PrivateEngines
from conformance.runner.verdicts import PASSED, Canary, Finding, judge
from conformance.runner.watchdog import DaemonWatchdog

#: The longest body in the evidence of a case that did not pass, in bytes; a quarter of it for a pass.
EVIDENCE_LIMIT = 4096
TIME_IS_UP = "the run reached its time limit (--time-limit)"
_MOST_EXCHANGES = 40
_LONGEST_DETAIL = 8000


class FinalMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker tells the controller at its end.

    `leaks` are objects that could not be removed; `stopped` says why the worker stopped asking the daemon ("" if it did not),
    and `stopped_in` is the key of the case that it ran then.
    """

    leaks: list[str]
    stopped: str
    stopped_in: str
    coverage: CoverageRecord


class RunningCase:
    """The case that is running, the worst finding so far with the text of its failure, and the pytest fixture that failed."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.finding: Finding = PASSED
        self.detail = ""
        self.fixture = ""
        self.started = time.monotonic()

    def worsen(self, finding: Finding, detail: str = "") -> None:
        """Keep `finding` if it is worse than the present one."""
        if finding.verdict.severity > self.finding.verdict.severity:
            self.finding, self.detail = finding, detail


class WorkerSession:
    """A worker's part of a run.

    `connect` makes the checks' access to each engine; a mutation run puts a proxy there.
    """

    def __init__(self, plan: Plan, process: str, connect: Connect = Access) -> None:
        self.plan = plan
        self.catalogue = load()
        self.versions = plan.versions
        self.client = Client(plan.daemon.endpoint, timeouts=plan.timeouts)
        self.ledger = Ledger(plan.run, process)
        self.env = Environment(
            self.client.at(plan.daemon.newest, role="environment"), self.ledger, plan.image
        )
        self.access = connect(plan.daemon, self.client.apart(), self.env)
        self.private_engines = PrivateEngines(plan, process, self.client, connect)
        self.watchdog = DaemonWatchdog(plan.daemon, plan.timeouts.first_byte)
        self.canary = Canary(self.client.at(None, role="canary"))
        self.redactor = Redactor(plan.secrets)
        #: What the checks sent to each operation, and what was answered.
        self.coverage = CoverageRecorder(self.redactor.text)
        self.running: RunningCase | None = None
        #: The errors of shared fixtures that failed, with the key of the first case that met each.
        self._failures: dict[BaseException, str] = {}
        #: Why no further case is run: the daemon went away or is another one. "" as long as it is there.
        self.stopped = ""
        #: The key of the case that ran when that was noticed.
        self.stopped_in = ""

    @property
    def daemon(self) -> Daemon:
        """The daemon under test, as checks see it."""
        return self.access.daemon

    @property
    def longest_phase(self) -> float:
        """The time limit of a case's set-up, call or clean-up, in seconds: enough for many exchanges at their limits."""
        return 30 + 10 * self.plan.timeouts.first_byte

    def api(self, version: ApiVersion) -> Client:
        """The client of a check: in the version under test, its exchanges in the case's transcript."""
        return self.access.api(version)

    def begin_case(self, case: Case) -> RunningCase:
        """Start a case with an empty transcript."""
        self.client.transcript.clear()
        self.running = RunningCase(case)
        return self.running

    def find_refusal(self, binding: Binding, needs: list[str], version: ApiVersion) -> Finding:
        """Why a case is not run at all; a pass if it is. Decided before the daemon is asked."""
        if self.stopped:
            return Finding(Verdict.NOT_RUN, self.stopped)
        if self.plan.ends and time.monotonic() > self.plan.ends:
            return Finding(Verdict.NOT_RUN, TIME_IS_UP)
        if not self.daemon.serves(version):
            served = f"it serves {self.daemon.oldest} to {self.daemon.newest}"
            return Finding(Verdict.UNSERVED, f"the daemon does not serve API {version}: {served}")
        change = self.catalogue[binding.change]
        for need in [*change.needs, *needs]:
            reason = self.daemon.missing(need)
            if reason:
                return Finding(Verdict.UNAVAILABLE, f"{need}: {reason}")
        return PASSED

    def note_error(self, phase: str, error: BaseException, detail: str) -> None:
        """Judge the error that ended a phase of the running case; `detail` is pytest's text of it."""
        assert self.running is not None
        finding = judge(phase, error)
        if isinstance(error, FixtureError):
            finding, detail = self._refer(error, finding, detail)
        trouble = self._check_daemon(thorough=True)
        if trouble:
            finding = Finding(Verdict.BLOCKED, f"{trouble}: {finding.reason}")
        elif finding.verdict is Verdict.FAIL and self._is_route_absent():
            finding = Finding(Verdict.NOT_IMPLEMENTED, f"no such route: {finding.reason}")
        self.running.worsen(finding, detail)

    def note_fixture(self, name: str) -> None:
        """Note that the pytest fixture `name` of the running case failed."""
        if self.running is not None:
            self.running.fixture = self.running.fixture or name

    def _refer(self, error: FixtureError, finding: Finding, detail: str) -> tuple[Finding, str]:
        """The finding and detail of a case whose fixture failed; where an earlier case met the failure, they refer to it."""
        assert self.running is not None
        transcript = self.client.transcript
        if not isinstance(error, SharedFixtureError):
            return finding._replace(fixture=self.running.fixture), detail
        key = self.running.case.key
        first = self._failures.setdefault(error.root, key)
        if first != key:
            return finding._replace(reason=f"as in {first}", first=first), ""
        exchange = error.exchange
        if isinstance(exchange, Exchange) and all(row is not exchange for row in transcript):
            transcript.append(exchange)  # another thread sent it, or it was sent before the first case
        return finding, detail

    def review_pass(self, *, unrouted: bool) -> None:
        """Look again at a call without an error: a route that does not exist answers 404 to everything.

        `unrouted` says that the check expects just that, as do those of what a later document removed.
        """
        assert self.running is not None
        if unrouted or self.running.case.side not in (Side.SINCE, Side.ALWAYS):
            return
        refused = [
            row
            for row in self._sent_by_check()
            if row.response is not None and row.response.status == 404 and row.response.body
        ]
        if any(self.canary.proves_absent(row) for row in refused):
            self.running.worsen(
                Finding(
                    Verdict.NOT_IMPLEMENTED, "no such route: a 404 of the router does not answer the request"
                )
            )

    def redact_exception(self, error: BaseException) -> None:
        """Take secrets out of the messages of an exception and of its causes, which several reporters show."""
        seen: set[int] = set()
        chain: list[BaseException | None] = [error]
        while chain:
            link = chain.pop()
            if link is not None and id(link) not in seen:
                seen.add(id(link))
                link.args = tuple(
                    self.redactor.text(part) if isinstance(part, str) else part for part in link.args
                )
                chain += [link.__cause__, link.__context__]

    def clean_up(self) -> None:
        """Remove the objects of the running case, and check that the daemon has survived it."""
        if not self.stopped:
            adopt_unnamed_images(self.env, self.client.transcript)
        self.env.clear()
        self.private_engines.clear()
        if not self.stopped:
            self._check_daemon()

    def _check_daemon(self, *, thorough: bool = False) -> str:
        """What is wrong with the daemon ("" if nothing is). If something is, no further case is run."""
        assert self.running is not None
        trouble = self.watchdog.trouble(thorough=thorough)
        if trouble and not self.stopped:
            self.stopped_in = self.running.case.key
            self.stopped = self.redactor.text(f"{trouble} during {self.stopped_in}")
        return trouble

    def end_case(self) -> CaseRecord:
        """The record of the running case, which ends: its result and, if it sent any request, its evidence."""
        running = self.running
        assert running is not None
        exchanges = [exchange for exchange in self.client.transcript if exchange.role != "canary"]
        for exchange in exchanges:
            self.coverage.note(exchange)
        bad = running.finding.verdict is not Verdict.PASS
        limit = EVIDENCE_LIMIT if bad else EVIDENCE_LIMIT // 4
        shown = (
            exchanges[-_MOST_EXCHANGES:]
            if bad
            else [row for row in exchanges if row.role == "check"][-_MOST_EXCHANGES:]
        )
        url = self.daemon.endpoint.url
        seconds = time.monotonic() - running.started
        # exchanges of several threads overlap: no case waited longer than it lasted
        waited = min(sum(exchange.seconds for exchange in exchanges), seconds)
        result = Result(
            case=running.case,
            verdict=running.finding.verdict,
            reason=self.redactor.text(running.finding.reason),
            fixture=running.finding.fixture,
            first=running.finding.first,
            seconds=round(seconds, 4),
            daemon_seconds=round(waited, 4),
            evidence=bool(shown),
        )
        evidence = Evidence(
            key=running.case.key,
            exchanges=[self.redactor.exchange(exchange, url, limit) for exchange in shown],
            detail=self.redactor.text(running.detail[: 2 * _LONGEST_DETAIL])[:_LONGEST_DETAIL],
            left_out=len(exchanges) - len(shown) if bad else 0,
        )
        self.running = None
        return CaseRecord(result, evidence if shown or running.detail else None)

    def close(self) -> FinalMessage:
        """Remove what is left on the daemon, and close all connections."""
        leaks = self.env.close()
        self.private_engines.close()
        self.client.close()
        self.access.close()
        self.watchdog.close()
        return FinalMessage(
            leaks=leaks, stopped=self.stopped, stopped_in=self.stopped_in, coverage=self.coverage.record()
        )

    def _is_route_absent(self) -> bool:
        """Whether the last answer to the check is what this daemon answers where there is no route."""
        sent = self._sent_by_check()
        return bool(sent) and self.canary.proves_absent(sent[-1])

    def _sent_by_check(self) -> list[Exchange]:
        return [exchange for exchange in self.client.transcript if exchange.role == "check"]
