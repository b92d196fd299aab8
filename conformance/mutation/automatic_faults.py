"""Faults derived from what a check reads: each status and member that it reads must matter to it."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from functools import partial

import msgspec

from conformance.catalogue import Mutant
from conformance.model.cases import Case
from conformance.model.verdicts import Verdict
from conformance.mutation.pool import Task, WorkerHandle, WorkerPool
from conformance.mutation.protocol import Job, JobResult, ObservedExchange
from conformance.mutation.proxy.http_edits import get_version, strip_path
from conformance.mutation.proxy.rule import compile_path
from conformance.mutation.result import NOTICED
from conformance.mutation.survey import ProgressCallback

#: The last part of a path, if it is a word of the API and not the name of an object.
_WORD = re.compile("[a-z_]+")


class FaultStatus(enum.StrEnum):
    """Whether a check noticed an automatic fault."""

    NOTICED = "noticed"
    PASSED = "passed"  # it read the member, or saw the status, and still passed
    UNSURE = "unsure"  # blocked or error
    UNREACHED = "unreached"


class AutomaticFault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault derived from what a case read in the exchange `asked`, and whether the check noticed it."""

    case: Case
    asked: str
    fault: str
    status: FaultStatus
    reason: str = ""


def run_automatic_faults(
    pool: WorkerPool, cases: list[str], on_progress: ProgressCallback
) -> list[AutomaticFault]:
    """For each passing case: turn successes into refusals and back, drop and retype each member that it read."""
    found: list[AutomaticFault] = []

    def test_case(key: str, worker: WorkerHandle) -> tuple[Task, ...]:
        run = worker.run(Job(cases=[key], with_exchanges=True)).runs[0]
        if run.result.verdict is Verdict.PASS:
            for place in range(len(run.exchanges)):
                found.extend(_test_exchange(worker, run.result.case, run.exchanges, place))
        on_progress(key)
        return ()

    pool.run_all([partial(test_case, key)] for key in cases)
    order = {key: number for number, key in enumerate(cases)}
    return sorted(found, key=lambda row: order[row.case.key])


def _test_exchange(
    worker: WorkerHandle, case: Case, exchanges: list[ObservedExchange], place: int
) -> Iterator[AutomaticFault]:
    exchange = exchanges[place]
    method, version, last = _get_kind(exchange)
    # A recorded program sends more requests than the check reads: method and last word tell which one this is.
    path = f"*/{last}" if _WORD.fullmatch(last) else "*"
    pattern = compile_path(path)
    # Requests of different versions may be sent at the same time: only those of one version have an order.
    ordinal = sum(
        _get_kind(other)[:2] == (method, version) and bool(pattern.fullmatch(strip_path(other.target)))
        for other in exchanges[:place]
    )
    alike = sum(_get_kind(other) == _get_kind(exchange) for other in exchanges)
    for label, candidates in _build_mutants(exchange):
        status, reason = FaultStatus.UNREACHED, ""
        for mutant in candidates:
            mutant = msgspec.structs.replace(
                mutant, method=method, path=path, versions=version or "unversioned"
            )
            job = worker.run(Job(cases=[case.key], change=case.change, mutant=mutant, ordinal=ordinal))
            if job.reached and job.runs[0].result.verdict is Verdict.PASS:
                every = msgspec.structs.replace(mutant, path=f"*/{last}")
                others = worker.run(Job(cases=[case.key], change=case.change, mutant=every))
                # If more requests matched than the case sent, other cases share them, and their order is open.
                job = others if others.reached and others.matched > alike else job
            if job.errors or job.reached:
                status, reason = _judge(job)
                break
        asked = f"{exchange.method} {exchange.target} ({exchange.status})"
        yield AutomaticFault(case=case, asked=asked, fault=label, status=status, reason=reason)


def _judge(job: JobResult) -> tuple[FaultStatus, str]:
    if job.errors:
        return FaultStatus.UNSURE, job.errors[0]
    result = job.runs[0].result
    if result.verdict in NOTICED:
        return FaultStatus.NOTICED, ""
    if result.verdict is Verdict.PASS:
        return FaultStatus.PASSED, ""
    return FaultStatus.UNSURE, f"{result.verdict} {result.reason}"


def _get_kind(exchange: ObservedExchange) -> tuple[str, str, str]:
    """Method, version and last word of the path; between them are names of objects, which differ in each run."""
    path = exchange.target.partition("?")[0]
    return exchange.method, get_version(exchange.target), path.rpartition("/")[2]


def _build_mutants(exchange: ObservedExchange) -> Iterator[tuple[str, list[Mutant]]]:
    """The faults that an exchange implies: a label, and mutants of which the first that reaches something counts."""
    for to in _list_other_statuses(exchange.status):
        yield f"status {to}", [Mutant(name="automatic", fault="status", path="*", args={"to": to})]
    for path in _find_leaves(exchange.reads, exchange.absent):
        # the first part may be the number of a message in a stream, which is not part of a path into a message
        paths = [path, path[1:]] if path[0] == "*" and len(path) > 1 else [path]
        members = [".".join(parts) for parts in paths]
        yield (
            f"{members[0]} dropped",
            [Mutant(name="automatic", fault="drop", path="*", args={"member": member}) for member in members],
        )
        yield (
            f"{members[0]} of another type",
            [
                Mutant(name="automatic", fault="retype", path="*", args={"member": member, "type": "other"})
                for member in members
            ],
        )


def _list_other_statuses(status: int) -> list[int]:
    """A status of another class; others of the same class are for mutants, as not every check claims a status."""
    return [500] if status < 400 else [200]


def _find_leaves(reads: list[list[str | int]], absent: list[list[str | int]]) -> list[list[str]]:
    """The deepest members that were read, every element of an array alike.

    Members that did not exist are left out, as nothing can be changed in them, and names with dots, which no path can name.
    """
    paths = set(map(_generalise, filter(None, reads)))
    missing = set(map(_generalise, absent)) - {_generalise(path) for path in reads if path not in absent}
    inner = {path[:length] for path in paths for length in range(1, len(path))}
    leaves = sorted(path for path in paths - inner - missing if not any("." in part for part in path))
    return [list(path) for path in leaves]


def _generalise(path: list[str | int]) -> tuple[str, ...]:
    return tuple("*" if isinstance(part, int) else part for part in path)
