"""Cases that need a reader, grouped by cause, with their evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import TypeVar

import msgspec

from conformance.catalogue import Catalogue, Change
from conformance.model.cases import Side, parameters_of, versions_of
from conformance.model.verdicts import INCONCLUSIVE, NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.causes import Cause, find_causes
from conformance.report.evidence import NO_EVIDENCE, Evidence, RecordedExchange, read_evidence
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import Weight, weigh

Group = TypeVar("Group", "CaseGroup", "BlockedGroup")

#: What differs between the reasons of one failure: the version of a path, a time, an id or a part of a generated name.
_OF_ONE_CASE = re.compile(r"(?<=/v)\d+\.\d+(?=/)|\b\d+(?:\.\d+)? s\b|\b[0-9a-f]{8,64}\b")


class CaseGroup(msgspec.Struct, frozen=True):
    """Cases of one check with one verdict for one reason, over versions and parameters.

    `evidence` is that of the first case.
    """

    id: str
    change: Change | None
    side: Side
    verdict: Verdict
    reason: str
    results: list[Result]
    evidence: Evidence = NO_EVIDENCE

    @property
    def first(self) -> Result:
        """The case that represents the group."""
        return self.results[0]

    @property
    def versions(self) -> list[ApiVersion]:
        """The versions of the cases, each once."""
        return versions_of(result.case for result in self.results)

    @property
    def parameters(self) -> list[str]:
        """The parameters of the cases, each once; empty if they have none."""
        return parameters_of(result.case for result in self.results)


class BlockedGroup(msgspec.Struct, frozen=True):
    """The cases that one failure of a fixture blocks, with the evidence of the first."""

    cause: Cause
    evidence: Evidence = NO_EVIDENCE

    @property
    def first(self) -> Result:
        """The first case that met the failure."""
        return self.cause.first

    @property
    def results(self) -> list[Result]:
        """All blocked cases."""
        return self.cause.results

    @property
    def versions(self) -> list[ApiVersion]:
        """The versions of the cases, each once, ascending."""
        return sorted(versions_of(result.case for result in self.results))

    @property
    def statements(self) -> list[str]:
        """The ids of the statements of the cases, each once."""
        return list(dict.fromkeys(result.case.change for result in self.results))

    @property
    def failed_exchange(self) -> RecordedExchange | None:
        """The exchange that failed; None if the fixture failed without one."""
        exchanges = self.evidence.exchanges
        named = [row for row in exchanges if row.target.partition("?")[0] in self.first.reason]
        return next(reversed(named or exchanges), None)


class CaseGroups(msgspec.Struct, frozen=True):
    """All groups, by their effect on the result.

    `deviations` count against it, `waived` are excused, of `blocked` and `inconclusive` cases nothing is known. `contested`
    and `aside` (legacy, informative, optional) do not count; `uncovered` cases did not run.
    """

    deviations: list[CaseGroup]
    blocked: list[BlockedGroup]
    inconclusive: list[CaseGroup]
    waived: list[CaseGroup]
    contested: list[CaseGroup]
    aside: list[CaseGroup]
    uncovered: list[CaseGroup]

    @property
    def with_exchanges(self) -> list[CaseGroup | BlockedGroup]:
        """The groups whose exchanges a reader wants, the most important first."""
        asked = (self.deviations, self.inconclusive, self.waived, self.contested, self.aside)
        return [*chain.from_iterable(asked), *self.blocked]


def _same(reason: str) -> str:
    return _OF_ONE_CASE.sub("*", reason)


def _group(results: Iterable[Result], catalogue: Catalogue, *, by_change: bool = True) -> list[CaseGroup]:
    found: dict[tuple[str, ...], list[Result]] = {}
    for result in results:
        case = result.case
        place = (case.change, case.check, case.side) if by_change else (str(result.legacy),)
        found.setdefault((*place, result.verdict, _same(result.reason)), []).append(result)
    return [
        CaseGroup(
            id=inside[0].case.change,
            change=catalogue.changes.get(inside[0].case.change),
            side=inside[0].case.side,
            verdict=inside[0].verdict,
            reason=inside[0].reason,
            results=inside,
        )
        for inside in found.values()
    ]


def group_cases(report: Report, matrix: Matrix, catalogue: Catalogue, *, evidence: bool = True) -> CaseGroups:
    """Group the cases that need a reader; reads the evidence file unless `evidence` is off. Raises UsageError if that is damaged."""
    places: dict[str, list[Result]] = {name: [] for name in CaseGroups.__struct_fields__}
    for result in report.results:
        place = _place(result, matrix, catalogue)
        if place:
            places[place].append(result)
    blocked = [BlockedGroup(cause) for cause in find_causes(places.pop("blocked"))]
    groups = {
        name: _group(results, catalogue, by_change=name != "uncovered") for name, results in places.items()
    }
    if evidence:
        wanted = {group.first.case.key for name in groups if name != "uncovered" for group in groups[name]}
        wanted |= {group.first.case.key for group in blocked}
        stored = {entry.key: entry for entry in read_evidence(report.path) if entry.key in wanted}
        groups = {name: _with(inside, stored) for name, inside in groups.items()}
        blocked = _with(blocked, stored)
    return CaseGroups(blocked=blocked, **groups)


def _place(result: Result, matrix: Matrix, catalogue: Catalogue) -> str:
    """The member of CaseGroups that a result belongs to, "" if it needs no reader."""
    if result.verdict in (Verdict.UNAVAILABLE, Verdict.NOT_RUN):
        return "uncovered"
    if result.verdict is Verdict.BLOCKED:
        return "blocked"
    if result.verdict not in NOT_CONFORMANT | INCONCLUSIVE:
        return ""
    weight = weigh(result, catalogue.changes.get(result.case.change), matrix.strictness)
    if weight is Weight.CONTESTED:
        return "contested"
    if weight is not Weight.COUNTED:
        return "aside"
    if result.case.key in matrix.waived:
        return "waived"
    return "deviations" if result.verdict in NOT_CONFORMANT else "inconclusive"


def _with(groups: list[Group], stored: dict[str, Evidence]) -> list[Group]:
    return [
        msgspec.structs.replace(group, evidence=stored.get(group.first.case.key, NO_EVIDENCE))
        for group in groups
    ]
