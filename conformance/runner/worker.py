"""One run in one process: the daemon under test, the versions asked, the environment, and what each case saw.

The controller of pytest-xdist opens the daemon once and hands a Plan to its workers; without xdist one process is both.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from conformance.catalogue import load
from conformance.catalogue.binding import Binding
from conformance.engine.identity import Daemon
from conformance.environment import Environment, Ledger
from conformance.environment.unnamed_images import adopt_unnamed_images
from conformance.http.client import Client
from conformance.http.messages import Exchange
from conformance.model.cases import Case, Side
from conformance.model.verdicts import Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.coverage_record import CoverageRecord
from conformance.report.coverage_recorder import CoverageRecorder
from conformance.report.evidence import CaseRecord, Evidence
from conformance.report.redaction import Redactor
from conformance.runner.access import Access
from conformance.runner.plan import Plan
from conformance.runner.verdicts import PASSED, Canary, Finding, judge
from conformance.runner.watchdog import DaemonWatchdog

EVIDENCE_LIMIT = 4096
TIME_IS_UP = "the run's time was up (--time-limit)"
_MOST_EXCHANGES = 40
_LONGEST_DETAIL = 8000


class FinalMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker tells the controller at its end.

    `leaks` is what could not be removed, `gone` says why the daemon cannot be asked any more ("" if it can).
    """

    leaks: list[str]
    gone: str
    coverage: CoverageRecord


class Running:
    """The case that is running: its transcript, and the worst that was found so far."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.finding: Finding = PASSED
        self.detail = ""
        self.begun = time.monotonic()
        self.transcript: list[Exchange] = []

    def worsen(self, finding: Finding, detail: str = "") -> None:
        """Take `finding` if it is worse than what there is."""
        if finding.verdict.severity > self.finding.verdict.severity:
            self.finding, self.detail = finding, detail


class WorkerSession:
    """A worker's share of a run. `connect` makes the checks' access to the daemon, given a client of their transcript."""

    def __init__(
        self, plan: Plan, process: str, connect: Callable[[Daemon, Client], Access] = Access
    ) -> None:
        self.plan = plan
        self.catalogue = load()
        self.versions = plan.versions
        self.client = Client(plan.daemon.endpoint, timeouts=plan.timeouts)
        self.access = connect(plan.daemon, self.client.apart())
        self.ledger = Ledger(plan.run, process)
        self.env = Environment(
            self.client.at(plan.daemon.newest, role="environment"), self.ledger, plan.image
        )
        self.watchdog = DaemonWatchdog(plan.daemon, plan.timeouts.first_byte)
        self.canary = Canary(self.client.at(None, role="canary"))
        self.redactor = Redactor(plan.secrets)
        #: What the checks asked of each operation, and what came.
        self.coverage = CoverageRecorder(self.redactor.text)
        self.running: Running | None = None
        self.gone = ""

    @property
    def daemon(self) -> Daemon:
        """The daemon under test, as checks are told about it."""
        return self.access.daemon

    @property
    def longest_phase(self) -> float:
        """How long the set-up, the call or the clean-up of a case may take, in seconds: many exchanges at their limits."""
        return 30 + 10 * self.plan.timeouts.first_byte

    def api(self, version: ApiVersion) -> Client:
        """The client that a check asks: in the version under test, its exchanges in the case's transcript."""
        return self.access.api(version)

    def begin(self, case: Case) -> Running:
        """Start a case with an empty transcript."""
        self.client.transcript.clear()
        self.running = Running(case)
        return self.running

    def refusal(self, binding: Binding, needs: list[str], version: ApiVersion) -> Finding:
        """What keeps a case from being asked at all, decided before the daemon is asked for the behaviour."""
        if self.gone:
            return Finding(Verdict.NOT_RUN, self.gone)
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

    def saw(self, phase: str, error: BaseException | None, detail: str) -> None:
        """Take the outcome of a phase of the running case."""
        assert self.running is not None
        finding = judge(phase, error)
        trouble = "" if finding.verdict is Verdict.PASS else self._look(thorough=True)
        if trouble:
            finding = Finding(Verdict.BLOCKED, f"{trouble}: {finding.reason}")
        elif finding.verdict is Verdict.FAIL and self._absent():
            finding = Finding(Verdict.NOT_IMPLEMENTED, f"no such route: {finding.reason}")
        self.running.worsen(finding, detail)

    def passed(self, *, unrouted: bool) -> None:
        """Look again at a call that found all as documented: a route that is not there says 404 to everything.

        `unrouted` says that the check asks for just that, as do those of what a later document took away.
        """
        assert self.running is not None
        if unrouted or self.running.case.side not in (Side.SINCE, Side.ALWAYS):
            return
        refused = [
            row
            for row in self._asked()
            if row.response is not None and row.response.status == 404 and row.response.body
        ]
        if any(self.canary.proves_absent(row) for row in refused):
            self.running.worsen(
                Finding(Verdict.NOT_IMPLEMENTED, "no such route: its 404 is no answer to what was asked")
            )

    def conceal(self, error: BaseException) -> None:
        """Take secrets out of an exception's own words, and its causes', which more than one reporter shows."""
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

    def settle(self) -> None:
        """Clear the environment after a case, and look whether the daemon has survived it."""
        if not self.gone:
            adopt_unnamed_images(self.env, self.client.transcript)
        self.env.clear()
        if not self.gone:
            self._look()

    def _look(self, *, thorough: bool = False) -> str:
        """What is wrong with the daemon; from then on no case is run, and the reason names the one that runs now."""
        assert self.running is not None
        trouble = self.watchdog.trouble(thorough=thorough)
        if trouble and not self.gone:
            self.gone = self.redactor.text(f"{trouble} during {self.running.case.key}")
        return trouble

    def end(self) -> CaseRecord:
        """Close the running case: its result and, if it sent any request, its evidence."""
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
        seconds = time.monotonic() - running.begun
        # exchanges of several threads overlap: the case waited no longer than it lasted
        waited = min(sum(exchange.seconds for exchange in exchanges), seconds)
        result = Result(
            case=running.case,
            verdict=running.finding.verdict,
            reason=self.redactor.text(running.finding.reason),
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
        self.client.close()
        self.access.close()
        self.watchdog.close()
        return FinalMessage(leaks=leaks, gone=self.gone, coverage=self.coverage.record())

    def _absent(self) -> bool:
        """Whether the last thing that a check was told is this daemon's "no such route"."""
        asked = self._asked()
        return bool(asked) and self.canary.proves_absent(asked[-1])

    def _asked(self) -> list[Exchange]:
        return [exchange for exchange in self.client.transcript if exchange.role == "check"]
