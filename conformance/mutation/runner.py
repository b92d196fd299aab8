"""Every change against every one of its mutants: which cases to run, and upon which daemon."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from conformance.catalogue import Catalogue, Mutant
from conformance.catalogue.check_index import checks
from conformance.model.results import Case, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.mutation.emulators import ENGINES
from conformance.mutation.pool import Crew, Hand
from conformance.mutation.protocol import Order
from conformance.mutation.proxy.match import has_version
from conformance.mutation.result import NOTICED, Fate, Trial

#: The results of a change's cases with nothing broken, by the name of the mutant that mends the daemon ("" for none) and the key.
Baselines = dict[tuple[str, str], Result]


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
        order = {
            (change, mutant.name): place
            for place, (change, mutant) in enumerate((c, m) for c, ms in by_change.items() for m in ms)
        }
        # the longest first, so that no worker is left alone with it at the end
        longest = sorted(by_change, key=lambda change: -len(by_change[change]) * self._weight(change))
        self._crew.share(partial(self._try_all, change, by_change[change]) for change in longest)
        return sorted(self.trials, key=lambda trial: order[trial.change, trial.mutant.name])

    def _weight(self, change: str) -> int:
        return sum(
            len(keys)
            for (name, _), versions in self._cases.items()
            if name == change
            for keys in versions.values()
        )

    def _try_all(self, change: str, mutants: list[Mutant], hand: Hand) -> None:
        baselines: Baselines = {}
        for mutant in mutants:
            keys, seen = self._eligible(change, mutant, hand, baselines)
            checked = any(check.side == mutant.side for check in checks().get(change, []))
            trial = Trial(change=change, mutant=mutant, baseline=seen, checked=checked)
            if keys:
                trial.outcome = hand.ask(self._order(keys, change, mutant))
                if self._bystanders:
                    trial.bystanders = self._others(change, mutant, keys, hand)
            if not mutant.mends and not trial.outcome.reached:
                self._try_mended(trial, hand, baselines)
            self.trials.append(trial)
            self._listen(trial)

    def _order(self, keys: list[str], change: str, mutant: Mutant, upon: Mutant | None = None) -> Order:
        return Order(cases=keys, change=change, mutant=mutant, upon=upon, until_killed=not self._all_killers)

    def _try_mended(self, trial: Trial, hand: Hand, baselines: Baselines) -> None:
        """Nothing could be broken on the daemon as it is: break what another mutant of the change mends."""
        change, mutant = trial.change, trial.mutant
        for mend in self._catalogue[change].mutants:
            if not mend.mends or mend.side != mutant.side:
                continue
            keys, _ = self._eligible(change, mutant, hand, baselines, mend)
            healed = [
                key
                for key in keys
                if ("", key) in baselines and baselines["", key].verdict is not Verdict.PASS
            ]
            if not healed:
                continue
            outcome = hand.ask(self._order(healed, change, mutant, mend))
            if outcome.reached or not trial.outcome.reached:
                trial.outcome, trial.upon = outcome, mend.name
            if trial.fate is Fate.KILLED:
                return

    def _eligible(
        self, change: str, mutant: Mutant, hand: Hand, baselines: Baselines, upon: Mutant | None = None
    ) -> tuple[list[str], list[Result]]:
        """The cases that pass without the fault, in the newest version of the mutant's side in which there are any.

        The catalogue's own versions come before those at the edges of what the daemon serves.
        """
        versions = self._cases.get((change, mutant.side), {})
        wanted = [version for version in versions if has_version(mutant.versions, str(version))] or list(
            versions
        )
        chosen: list[str] = []
        seen: list[Result] = []
        known = self._catalogue.versions
        below = upon.name if upon is not None else ""
        for version in sorted(wanted, key=lambda version: (version in known, version), reverse=True):
            keys = versions[version]
            missing = [key for key in keys if (below, key) not in baselines]
            if missing:
                for run in hand.ask(Order(cases=missing, change=change, upon=upon)).runs:
                    baselines[below, run.result.case.key] = run.result
            seen += [baselines[below, key] for key in keys]
            chosen += [
                key for key in keys if _is_good(mutant, baselines[below, key], self._crew.plan.daemon.newest)
            ]
            if chosen and not self._every_version:
                break
        return chosen, seen

    def _others(self, change: str, mutant: Mutant, keys: list[str], hand: Hand) -> list[Result]:
        """Cases of other changes that ask the same endpoints in the same version and notice the fault too."""
        asked = {case.key: case for case in self._crew.cases}
        version = asked[keys[0]].version
        endpoints = set(self._catalogue[change].endpoints)
        near = [case.key for case in self._crew.cases if self._is_near(case, change, version, endpoints)]
        passing = [
            run.result.case.key
            for run in hand.ask(Order(cases=near)).runs
            if run.result.verdict is Verdict.PASS
        ]
        runs = hand.ask(Order(cases=passing, change=change, mutant=mutant)).runs
        return [run.result for run in runs if run.result.verdict in NOTICED]

    def _is_near(self, case: Case, change: str, version: str, endpoints: set[str]) -> bool:
        other = self._catalogue[case.change]
        return case.change != change and case.version == version and bool(endpoints & set(other.endpoints))


def _is_good(mutant: Mutant, result: Result, newest: ApiVersion) -> bool:
    """Whether a case can show something of a mutant: it passes, or, where the mutant mends, it is what that can mend.

    A scripted engine also mends what cannot be asked: on this host, or in a version beyond the daemon's `newest`.
    """
    if not mutant.mends:
        return result.verdict is Verdict.PASS
    if mutant.fault != "stand-in" or result.verdict in NOTICED:
        return result.verdict in NOTICED
    if result.verdict is Verdict.UNSERVED:
        engine = ENGINES[mutant.args["what"]]
        return (
            newest < ApiVersion.parse(result.case.version) <= ApiVersion.parse(engine.serves or str(newest))
        )
    return result.verdict is Verdict.UNAVAILABLE
