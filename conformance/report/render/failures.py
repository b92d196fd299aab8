"""Cases that need a reader, with those of one cause put together, and their evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from conformance.catalogue import Catalogue, Change
from conformance.model.cases import Side, parameters_of, versions_of
from conformance.model.verdicts import COULD_NOT_TELL, NOT_CONFORMANT, Result, Verdict
from conformance.report.evidence import NO_EVIDENCE, Evidence, read_evidence
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import counts

_VERSION_IN_PATH = re.compile(r"/v\d+\.\d+/")


class Group(msgspec.Struct, frozen=True):
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
        """The case that stands for all."""
        return self.results[0]

    @property
    def versions(self) -> list[str]:
        """The versions of the cases, each once."""
        return versions_of(result.case for result in self.results)

    @property
    def parameters(self) -> list[str]:
        """The parameters of the cases, each once; empty if they have none."""
        return parameters_of(result.case for result in self.results)


class Failures(msgspec.Struct, frozen=True):
    """All groups by what they mean for the daemon; `aside` does not count (legacy, informative, optional), `waived` is excused."""

    deviations: list[Group]
    untold: list[Group]
    aside: list[Group]
    uncovered: list[Group]
    waived: list[Group] = []


def _same(reason: str) -> str:
    return _VERSION_IN_PATH.sub("/v*/", reason)


def _group(results: Iterable[Result], catalogue: Catalogue, *, by_change: bool = True) -> list[Group]:
    found: dict[tuple[str, ...], list[Result]] = {}
    for result in results:
        case = result.case
        place = (case.change, case.check, case.side) if by_change else (str(result.legacy),)
        found.setdefault((*place, result.verdict, _same(result.reason)), []).append(result)
    return [
        Group(
            id=inside[0].case.change,
            change=catalogue.changes.get(inside[0].case.change),
            side=inside[0].case.side,
            verdict=inside[0].verdict,
            reason=inside[0].reason,
            results=inside,
        )
        for inside in found.values()
    ]


def collect(report: Report, matrix: Matrix, catalogue: Catalogue, *, evidence: bool = True) -> Failures:
    """Group what a reader must see; reads the evidence file unless told not to. Raises UsageError if that is damaged."""
    deviations, untold, aside, uncovered, waived = [], [], [], [], []
    for result in report.results:
        bad = result.verdict in NOT_CONFORMANT or result.verdict in COULD_NOT_TELL - {Verdict.NOT_RUN}
        if result.verdict in (Verdict.UNAVAILABLE, Verdict.NOT_RUN):
            uncovered.append(result)
        elif bad and not counts(result, catalogue.changes.get(result.case.change), matrix.strict_legacy):
            aside.append(result)
        elif result.case.key in matrix.waived:
            waived.append(result)
        elif result.verdict in NOT_CONFORMANT:
            deviations.append(result)
        elif bad:
            untold.append(result)
    groups = Failures(
        deviations=_group(deviations, catalogue),
        untold=_group(untold, catalogue),
        aside=_group(aside, catalogue),
        uncovered=_group(uncovered, catalogue, by_change=False),
        waived=_group(waived, catalogue),
    )
    if not evidence:
        return groups
    wanted = {
        group.first.case.key for group in groups.deviations + groups.untold + groups.aside + groups.waived
    }
    stored = {evidence.key: evidence for evidence in read_evidence(report.path) if evidence.key in wanted}
    return Failures(
        deviations=_with(groups.deviations, stored),
        untold=_with(groups.untold, stored),
        aside=_with(groups.aside, stored),
        uncovered=groups.uncovered,
        waived=_with(groups.waived, stored),
    )


def _with(groups: list[Group], stored: dict[str, Evidence]) -> list[Group]:
    return [
        msgspec.structs.replace(group, evidence=stored.get(group.first.case.key, NO_EVIDENCE))
        for group in groups
    ]
