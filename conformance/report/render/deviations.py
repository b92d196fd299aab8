"""The counted deviations of a report by cause and by kind, what they are about, and which of them real clients meet. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import get_args

import msgspec

from conformance.catalogue import Catalogue
from conformance.catalogue.nouns import noun_of, noun_of_endpoint
from conformance.model.changes import Level
from conformance.model.text import plural
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.client_support import find_needing_clients
from conformance.report.file import Report
from conformance.report.matrix import Matrix, Row
from conformance.report.render import labels
from conformance.report.render.case_groups import CaseGroup
from conformance.report.render.deviation_kinds import find_kind
from conformance.report.statements import count_by_noun

#: So many findings are read one by one.
FEW_FINDINGS = 24
_LEVELS = get_args(Level)  # the most important first
#: A reason that tells little without the source of the check, or is long before it tells something.
_VAGUE = re.compile(r"(?:.*: )?expected (?:\[|(?:True|False)\b)")
_SPAN = 10
_MOST_NOUNS = 3


class Finding(msgspec.Struct, frozen=True):
    """A statement that is not kept, or an operation that is missing, with its versions and what came.

    `statements` are the ids of those that are not kept, `needing` the recorded clients that need them, by id. `level` orders
    findings: that of a required statement is the lowest.
    """

    name: str
    noun: str
    versions: list[ApiVersion]
    reason: str
    kind: str
    statements: list[str]
    cases: int
    level: int
    needing: dict[str, list[str]]

    @property
    def clients(self) -> list[str]:
        """The recorded clients that need one of the statements, each once."""
        return list(dict.fromkeys(client for clients in self.needing.values() for client in clients))


class FindingKind(msgspec.Struct, frozen=True):
    """A kind of deviation with the ids of its statements, each of which is of one kind, and its findings, the worst first."""

    name: str
    statements: list[str]
    findings: list[Finding]

    @property
    def example(self) -> Finding:
        """The finding that shows the kind best: the first whose reason tells what came."""
        return min(self.findings, key=lambda one: _VAGUE.match(one.reason) is not None)


def find_findings(
    groups: Sequence[CaseGroup], report: Report, matrix: Matrix, catalogue: Catalogue
) -> list[Finding]:
    """The counted deviations by cause: the required statements first, of those what recorded clients need, then by cases.

    Deviations of one statement are one finding, and so are all statements about an operation that the daemon does not have.
    """
    found: dict[str, list[CaseGroup]] = {}
    for group in groups:
        found.setdefault(_cause_of(group), []).append(group)
    rows = {row.id: row for row in matrix.rows}
    needing = find_needing_clients(report, matrix, catalogue) if found else {}
    findings = [_finding(name, inside, rows, needing) for name, inside in found.items()]
    return sorted(findings, key=lambda one: (one.level, -len(one.clients), -one.cases, one.name))


def _cause_of(group: CaseGroup) -> str:
    if group.verdict is Verdict.NOT_IMPLEMENTED and group.change is not None and group.change.endpoints:
        return group.change.endpoints[0]
    return group.id


def _finding(
    name: str, groups: list[CaseGroup], rows: dict[str, Row], needing: dict[str, list[str]]
) -> Finding:
    versions: set[ApiVersion] = set()
    for group in groups:
        asked = set(group.versions)
        row = rows.get(group.id)
        represented = row.represented if row is not None and not group.first.legacy else {}
        versions |= asked | {version for version, stands in represented.items() if stands in asked}
    statements = list(dict.fromkeys(group.id for group in groups))
    worst = max(groups, key=lambda group: len(group.results))
    reason = worst.reason
    if name not in statements:
        reason = f"no such route ({plural(len(statements), 'statement')})"
    return Finding(
        name=name,
        noun=noun_of(worst.change) if worst.change is not None else noun_of_endpoint(""),
        versions=sorted(versions),
        reason=reason,
        kind=find_kind(reason, worst.change.kind if worst.change is not None else ""),
        statements=statements,
        cases=sum(len(group.results) for group in groups),
        level=min(_LEVELS.index(group.change.level) if group.change is not None else 0 for group in groups),
        needing={one: needing[one] for one in statements if one in needing},
    )


def find_kinds(findings: Iterable[Finding]) -> list[FindingKind]:
    """The kinds of findings, the most frequent first. A statement with several findings is of the kind of its first."""
    by_kind: dict[str, list[Finding]] = {}
    statements: dict[str, list[str]] = {}
    seen: set[str] = set()
    for one in findings:
        own = [name for name in one.statements if name not in seen]
        seen.update(own)
        if own:
            by_kind.setdefault(one.kind, []).append(one)
            statements.setdefault(one.kind, []).extend(own)
    kinds = [FindingKind(kind, statements[kind], inside) for kind, inside in by_kind.items()]
    return sorted(kinds, key=lambda kind: -len(kind.statements))


def describe_nouns(matrix: Matrix) -> str:
    """Of which nouns how many judged statements are not kept, in a line: those with the most first."""
    amounts = sorted(count_by_noun(matrix).items(), key=lambda item: -item[1].failed)
    bad = [(noun, one.failed, one.judged) for noun, one in amounts if one.failed]
    if len(bad) > _MOST_NOUNS + 1:
        rest = bad[_MOST_NOUNS:]
        others = ("others", sum(failed for _, failed, _ in rest), sum(judged for _, _, judged in rest))
        bad = [*bad[:_MOST_NOUNS], others]
    return ", ".join(f"{noun} {failed} of {judged}" for noun, failed, judged in bad)


def has_shares(report: Report, matrix: Matrix) -> bool:
    """Whether the shares of nouns say something: not of an interrupted run, and of a part only if the part is a profile."""
    return report.footer is not None and bool(not matrix.narrowed or matrix.selected_profiles)


def count_deviating(findings: Iterable[Finding]) -> int:
    """The number of statements that are not kept."""
    return len({name for one in findings for name in one.statements})


def count_needed(findings: Iterable[Finding]) -> int:
    """The number of statements that are not kept and that a recorded client needs."""
    return len({name for one in findings for name in one.needing})


def format_span(versions: list[ApiVersion]) -> str:
    """Versions in few characters; two dots where some between the first and the last are left out."""
    said = labels.format_versions(versions)
    return said if len(said) <= _SPAN else f"{versions[0]}..{versions[-1]}"
