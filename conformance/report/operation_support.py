"""Which operations a daemon supports, version by version, from a report. No I/O.

Operations and their versions are those of the documents. What a version was not asked is taken from the version that stands for it
(``conformance.report.matrix.Row.represented``), statuses from one of the same class.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

import msgspec

from conformance.catalogue import Catalogue
from conformance.catalogue.operations import Operation
from conformance.model.text import plural
from conformance.model.verdicts import JUDGED, NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report import matrix
from conformance.report.coverage_record import CoverageRecord, parse_versions
from conformance.report.file import Report
from conformance.report.matrix import Row
from conformance.report.outcome import USUAL, counts


class Support(enum.StrEnum):
    """How a daemon supports an operation in a version."""

    SUPPORTED = "supported"  # every statement about it that was judged is kept
    PARTLY = "partly"
    NOT_IMPLEMENTED = "not-implemented"  # it answers 501, or the route is proven to be absent
    REFUSED = "refused"  # every request was refused
    ANSWERS = "answers"  # it succeeded, but no statement about it was judged
    UNKNOWN = "unknown"  # it was asked, and neither succeeded nor was judged
    UNASKED = "not-asked"


_JUDGED = (Support.SUPPORTED, Support.PARTLY, Support.NOT_IMPLEMENTED, Support.REFUSED)


class Entry(msgspec.Struct, frozen=True):
    """The support of an operation in a version; `reason` is one line, "" where the support says all."""

    support: Support
    reason: str = ""


class OperationRow(msgspec.Struct, frozen=True):
    """An operation with its entries in the versions whose documents have it."""

    operation: str
    entries: dict[ApiVersion, Entry]


class OperationTable(msgspec.Struct, frozen=True):
    """The operations of a report's versions, in the order of their paths."""

    versions: list[ApiVersion]
    rows: list[OperationRow]


def tabulate(report: Report, catalogue: Catalogue, operations: Iterable[Operation]) -> OperationTable:
    """Tabulate the support of `operations` in the versions of a report. Raises Interrupted if it has no footer."""
    report.finished()
    arranged = matrix.build(report, catalogue)
    table = []
    for operation in sorted(operations, key=lambda operation: (operation.path, operation.method)):
        rows = [
            row for row in arranged.rows if row.change is not None and operation.name in row.change.endpoints
        ]
        entries = {
            version: _enter(version, rows, _statuses(report.coverage, operation, version))
            for version in arranged.versions
            if version in operation
        }
        entries = {version: _of_the_class(version, operation, entries) for version in entries}
        if entries:
            table.append(OperationRow(operation.name, entries))
    return OperationTable(arranged.versions, table)


def _of_the_class(version: ApiVersion, operation: Operation, entries: dict[ApiVersion, Entry]) -> Entry:
    """The entry of a version; if it was not judged there, that of the nearest older version of its class, else of a newer one."""
    if entries[version].support not in (Support.UNASKED, Support.ANSWERS):
        return entries[version]
    wanted = operation.class_of(version)
    alike = [other for other in entries if operation.class_of(other) == wanted]
    order = sorted(alike, key=lambda other: (other > version, abs(other.minor - version.minor)))
    judged = (entries[other] for other in order if entries[other].support in _JUDGED)
    return next(judged, entries[version])


def _statuses(coverage: CoverageRecord | None, operation: Operation, version: ApiVersion) -> set[int]:
    """The statuses that came in the class of a version; empty if they are not known."""
    noted = (coverage or {}).get(operation.name)
    wanted = operation.class_of(version)
    return {
        int(status)
        for status, versions in (noted.statuses.items() if noted is not None else ())
        if any(
            other in operation and operation.class_of(other) == wanted for other in parse_versions(versions)
        )
    }


def _enter(version: ApiVersion, rows: list[Row], statuses: set[int]) -> Entry:
    answered = any(status < 400 for status in statuses)
    if 501 in statuses and not answered:
        return Entry(Support.NOT_IMPLEMENTED, "answers 501")
    judged: list[Result] = []
    others: list[Result] = []
    for row in rows:
        cell = row.cells.get(row.represented.get(version, version))
        shared = row.change is not None and len(row.change.endpoints) > 1
        for result in cell.results if cell is not None else ():
            absent = result.verdict is Verdict.NOT_IMPLEMENTED
            # of a statement about several operations, another one may be the absent one
            if absent and shared and answered:
                continue
            if absent or (result.verdict in JUDGED and counts(result, row.change, USUAL)):
                judged.append(result)
            elif result.verdict not in (Verdict.UNSERVED, Verdict.NOT_RUN):
                others.append(result)
    deviating = [result for result in judged if result.verdict in NOT_CONFORMANT]
    if not judged:
        return _enter_unjudged(statuses, others)
    if not deviating:
        return Entry(Support.SUPPORTED)
    if all(result.verdict is Verdict.NOT_IMPLEMENTED for result in judged):
        return Entry(Support.NOT_IMPLEMENTED, "there is no such route")
    if statuses and not answered and len(deviating) == len(judged):
        words = ", ".join(str(status) for status in sorted(statuses))
        return Entry(Support.REFUSED, f"answers {words} only")
    return Entry(Support.PARTLY, _reason(judged, deviating))


def _enter_unjudged(statuses: set[int], results: list[Result]) -> Entry:
    """The entry of an operation of which nothing was judged, by the statuses that came and the verdicts of its checks."""
    if any(status < 400 for status in statuses):
        return Entry(Support.ANSWERS)
    if statuses:
        return Entry(
            Support.UNKNOWN, f"answered {', '.join(map(str, sorted(statuses)))} only, and was not judged"
        )
    verdicts = sorted({str(result.verdict) for result in results if result.verdict not in JUDGED})
    if verdicts:
        return Entry(Support.UNKNOWN, f"not judged: {', '.join(verdicts)}")
    return Entry(Support.UNKNOWN if results else Support.UNASKED)


def _reason(judged: list[Result], deviating: list[Result]) -> str:
    """How many statements deviate, and which."""
    asked = len({result.case.change for result in judged})
    names = list(dict.fromkeys(result.case.change for result in deviating))
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{len(names)} of {plural(asked, 'statement')}: {shown}"
