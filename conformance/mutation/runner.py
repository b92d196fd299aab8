"""Tests every mutant: chooses the cases to run, and on top of which other mutant if the daemon itself violates the change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from conformance.catalogue import Catalogue, Mutant
from conformance.catalogue.check_index import checks
from conformance.model.cases import Case
from conformance.model.errors import ConformanceError
from conformance.model.verdicts import Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.mutation.faults.registry import EMULATE
from conformance.mutation.pool import Task, WorkerHandle, WorkerPool
from conformance.mutation.protocol import Job, JobResult
from conformance.mutation.proxy.rule import has_version
from conformance.mutation.result import NOTICED, MutantResult, MutantStatus

#: Results of a change's cases without a fault, by the name of the repairing mutant that was applied ("" for none) and the key.
Baselines = dict[tuple[str, str], Result]


class BaselineError(ConformanceError):
    """A case could not be run without a fault."""


class MutationRun:
    """Tests mutants with the workers of a pool, and calls `on_result` with each result.

    `every_version` runs the cases of a side in all versions instead of the newest. `all_killers` goes on after the first case
    that notices. `bystanders` also runs the cases of other changes about the same endpoints.
    """

    def __init__(
        self,
        pool: WorkerPool,
        catalogue: Catalogue,
        on_result: Callable[[MutantResult], None],
        *,
        every_version: bool = False,
        all_killers: bool = False,
        bystanders: bool = False,
    ) -> None:
        self._pool = pool
        self._catalogue = catalogue
        self._on_result = on_result
        self._every_version = every_version
        self._all_killers = all_killers
        self._bystanders = bystanders
        self._cases: dict[tuple[str, str], dict[ApiVersion, list[str]]] = {}
        for case in pool.cases:
            versions = self._cases.setdefault((case.change, str(case.side)), {})
            versions.setdefault(case.version, []).append(case.key)
        self._results: list[MutantResult] = []

    def run(self, mutants: Iterable[tuple[str, Mutant]]) -> list[MutantResult]:
        """Test mutants, each given with the id of its change; returns the results in the same order."""
        by_change: dict[str, list[Mutant]] = {}
        for change, mutant in mutants:
            by_change.setdefault(change, []).append(mutant)
        order = {
            (change, mutant.name): place
            for place, (change, mutant) in enumerate((c, m) for c, ms in by_change.items() for m in ms)
        }
        # the longest first, so that no worker is left alone with it at the end
        longest = sorted(by_change, key=lambda change: -len(by_change[change]) * self._count_cases(change))
        self._pool.run_all([partial(self._begin_change, change, by_change[change])] for change in longest)
        return sorted(self._results, key=lambda result: order[result.change, result.mutant.name])

    def _count_cases(self, change: str) -> int:
        return sum(
            len(keys)
            for (name, _), versions in self._cases.items()
            if name == change
            for keys in versions.values()
        )

    def _begin_change(self, change: str, mutants: list[Mutant], worker: WorkerHandle) -> Iterable[Task]:
        """Run the cases of a change without a fault; returns a task for each of its mutants."""
        baselines: Baselines = {}
        selected = [(mutant, *self._select_cases(change, mutant, worker, baselines)) for mutant in mutants]
        return [partial(self._test_mutant, change, *row, baselines) for row in selected]

    def _test_mutant(
        self,
        change: str,
        mutant: Mutant,
        keys: list[str],
        baseline: list[Result],
        baselines: Baselines,
        worker: WorkerHandle,
    ) -> tuple[Task, ...]:
        has_check = any(check.side == mutant.side for check in checks().get(change, []))
        result = MutantResult(change=change, mutant=mutant, baseline=baseline, has_check=has_check)
        if keys:
            result.job = worker.run(self._build_job(keys, change, mutant))
            if self._bystanders:
                result.bystanders = self._find_bystanders(change, mutant, keys, worker)
        if not mutant.repairs and not result.job.reached:
            self._test_on_top(result, worker, baselines)
        self._results.append(result)
        self._on_result(result)
        return ()

    def _build_job(
        self, keys: list[str], change: str, mutant: Mutant, on_top_of: Mutant | None = None
    ) -> Job:
        return Job(
            cases=keys,
            change=change,
            mutant=mutant,
            on_top_of=on_top_of,
            until_killed=not self._all_killers,
        )

    def _test_on_top(self, result: MutantResult, worker: WorkerHandle, baselines: Baselines) -> None:
        """Nothing could be broken on the daemon as it is: test on top of the repairing mutants of the change."""
        change, mutant = result.change, result.mutant
        for repair in self._catalogue[change].mutants:
            if not repair.repairs or repair.side != mutant.side:
                continue
            keys, _ = self._select_cases(change, mutant, worker, baselines, repair)
            repaired = [
                key
                for key in keys
                if ("", key) in baselines and baselines["", key].verdict is not Verdict.PASS
            ]
            if not repaired:
                continue
            job = worker.run(self._build_job(repaired, change, mutant, repair))
            if job.reached or not result.job.reached:
                result.job, result.on_top_of = job, repair.name
            if result.status is MutantStatus.KILLED:
                return

    def _select_cases(
        self,
        change: str,
        mutant: Mutant,
        worker: WorkerHandle,
        baselines: Baselines,
        on_top_of: Mutant | None = None,
    ) -> tuple[list[str], list[Result]]:
        """The cases that can show something, in the newest version of the mutant's side that has any; and the baseline.

        The catalogue's own versions come before others that the daemon serves.
        """
        versions = self._cases.get((change, mutant.side), {})
        wanted = [version for version in versions if has_version(mutant.versions, str(version))]
        selected: list[str] = []
        baseline: list[Result] = []
        known = self._catalogue.versions
        base = on_top_of.name if on_top_of is not None else ""
        for version in sorted(
            wanted or versions, key=lambda version: (version in known, version), reverse=True
        ):
            keys = versions[version]
            missing = [key for key in keys if (base, key) not in baselines]
            if missing:
                job = worker.run(Job(cases=missing, change=change, on_top_of=on_top_of))
                _require_all(job, missing)
                baselines |= {(base, run.result.case.key): run.result for run in job.runs}
            baseline += [baselines[base, key] for key in keys]
            selected += [
                key for key in keys if _is_useful(mutant, baselines[base, key], self._pool.plan.daemon.newest)
            ]
            if selected and not self._every_version:
                break
        return selected, baseline

    def _find_bystanders(
        self, change: str, mutant: Mutant, keys: list[str], worker: WorkerHandle
    ) -> list[Result]:
        """The cases of other changes about the same endpoints, in the same version, that notice the fault too."""
        by_key = {case.key: case for case in self._pool.cases}
        version = by_key[keys[0]].version
        endpoints = set(self._catalogue[change].endpoints)
        near = [case.key for case in self._pool.cases if self._is_near(case, change, version, endpoints)]
        passing = [
            run.result.case.key
            for run in worker.run(Job(cases=near)).runs
            if run.result.verdict is Verdict.PASS
        ]
        runs = worker.run(Job(cases=passing, change=change, mutant=mutant)).runs
        return [run.result for run in runs if run.result.verdict in NOTICED]

    def _is_near(self, case: Case, change: str, version: ApiVersion, endpoints: set[str]) -> bool:
        other = self._catalogue[case.change]
        return case.change != change and case.version == version and bool(endpoints & set(other.endpoints))


def _require_all(job: JobResult, keys: list[str]) -> None:
    if {run.result.case.key for run in job.runs} != set(keys):
        reason = "; ".join(job.errors) or "some cases have no result"
        raise BaselineError(f"failed to run the cases without a fault: {reason}")


def _is_useful(mutant: Mutant, result: Result, newest: ApiVersion) -> bool:
    """Whether a case can show something about a mutant: it passes, or, if the mutant repairs, it can be repaired.

    An emulator also repairs what cannot be asked: on this host, or in a version beyond the daemon's `newest`.
    """
    if not mutant.repairs:
        return result.verdict is Verdict.PASS
    if mutant.fault != EMULATE or result.verdict in NOTICED:
        return result.verdict in NOTICED
    if result.verdict is Verdict.UNSERVED:
        serves = ApiVersion.parse(mutant.args.get("serves", str(newest)))
        return newest < result.case.version <= serves
    return result.verdict is Verdict.UNAVAILABLE
