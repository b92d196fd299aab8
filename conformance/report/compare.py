"""Two reports: what got worse, what got better, what is new and what is gone. No I/O.

A regression is a counted case that passed and now is ``fail`` or ``not-implemented``, and that no waiver covers. A case that
passed and now is inconclusive (``blocked``, ``error``, ``not-run``) is lost: neither a regression nor a pass is proven. A
case that passed and now is ``unavailable`` or ``unserved`` has another verdict because the host or the window is another.

The exit code
    1  there is a regression
    3  otherwise, if a counted case was lost, or the two reports have no case in common
    0  otherwise, whatever the exit codes of the two runs
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from conformance.catalogue import Catalogue
from conformance.model.cases import Case, parameters_of, versions_of
from conformance.model.text import plural
from conformance.model.verdicts import INCONCLUSIVE, NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report import waivers
from conformance.report.file import Header, Report
from conformance.report.outcome import USUAL, Outcome, Strictness, counts, get_strictness

# Header.selection names the image too, but that changes no question.
_SELECTION = ("change", "profile", "case", "shard", "keyword", "markexpr")


class Kind(enum.StrEnum):
    """How a case differs between two reports, the most important kind first."""

    REGRESSION = "regression"
    LOST = "lost"
    FIX = "fix"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


class Difference(msgspec.Struct, frozen=True):
    """A case that is not the same in both reports; `base` or `new` is None where a report does not have it.

    `counts` says whether the worse of the two sides counts, see ``conformance.report.outcome``; `reason` is the newer side's;
    `waived` says whether a waiver of the new report covers it.
    """

    kind: Kind
    case: Case
    base: Verdict | None
    new: Verdict | None
    reason: str
    counts: bool
    waived: bool = False


class DifferenceGroup(msgspec.Struct, frozen=True):
    """Equal differences of one check, over versions and parameters."""

    first: Difference
    differences: list[Difference]

    @property
    def versions(self) -> list[ApiVersion]:
        """The versions of the cases, each once."""
        return versions_of(difference.case for difference in self.differences)

    @property
    def parameters(self) -> list[str]:
        """The parameters of the cases, each once; empty if they have none."""
        return parameters_of(difference.case for difference in self.differences)


class Comparison(msgspec.Struct, frozen=True):
    """Two reports side by side.

    `common` is the number of cases that both have, `asked` has sentences on how the two runs differ in what they asked.
    """

    base: Report
    new: Report
    differences: list[Difference]
    common: int
    asked: list[str]
    outcome: Outcome

    def of(self, kind: Kind) -> list[Difference]:
        """The differences of one kind."""
        return [difference for difference in self.differences if difference.kind is kind]


def compare(base: Report, new: Report, catalogue: Catalogue, strictness: Strictness = USUAL) -> Comparison:
    """Compare two reports; raises Interrupted when one of them has no footer."""
    for report in (base, new):
        report.finished()
    strictness |= get_strictness(base.header) | get_strictness(new.header)
    before = {result.case.key: result for result in base.results}
    after = {result.case.key: result for result in new.results}
    known = waivers.get_waivers(new.header)
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        difference = _difference(before.get(key), after.get(key), catalogue, strictness, known)
        if difference is not None:
            found.append(difference)
    order = list(Kind)
    found.sort(key=lambda difference: (order.index(difference.kind), not difference.counts))
    common = len(before.keys() & after.keys())
    return Comparison(
        base=base,
        new=new,
        differences=found,
        common=common,
        asked=_asked(base, new),
        outcome=_outcome(found, common),
    )


def _difference(
    base: Result | None,
    new: Result | None,
    catalogue: Catalogue,
    strictness: Strictness,
    known: list[waivers.Waiver],
) -> Difference | None:
    shown = new or base
    assert shown is not None
    change = catalogue.changes.get(shown.case.change)
    sides = [result for result in (base, new) if result is not None]
    if base is not None and new is not None and base.verdict is new.verdict:
        return None
    counted = all(counts(result, change, strictness) for result in sides)
    waived = (
        new is not None and new.verdict in NOT_CONFORMANT and any(waiver.covers(new.case) for waiver in known)
    )
    return Difference(
        kind=_kind(base, new, counted and not waived),
        case=shown.case,
        base=base.verdict if base else None,
        new=new.verdict if new else None,
        reason=shown.reason or (base.reason if base else ""),
        counts=counted,
        waived=waived,
    )


def _kind(base: Result | None, new: Result | None, heeded: bool) -> Kind:
    if base is None:
        return Kind.NEW
    if new is None:
        return Kind.GONE
    if not heeded:
        return Kind.CHANGED
    if base.verdict is Verdict.PASS:
        return (
            Kind.REGRESSION
            if new.verdict in NOT_CONFORMANT
            else Kind.LOST
            if new.verdict in INCONCLUSIVE
            else Kind.CHANGED
        )
    return Kind.FIX if base.verdict in NOT_CONFORMANT and new.verdict is Verdict.PASS else Kind.CHANGED


def _outcome(differences: list[Difference], common: int) -> Outcome:
    amounts = Counter(difference.kind for difference in differences)
    if amounts[Kind.REGRESSION]:
        changes = {difference.case.change for difference in differences if difference.kind is Kind.REGRESSION}
        return Outcome(
            1, f"{plural(amounts[Kind.REGRESSION], 'regression')} in {plural(len(changes), 'change')}"
        )
    if not common:
        return Outcome(3, "the two reports have no case in common, so nothing was compared")
    if amounts[Kind.LOST]:
        return Outcome(
            3,
            f"no regression, but {plural(amounts[Kind.LOST], 'case')} that passed before are inconclusive now",
        )
    if not differences:
        return Outcome(0, f"no difference in {plural(common, 'case')}")
    return Outcome(0, f"no regression in {plural(common, 'case')} that both reports have")


def _asked(base: Report, new: Report) -> list[str]:
    """How the two runs differ in what they asked."""
    left, right = base.header, new.header
    notes = []
    if left.suite_version != right.suite_version:
        notes.append(
            f"the suite was {left.suite_version or 'unknown'}, now it is {right.suite_version or 'unknown'}"
        )
    if left.catalogue != right.catalogue:
        notes.append(_edited(left, right))
    if left.versions != right.versions:
        notes.append(f"the versions were {_list(left.versions)}, now they are {_list(right.versions)}")
    notes += [
        f"the selection by {name} was {_selected(left, name)}, now it is {_selected(right, name)}"
        for name in _SELECTION
        if (left.selection.get(name) or None) != (right.selection.get(name) or None)
    ]
    for what, one, other in (
        ("legacy cases", left.strict_legacy, right.strict_legacy),
        ("contested deviations", left.strict_contested, right.strict_contested),
    ):
        if one != other:
            notes.append(f"{what} count in the {'base' if one else 'new report'} only; here they count")
    notes += _hosts(left, right)
    for name, report in (("base", base), ("new report", new)):
        footer = report.footer
        if footer is not None and not footer.complete:
            notes.append(f"the {name} is incomplete: {footer.why_incomplete or 'its run ended early'}")
    return notes


def _edited(left: Header, right: Header) -> str:
    """How the catalogues of two runs differ, where both ran."""
    if not (left.statements and right.statements):
        return "the catalogues differ, and it is not known in which statements"
    common = left.statements.keys() & right.statements.keys()
    edited = sorted(name for name in common if left.statements[name] != right.statements[name])
    return (
        f"these statements were edited between the runs: {_list(edited)}"
        if edited
        else "the catalogues differ, but not in a statement that both runs asked"
    )


def _hosts(left: Header, right: Header) -> Iterable[str]:
    """Capabilities that one host has and the other lacks."""
    before, after = left.host.capabilities, right.host.capabilities
    for name in sorted(before.keys() & after.keys()):
        if bool(before[name]) != bool(after[name]):
            yield f"{name} {'is there now' if before[name] else f'is missing now: {after[name]}'}"


def _selected(header: Header, name: str) -> str:
    value: Any = header.selection.get(name)
    return _list(value) if isinstance(value, list) else str(value or "none")


def _list(values: list[Any], most: int = 12) -> str:
    shown = ", ".join(str(value) for value in values[:most])
    return f"{shown} and {len(values) - most} more" if len(values) > most else shown or "none"


def group_alike(differences: Iterable[Difference]) -> list[DifferenceGroup]:
    """Put equal differences together, in their order."""
    found: dict[tuple[Any, ...], list[Difference]] = {}
    for one in differences:
        key = (one.kind, one.case.change, one.case.check, one.base, one.new, one.counts, one.waived)
        found.setdefault(key, []).append(one)
    return [DifferenceGroup(first=inside[0], differences=inside) for inside in found.values()]
