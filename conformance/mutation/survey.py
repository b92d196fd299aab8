"""Surveys over many cases: neither the proxy without a rule nor a negative control may change a verdict."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from conformance.catalogue import Catalogue
from conformance.model.cases import Case
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


def _run(
    pool: WorkerPool,
    cases: list[str],
    on_progress: ProgressCallback,
    control: str = "",
    counts: Counter[str] | None = None,
) -> dict[str, Result]:
    """Run cases, those of one check in one job; returns results by key, and counts changed responses by control."""
    results: dict[str, Result] = {}
    lock = threading.Lock()

    def run_job(keys: list[str], worker: WorkerHandle) -> tuple[Task, ...]:
        done = worker.run(Job(cases=keys, control=control))
        for run in done.runs:
            results[run.result.case.key] = run.result
        if counts is not None:
            with lock:
                counts[control] += done.reached
        on_progress(keys[-1])
        return ()

    by_check: dict[str, list[str]] = {}
    for key in cases:
        by_check.setdefault(key.partition("[")[0], []).append(key)
    pool.run_all([partial(run_job, keys)] for keys in by_check.values())
    return results


def _find_changed(before: dict[str, Result], after: dict[str, Result]) -> list[str]:
    return [
        key for key, result in before.items() if key in after and after[key].verdict is not result.verdict
    ]


def compare_with_proxy(
    direct: WorkerPool, proxied: WorkerPool, cases: list[str], on_progress: ProgressCallback
) -> list[Difference]:
    """Cases whose verdict through a proxy without a rule differs from the verdict without a proxy."""
    before = _run(direct, cases, on_progress)
    after = _run(proxied, cases, on_progress)
    changed = _find_changed(before, after)
    again, through = _run(direct, changed, on_progress), _run(proxied, changed, on_progress)
    return [
        Difference(
            "the proxy",
            before[key],
            after[key],
            again[key].verdict is before[key].verdict and through[key].verdict is after[key].verdict,
        )
        for key in changed
    ]


def run_controls(
    pool: WorkerPool,
    cases: list[str],
    controls: Iterable[str],
    on_progress: ProgressCallback,
    counts: Counter[str],
) -> list[Difference]:
    """Passing cases that do not pass under a control; counts the responses that each control changed."""
    before = {
        key: result
        for key, result in _run(pool, cases, on_progress).items()
        if result.verdict is Verdict.PASS
    }
    found = []
    for control in controls:
        after = _run(pool, list(before), on_progress, control, counts)
        changed = _find_changed(before, after)
        again, without = _run(pool, changed, on_progress, control), _run(pool, changed, on_progress)
        found += [
            Difference(
                control,
                before[key],
                after[key],
                again[key].verdict is not Verdict.PASS and without[key].verdict is Verdict.PASS,
            )
            for key in changed
        ]
    return found
