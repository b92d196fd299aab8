"""Surveys over many cases: neither the proxy without a rule nor a negative control may change a verdict."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec

from conformance.catalogue import Catalogue
from conformance.model.cases import Case
from conformance.model.text import plural
from conformance.model.verdicts import Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.mutation.pool import Task, WorkerHandle, WorkerPool
from conformance.mutation.protocol import Job

#: Called with the key of a case when it is done.
ProgressCallback = Callable[[str], None]


def select_cases(pool: WorkerPool, catalogue: Catalogue, *, every_version: bool) -> list[Case]:
    """The cases of a survey: every side of every change in its newest version of the catalogue, or in all."""
    if every_version:
        return pool.cases
    known = catalogue.versions
    newest: dict[tuple[str, str], ApiVersion] = {}
    for case in pool.cases:
        side, version = (case.change, str(case.side)), case.version
        if side not in newest or (version in known, version) > (newest[side] in known, newest[side]):
            newest[side] = version
    return [case for case in pool.cases if newest[case.change, str(case.side)] == case.version]


class Difference(msgspec.Struct, frozen=True):
    """A case whose verdict changed under `cause`, where it must not.

    `steady` is False when a second run gave the old verdict again, or when the case changes by itself.
    """

    cause: str
    before: Result
    after: Result
    steady: bool = True


class Survey:
    """Runs cases of a pool again under another condition.

    `changed_responses` counts the responses that controls changed, by the name of those that were applied together.
    `errors` are those of workers and proxies: cases whose job failed have no result.
    """

    def __init__(self, pool: WorkerPool, on_progress: ProgressCallback) -> None:
        self.changed_responses: Counter[str] = Counter()
        self.errors: list[str] = []
        self._pool = pool
        self._on_progress = on_progress
        self._checks = {case.key: case.check for case in pool.cases}
        self._lock = threading.Lock()

    def compare_with_proxy(self, direct: WorkerPool, cases: list[str]) -> list[Difference]:
        """Cases whose verdict through a proxy without a rule differs from the verdict without a proxy."""
        before, after = self._run(cases, direct), self._run(cases)
        changed = _find_changed(before, after)
        again, through = self._run(changed, direct), self._run(changed)
        return [
            Difference(
                "the proxy",
                before[key],
                after[key],
                _has(again, key, before[key].verdict) and _has(through, key, after[key].verdict),
            )
            for key in changed
        ]

    def run_controls(self, cases: list[str], groups: Iterable[Sequence[str]]) -> list[Difference]:
        """Passing cases that do not pass under a control.

        The controls of a group are applied together. Only what does not pass then is run without them, and under each of them
        alone; if none of them changes the verdict, the cause is the group.
        """
        before: dict[str, Result] = {}
        found: list[Difference] = []
        for group in groups:
            after = self._run(cases, controls=group)
            suspects = _find_not_passing(after)
            before |= self._run([key for key in suspects if key not in before])
            changed = [key for key in suspects if _has(before, key, Verdict.PASS)]
            alone = [
                row
                for control in (group if len(group) > 1 else ())
                for row in self._describe(before, self._run(changed, controls=[control]), [control])
                if row.steady
            ]
            explained = {row.before.case.key for row in alone}
            rest = {key: after[key] for key in changed if key not in explained}
            found += [*alone, *self._describe(before, rest, group)]
        return found

    def _describe(
        self, before: dict[str, Result], after: dict[str, Result], controls: Sequence[str]
    ) -> list[Difference]:
        """The cases that did not pass under these controls, each tried again with and without them."""
        changed = _find_not_passing(after)
        again, without = self._run(changed, controls=controls), self._run(changed)
        return [
            Difference(
                name_together(controls),
                before[key],
                after[key],
                not _has(again, key, Verdict.PASS) and _has(without, key, Verdict.PASS),
            )
            for key in changed
        ]

    def _run(
        self, cases: list[str], pool: WorkerPool | None = None, controls: Sequence[str] = ()
    ) -> dict[str, Result]:
        """Run cases, those of one check in one job; returns the results by key."""
        results: dict[str, Result] = {}

        def run_job(keys: list[str], worker: WorkerHandle) -> tuple[Task, ...]:
            done = worker.run(Job(cases=keys, controls=list(controls)))
            with self._lock:
                results.update((run.result.case.key, run.result) for run in done.runs)
                self.changed_responses[name_together(controls)] += done.reached
                self.errors += done.errors
            self._on_progress(keys[-1])
            return ()

        by_check: dict[str, list[str]] = {}
        for key in cases:
            by_check.setdefault(self._checks[key], []).append(key)
        (pool or self._pool).run_all([partial(run_job, keys)] for keys in by_check.values())
        return results


def name_together(controls: Sequence[str]) -> str:
    """A name for controls that are applied together."""
    return (
        f"{controls[0]} with {plural(len(controls) - 1, 'other')}" if len(controls) > 1 else "".join(controls)
    )


def _find_changed(before: dict[str, Result], after: dict[str, Result]) -> list[str]:
    return [
        key for key, result in before.items() if key in after and after[key].verdict is not result.verdict
    ]


def _find_not_passing(results: dict[str, Result]) -> list[str]:
    return [key for key, result in results.items() if result.verdict is not Verdict.PASS]


def _has(results: dict[str, Result], key: str, verdict: Verdict) -> bool:
    return key in results and results[key].verdict is verdict
