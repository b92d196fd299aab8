"""Every change against every one of its mutants: which cases to run, what came of it, the kill table."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from conformance.catalogue import Catalogue, Mutant
from conformance.proof.crew import Crew, Hand
from conformance.proof.match import has_version
from conformance.proof.orders import Order, Outcome, Ran
from conformance.proof.worker import NOTICED
from conformance.results import Case, Result, Verdict
from conformance.versions import ApiVersion


class Fate(enum.StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "SURVIVED"  # the fault was there, and every check passed
    UNSURE = "UNSURE"  # no check failed, but some could not tell (blocked, error)
    UNREACHED = "UNREACHED"  # no exchange of the checks was broken: the mutant says nothing
    UNTRIED = "UNTRIED"  # no case of its side passes on this daemon without the fault
    IDLE = "idle"  # the same, but a fault that mends the daemon shows that the checks tell right from wrong
    BROKEN = "BROKEN"  # the proof itself went wrong

    @property
    def code(self) -> int:
        """The exit code that it leads to: 0, 1 (a check that did not notice) or 3 (could not tell)."""
        return {Fate.KILLED: 0, Fate.IDLE: 0, Fate.SURVIVED: 1}.get(self, 3)


class Trial(msgspec.Struct, kw_only=True):
    """What became of one mutant: the cases that ran under it, and those of other changes that noticed it (if asked).

    `baseline` are the cases of its side without the fault; one that does not pass there proves nothing. `mended` says
    that another mutant makes this daemon, which violates that side of the change, behave, and that the checks noticed.
    """

    change: str
    mutant: Mutant
    baseline: list[Result] = []
    outcome: Outcome = msgspec.field(default_factory=Outcome)
    mended: bool = False
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
            return Fate.IDLE if self.mended else Fate.UNTRIED
        if not self.outcome.reached:
            violated = self.mended and any(result.verdict in NOTICED for result in self.baseline)
            return Fate.BROKEN if self.killers else Fate.IDLE if violated else Fate.UNREACHED
        if self.killers:
            return Fate.KILLED
        told = all(run.result.verdict in (Verdict.PASS, *NOTICED) for run in self.outcome.runs)
        return Fate.SURVIVED if told else Fate.UNSURE

    @property
    def why(self) -> str:
        """One line: who killed it, or what is wrong."""
        match self.fate:
            case Fate.KILLED:
                return ", ".join(_short(result.case) for result in self.killers)
            case Fate.UNTRIED | Fate.IDLE:
                seen = sorted({f"{result.verdict} {result.reason}".strip() for result in self.baseline})
                wanted = "fails" if self.mutant.mends else "passes"
                return f"no case {wanted} without it: {'; '.join(seen[:2])}" if seen else "no check of that side is asked here"
            case Fate.UNREACHED:
                came = f"{self.outcome.matched} requests matched, none was changed" if self.outcome.matched else "no request matched"
                return f"{came} in {', '.join(_names(self.outcome.runs))}"
            case Fate.BROKEN:
                return "; ".join(self.outcome.trouble) or f"never reached, and still noticed: {_short(self.killers[0].case)}: {self.killers[0].reason}"
            case Fate.UNSURE:
                unsure = [run.result for run in self.outcome.runs if run.result.verdict is not Verdict.PASS]
                return f"{_short(unsure[0].case)}: {unsure[0].verdict}: {unsure[0].reason}"
            case _:
                return f"not noticed by {', '.join(_names(self.outcome.runs))}"


def _names(runs: list[Ran]) -> list[str]:
    return sorted({run.result.case.check for run in runs})


def _short(case: Case) -> str:
    return f"{case.check}[{case.version}{'-' if case.parameters else ''}{case.parameters}]"


def noticed(mutant: Mutant, verdict: Verdict) -> bool:
    """Whether a case with this verdict has noticed the mutant."""
    return verdict is Verdict.PASS if mutant.mends else verdict in NOTICED


class Proof:
    """Tries mutants. `every_version` asks all served versions of a side instead of the newest; `all_killers` goes on
    after the first case that notices; `bystanders` also runs the cases of other changes that ask the same endpoints.
    """

    def __init__(
        self,
        crew: Crew,
        catalogue: Catalogue,
        listen: Callable[[Trial], None],
        *,
        every_version: bool = False,
        all_killers: bool = False,
        bystanders: bool = False,
    ) -> None:
        self._crew = crew
        self._catalogue = catalogue
        self._listen = listen
        self._every_version = every_version
        self._all_killers = all_killers
        self._bystanders = bystanders
        self._cases: dict[tuple[str, str], dict[ApiVersion, list[str]]] = {}
        for case in crew.cases:
            versions = self._cases.setdefault((case.change, str(case.side)), {})
            versions.setdefault(ApiVersion.parse(case.version), []).append(case.key)
        self.trials: list[Trial] = []

    def run(self, mutants: Iterable[tuple[str, Mutant]]) -> list[Trial]:
        """Try mutants, each given with the id of its change; returns the trials in the same order."""
        by_change: dict[str, list[Mutant]] = {}
        for change, mutant in mutants:
            by_change.setdefault(change, []).append(mutant)
        order = {(change, mutant.name): place for place, (change, mutant) in enumerate((c, m) for c, ms in by_change.items() for m in ms)}
        # the longest first, so that no worker is left alone with it at the end
        longest = sorted(by_change, key=lambda change: -len(by_change[change]) * self._weight(change))
        self._crew.share(partial(self._try_all, change, by_change[change]) for change in longest)
        mended = {(trial.change, trial.mutant.side) for trial in self.trials if trial.mutant.mends and trial.fate is Fate.KILLED}
        for trial in self.trials:
            trial.mended = (trial.change, trial.mutant.side) in mended
        return sorted(self.trials, key=lambda trial: order[trial.change, trial.mutant.name])

    def _weight(self, change: str) -> int:
        return sum(len(keys) for (name, _), versions in self._cases.items() if name == change for keys in versions.values())

    def _try_all(self, change: str, mutants: list[Mutant], hand: Hand) -> None:
        baselines: dict[str, Result] = {}
        for mutant in mutants:
            keys, seen = self._eligible(change, mutant, hand, baselines)
            trial = Trial(change=change, mutant=mutant, baseline=seen)
            if keys:
                order = Order(cases=keys, change=change, mutant=mutant, until_killed=not self._all_killers)
                trial.outcome = hand.ask(order)
                if self._bystanders:
                    trial.bystanders = self._others(change, mutant, keys, hand)
            self.trials.append(trial)
            self._listen(trial)

    def _eligible(
        self, change: str, mutant: Mutant, hand: Hand, baselines: dict[str, Result]
    ) -> tuple[list[str], list[Result]]:
        """The cases that pass without the fault, in the newest version of the mutant's side in which there are any.

        The catalogue's own versions come before those at the edges of what the daemon serves.
        """
        versions = self._cases.get((change, mutant.side), {})
        wanted = [version for version in versions if has_version(mutant.versions, str(version))] or list(versions)
        chosen: list[str] = []
        seen: list[Result] = []
        known = self._catalogue.versions
        for version in sorted(wanted, key=lambda version: (version in known, version), reverse=True):
            keys = versions[version]
            missing = [key for key in keys if key not in baselines]
            if missing:
                for run in hand.ask(Order(cases=missing)).runs:
                    baselines[run.result.case.key] = run.result
            seen += [baselines[key] for key in keys]
            chosen += [key for key in keys if _is_good(mutant, baselines[key].verdict)]
            if chosen and not self._every_version:
                break
        return chosen, seen

    def _others(self, change: str, mutant: Mutant, keys: list[str], hand: Hand) -> list[Result]:
        """Cases of other changes that ask the same endpoints in the same version and notice the fault too."""
        asked = {case.key: case for case in self._crew.cases}
        version = asked[keys[0]].version
        endpoints = set(self._catalogue[change].endpoints)
        near = [case.key for case in self._crew.cases if self._is_near(case, change, version, endpoints)]
        passing = [run.result.case.key for run in hand.ask(Order(cases=near)).runs if run.result.verdict is Verdict.PASS]
        runs = hand.ask(Order(cases=passing, change=change, mutant=mutant)).runs
        return [run.result for run in runs if run.result.verdict in NOTICED]

    def _is_near(self, case: Case, change: str, version: str, endpoints: set[str]) -> bool:
        other = self._catalogue[case.change]
        return case.change != change and case.version == version and bool(endpoints & set(other.endpoints))


def _is_good(mutant: Mutant, verdict: Verdict) -> bool:
    return verdict in NOTICED if mutant.mends else verdict is Verdict.PASS


def exit_code(trials: list[Trial], leaks: list[str]) -> int:
    """0 when every mutant was killed, 1 when one survived, 3 when it could not be told."""
    codes = {trial.fate.code for trial in trials}
    return 1 if 1 in codes else 3 if 3 in codes or leaks else 0
