"""What became of a mutant: a trial, its fate, and what that means for the exit code."""

from __future__ import annotations

import enum

import msgspec

from conformance.catalogue import Mutant
from conformance.model.results import Case, Result, Verdict
from conformance.mutation.protocol import Outcome, Ran

#: A check has noticed a fault when its case has one of these.
NOTICED = frozenset({Verdict.FAIL, Verdict.NOT_IMPLEMENTED})


class Fate(enum.StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "SURVIVED"  # the fault was there, and every check passed
    UNSURE = "UNSURE"  # no check failed, but some could not tell (blocked, error)
    UNREACHED = "UNREACHED"  # no exchange of the checks was broken: the mutant says nothing
    UNTRIED = "UNTRIED"  # no case of its side passes on this daemon without the fault
    IDLE = (
        "idle"  # nothing to do here: its cases lie outside the daemon's window, or it mends what is not amiss
    )
    UNAVAILABLE = "unavailable"  # this host lacks what its cases need
    BROKEN = "BROKEN"  # the proof itself went wrong

    @property
    def code(self) -> int:
        """The exit code that it leads to: 0, 1 (a check that did not notice) or 3 (could not tell)."""
        return {Fate.KILLED: 0, Fate.IDLE: 0, Fate.UNAVAILABLE: 0, Fate.SURVIVED: 1}.get(self, 3)


class Trial(msgspec.Struct, kw_only=True):
    """What became of one mutant: the cases that ran under it, and those of other changes that noticed it (if asked).

    `baseline` are the cases of its side without the fault; one that does not pass there proves nothing. Where none does,
    because the daemon violates that side of the change or cannot be asked, another mutant may mend it: `upon` is its name,
    where the fault met the mended daemon. `checked` says that the side has a check.
    """

    change: str
    mutant: Mutant
    baseline: list[Result] = []
    outcome: Outcome = msgspec.field(default_factory=Outcome)
    upon: str = ""
    checked: bool = True
    bystanders: list[Result] = []

    @property
    def killers(self) -> list[Result]:
        """The cases that noticed: they fail, or, where the fault mends the daemon, they pass."""
        return [run.result for run in self.outcome.runs if noticed(self.mutant, run.result.verdict)]

    @property
    def fate(self) -> Fate:
        """What became of it."""
        if self.outcome.trouble:
            return Fate.BROKEN
        if not self.outcome.runs:
            return self._fate_without_a_case()
        if not self.outcome.reached:
            return Fate.BROKEN if self.killers else Fate.UNREACHED
        if self.killers:
            return Fate.KILLED
        told = all(run.result.verdict in (Verdict.PASS, *NOTICED) for run in self.outcome.runs)
        return Fate.SURVIVED if told else Fate.UNSURE

    def _fate_without_a_case(self) -> Fate:
        seen = {result.verdict for result in self.baseline} - {Verdict.UNSERVED}
        if (not seen and self.checked) or (self.mutant.mends and seen == {Verdict.PASS}):
            return Fate.IDLE
        return Fate.UNAVAILABLE if seen == {Verdict.UNAVAILABLE} else Fate.UNTRIED

    @property
    def why(self) -> str:
        """One line: who killed it, or what is wrong."""
        match self.fate:
            case Fate.KILLED:
                return self._upon(", ".join(_short(result.case) for result in self.killers))
            case Fate.UNTRIED | Fate.IDLE | Fate.UNAVAILABLE:
                return self._why_without_a_case()
            case Fate.UNREACHED:
                came = (
                    f"{self.outcome.matched} requests matched, none was changed"
                    if self.outcome.matched
                    else "no request matched"
                )
                return self._upon(f"{came} in {', '.join(_names(self.outcome.runs))}")
            case Fate.BROKEN:
                return (
                    "; ".join(self.outcome.trouble)
                    or f"never reached, and still noticed: {_short(self.killers[0].case)}: {self.killers[0].reason}"
                )
            case Fate.UNSURE:
                unsure = [run.result for run in self.outcome.runs if run.result.verdict is not Verdict.PASS]
                return self._upon(f"{_short(unsure[0].case)}: {unsure[0].verdict}: {unsure[0].reason}")
            case _:
                return self._upon(f"not noticed by {', '.join(_names(self.outcome.runs))}")

    def _upon(self, said: str) -> str:
        return f"{said}, upon {self.upon}" if self.upon else said

    def _why_without_a_case(self) -> str:
        seen = sorted(
            {
                f"{result.verdict} {result.reason}".strip()
                for result in self.baseline
                if result.verdict is not Verdict.UNSERVED
            }
        )
        wanted = "fails" if self.mutant.mends else "passes"
        if not self.checked:
            return "no check asks for that side"
        return (
            f"no case {wanted} without it: {'; '.join(seen[:2])}"
            if seen
            else "no version of that side is asked here"
        )


def _names(runs: list[Ran]) -> list[str]:
    return sorted({run.result.case.check for run in runs})


def _short(case: Case) -> str:
    return f"{case.check}[{case.version}{'-' if case.parameters else ''}{case.parameters}]"


def noticed(mutant: Mutant, verdict: Verdict) -> bool:
    """Whether a case with this verdict has noticed the mutant."""
    return verdict is Verdict.PASS if mutant.mends else verdict in NOTICED


def exit_code(trials: list[Trial], leaks: list[str]) -> int:
    """0 when every mutant that can be tried here was killed, 1 when one survived, 3 when it could not be told."""
    fates = {trial.fate for trial in trials}
    codes = {fate.code for fate in fates}
    return 1 if 1 in codes else 3 if 3 in codes or leaks or Fate.KILLED not in fates else 0
