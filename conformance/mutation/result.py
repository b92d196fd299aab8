"""What became of a mutant, and what that means for the exit code."""

from __future__ import annotations

import enum

import msgspec

from conformance.catalogue import Mutant
from conformance.model.cases import Case
from conformance.model.verdicts import Result, Verdict
from conformance.mutation.protocol import CaseRun, JobResult

#: Verdicts of a case whose check has noticed a fault.
NOTICED = frozenset({Verdict.FAIL, Verdict.NOT_IMPLEMENTED})


class MutantStatus(enum.StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "SURVIVED"  # the fault happened, and every check passed
    UNSURE = "UNSURE"  # no check failed, but some were inconclusive (blocked, error)
    UNREACHED = "UNREACHED"  # no exchange of the checks was changed, so nothing was tested
    UNTRIED = "UNTRIED"  # no case of its side passes on this daemon without the fault
    IDLE = (
        "idle"  # nothing to do: its cases are outside the daemon's window, or it repairs what is not broken
    )
    UNAVAILABLE = "unavailable"  # this host lacks what its cases need
    BROKEN = "BROKEN"  # the mutation run itself failed

    @property
    def exit_code(self) -> int:
        """0, 1 (a check did not notice) or 3 (inconclusive)."""
        statuses = MutantStatus
        return {
            statuses.KILLED: 0,
            statuses.IDLE: 0,
            statuses.UNAVAILABLE: 0,
            statuses.SURVIVED: 1,
        }.get(self, 3)


class MutantResult(msgspec.Struct, kw_only=True):
    """What became of one mutant.

    `baseline` are the results of the cases of its side without the fault; a case that does not pass there proves nothing.
    `job` is the run with the fault. `on_top_of` names the repairing mutant that was applied first, if one was.
    `has_check` is False if no check asks for the side. `bystanders` are cases of other changes that noticed it, if asked.
    """

    change: str
    mutant: Mutant
    baseline: list[Result] = []
    job: JobResult = msgspec.field(default_factory=JobResult)
    on_top_of: str = ""
    has_check: bool = True
    bystanders: list[Result] = []

    @property
    def killers(self) -> list[Result]:
        """The cases that noticed: they fail, or pass if the mutant repairs."""
        return [run.result for run in self.job.runs if has_noticed(self.mutant, run.result.verdict)]

    @property
    def status(self) -> MutantStatus:
        """What became of it."""
        if self.job.errors:
            return MutantStatus.BROKEN
        if not self.job.runs:
            return self._status_without_case()
        verdicts = {run.result.verdict for run in self.job.runs}
        if self.mutant.repairs and verdicts == {Verdict.UNAVAILABLE}:
            return MutantStatus.UNAVAILABLE
        if not self.job.reached:
            return MutantStatus.BROKEN if self.killers else MutantStatus.UNREACHED
        if self.killers:
            return MutantStatus.KILLED
        return MutantStatus.SURVIVED if verdicts <= {Verdict.PASS, *NOTICED} else MutantStatus.UNSURE

    def _status_without_case(self) -> MutantStatus:
        verdicts = {result.verdict for result in self.baseline} - {Verdict.UNSERVED}
        if (not verdicts and self.has_check) or (self.mutant.repairs and verdicts == {Verdict.PASS}):
            return MutantStatus.IDLE
        return MutantStatus.UNAVAILABLE if verdicts == {Verdict.UNAVAILABLE} else MutantStatus.UNTRIED

    @property
    def reason(self) -> str:
        """One line: the cases that killed it, or why none did."""
        match self.status:
            case MutantStatus.KILLED:
                return self._add_base(", ".join(_name_case(result.case) for result in self.killers))
            case MutantStatus.UNTRIED | MutantStatus.IDLE | MutantStatus.UNAVAILABLE if not self.job.runs:
                return self._reason_without_case()
            case MutantStatus.UNREACHED:
                count = self.job.matched
                found = f"{count} requests matched, none was changed" if count else "no request matched"
                return self._add_base(f"{found} in {', '.join(_name_checks(self.job.runs))}")
            case MutantStatus.BROKEN:
                return "; ".join(self.job.errors) or (
                    f"never reached, but noticed: {_name_case(self.killers[0].case)}: {self.killers[0].reason}"
                )
            case MutantStatus.UNSURE | MutantStatus.UNAVAILABLE:
                unsure = [run.result for run in self.job.runs if run.result.verdict is not Verdict.PASS]
                return self._add_base(
                    f"{_name_case(unsure[0].case)}: {unsure[0].verdict}: {unsure[0].reason}"
                )
            case _:
                return self._add_base(f"not noticed by {', '.join(_name_checks(self.job.runs))}")

    def _add_base(self, sentence: str) -> str:
        return f"{sentence}, on top of {self.on_top_of}" if self.on_top_of else sentence

    def _reason_without_case(self) -> str:
        if not self.has_check:
            return "no check asks for that side"
        found = sorted(
            {
                f"{result.verdict} {result.reason}".strip()
                for result in self.baseline
                if result.verdict is not Verdict.UNSERVED
            }
        )
        wanted = "fails" if self.mutant.repairs else "passes"
        if found:
            return f"no case {wanted} without it: {'; '.join(found[:2])}"
        return "no version of that side is served or selected"


def _name_checks(runs: list[CaseRun]) -> list[str]:
    return sorted({run.result.case.check for run in runs})


def _name_case(case: Case) -> str:
    return f"{case.local_id}@{case.version}"


def has_noticed(mutant: Mutant, verdict: Verdict) -> bool:
    """Whether a case with this verdict has noticed the mutant."""
    return verdict is Verdict.PASS if mutant.repairs else verdict in NOTICED


def get_exit_code(results: list[MutantResult], leaks: list[str]) -> int:
    """0 when every mutant that can be tried here was killed, 1 when one survived, 3 when the run is inconclusive."""
    statuses = {result.status for result in results}
    codes = {status.exit_code for status in statuses}
    if 1 in codes:
        return 1
    return 3 if 3 in codes or leaks or MutantStatus.KILLED not in statuses else 0
