"""Results as rows and columns, and their totals. No I/O.

Which cases count, and the standings and exit code, are in ``conformance.report.outcome``.
"""

from __future__ import annotations

import msgspec

from conformance.catalogue import Catalogue, Change
from conformance.catalogue.planner import representative
from conformance.model.policy import Policy
from conformance.model.verdicts import Result, Verdict, worst
from conformance.model.versions import ApiVersion
from conformance.report import waivers
from conformance.report.file import Header, Report
from conformance.report.outcome import (
    USUAL,
    Outcome,
    ProfileSummary,
    Standing,
    Strictness,
    Totals,
    VersionSummary,
    Weight,
    count,
    get_strictness,
    is_narrowed,
    judge_run,
    summarize_profile,
    summarize_version,
    weigh,
)


class Cell(msgspec.Struct, frozen=True):
    """The cases of one change in one version, all of one side (legacy or not)."""

    change: str
    version: ApiVersion
    legacy: bool
    results: tuple[Result, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the cases."""
        return worst(result.verdict for result in self.results)

    @property
    def totals(self) -> Totals:
        """How many cases have which verdict."""
        return count(self.results)


class Row(msgspec.Struct, frozen=True):
    """A change with its cells by version. `change` is None if this suite's catalogue does not have it.

    `represented` maps each version that the planner left out to the older one whose cell stands for it.
    """

    id: str
    change: Change | None
    cells: dict[ApiVersion, Cell]
    legacy: dict[ApiVersion, Cell]
    represented: dict[ApiVersion, ApiVersion] = {}

    @property
    def group(self) -> str:
        """The API version that made the change, or ``general``."""
        return self.id.partition("/")[0]


class Matrix(msgspec.Struct, frozen=True):
    """A report as rows and columns.

    `totals` holds the counted cases; `legacy`, `contested` and `aside` those that do not count (`aside`: not required).
    `unasked` are the testable changes that hold in a version of this run and have no case in it; `untestable` those that
    no check can test. `waived` maps the keys of waived cases to their waivers, `stale` are the
    waivers that are no longer true; `totals` is without waived cases, which are in `excused`. `narrowed` says whether the
    user chose a part of the cases, so that `unasked` is no surprise; `selected_profiles` are those that were selected by name.
    """

    versions: list[ApiVersion]
    rows: list[Row]
    totals: Totals
    legacy: Totals
    contested: Totals
    aside: Totals
    summaries: list[VersionSummary]
    profiles: list[ProfileSummary]
    untestable: list[Change]
    unasked: list[Change]
    narrowed: bool
    selected_profiles: list[str]
    strictness: Strictness
    outcome: Outcome
    excused: Totals = {}
    waived: dict[str, waivers.Waiver] = {}
    stale: list[waivers.Stale] = []

    @property
    def passed_in_part(self) -> bool:
        """Whether a selection passed, which no rendering praises as conformant."""
        return self.narrowed and self.outcome.code == 0


def build(report: Report, catalogue: Catalogue, strictness: Strictness = USUAL) -> Matrix:
    """Arrange a report; what `strictness` names counts also where the run itself did not count it."""
    strictness |= get_strictness(report.header)
    results = report.results
    parts = _by_weight(results, catalogue, strictness)
    counted = parts[Weight.COUNTED]
    judged = report.footer is not None
    whole = report.footer is not None and report.footer.complete
    applied = waivers.apply(
        waivers.get_waivers(report.header), counted, results, whole=whole and not is_narrowed(report.header)
    )
    excused = [result for result in counted if result.case.key in applied.waived]
    counted = [result for result in counted if result.case.key not in applied.waived]
    missing = _without_case(catalogue, results)
    names = list(report.header.selection.get("profile") or [])
    apart = [parts[weight] for weight in (Weight.LEGACY, Weight.CONTESTED, Weight.NOT_REQUIRED)]
    by_version = [_by_version(part) for part in (counted, *apart, excused)]
    versions = _versions(report)
    rows = _rows(results, catalogue, versions, report.header.policy)
    represented = _represented(rows, counted)
    summaries = [
        summarize_version(
            version,
            *(part.get(version, []) for part in by_version),
            represented=represented.get(version, []),
            judged=judged,
            whole=whole,
        )
        for version in versions
    ]
    if judged and report.header.policy is Policy.EDGES:
        summaries = [msgspec.structs.replace(row, standing=Standing.EDGES) for row in summaries]
    if is_narrowed(report.header):
        summaries = [_mark_part(row) for row in summaries]
    summaries = [_mark_unserved(row, report.header) for row in summaries]
    profiles = [
        summarize_profile(name, counted, catalogue, missing, excused, judged=judged, whole=whole)
        for name in (names or catalogue.profiles)
        if name in catalogue.profiles
    ]
    return Matrix(
        versions=versions,
        rows=rows,
        totals=count(counted),
        legacy=count(parts[Weight.LEGACY]),
        contested=count(parts[Weight.CONTESTED]),
        aside=count(parts[Weight.NOT_REQUIRED]),
        summaries=summaries,
        profiles=[_mark_profile(row, report.header) for row in profiles],
        untestable=[change for change in missing if change.untestable],
        unasked=[change for change in missing if not change.untestable],
        narrowed=is_narrowed(report.header),
        selected_profiles=names,
        strictness=strictness,
        outcome=judge_run(
            report,
            counted,
            summaries,
            profiles if names and not report.header.selection.get("shard") else [],
            excused,
            [f"{stale.waiver.place or stale.waiver.change}: {stale.why}" for stale in applied.stale],
        ),
        excused=count(excused),
        waived=applied.waived,
        stale=applied.stale,
    )


def _mark_part(row: VersionSummary) -> VersionSummary:
    """A part of the cases shows deviations, but never that a version conforms."""
    if row.standing not in (Standing.CONFORMANT, Standing.WAIVED):
        return row
    return msgspec.structs.replace(row, standing=Standing.PART)


def _mark_profile(row: ProfileSummary, header: Header) -> ProfileSummary:
    """A quick run, and a selection of other things than profiles, show deviations, but never that a profile is conformant."""
    part = header.policy is Policy.EDGES or (is_narrowed(header) and not header.selection.get("profile"))
    if not part or row.standing not in (Standing.CONFORMANT, Standing.WAIVED):
        return row
    return msgspec.structs.replace(row, standing=Standing.PART)


def _mark_unserved(row: VersionSummary, header: Header) -> VersionSummary:
    """A version without any case says that the daemon does not serve it, where it does not."""
    has_cases = any((row.totals, row.legacy, row.contested, row.aside, row.waived))
    if has_cases or header.daemon.serves(row.version):
        return row
    return msgspec.structs.replace(row, standing=Standing.UNSERVED)


def _by_weight(
    results: list[Result], catalogue: Catalogue, strictness: Strictness
) -> dict[Weight, list[Result]]:
    found: dict[Weight, list[Result]] = {weight: [] for weight in Weight}
    for result in results:
        found[weigh(result, catalogue.changes.get(result.case.change), strictness)].append(result)
    return found


def _by_version(results: list[Result]) -> dict[ApiVersion, list[Result]]:
    found: dict[ApiVersion, list[Result]] = {}
    for result in results:
        found.setdefault(result.case.version, []).append(result)
    return found


def _versions(report: Report) -> list[ApiVersion]:
    named = set(report.header.versions) | {result.case.version for result in report.results}
    return sorted(named)


def _rows(
    results: list[Result], catalogue: Catalogue, versions: list[ApiVersion], policy: Policy
) -> list[Row]:
    found: dict[str, dict[tuple[bool, ApiVersion], list[Result]]] = {}
    for result in results:
        by_cell = found.setdefault(result.case.change, {})
        by_cell.setdefault((result.legacy, result.case.version), []).append(result)
    known = [name for name in catalogue.changes if name in found]
    strange = sorted(set(found) - set(known))
    rows = []
    for name in known + strange:
        cells = [
            Cell(name, version, legacy, tuple(inside)) for (legacy, version), inside in found[name].items()
        ]
        row = Row(
            id=name,
            change=catalogue.changes.get(name),
            cells={cell.version: cell for cell in cells if not cell.legacy},
            legacy={cell.version: cell for cell in cells if cell.legacy},
        )
        if policy is Policy.CLASSES:
            row = msgspec.structs.replace(row, represented=_find_represented(row, versions))
        rows.append(row)
    return rows


def _find_represented(row: Row, versions: list[ApiVersion]) -> dict[ApiVersion, ApiVersion]:
    """The versions between the first and the last cell of a row that were not asked, with those that stand for them."""
    if not row.cells:
        return {}
    first, last = min(row.cells), max(row.cells)
    found = {}
    for version in versions:
        stands = representative(version, row.cells)
        if stands is not None and version not in row.cells and first < version < last:
            found[version] = stands
    return found


def _represented(rows: list[Row], counted: list[Result]) -> dict[ApiVersion, list[Result]]:
    """The counted results that stand for cases in another version, by that version."""
    keys = {result.case.key for result in counted}
    found: dict[ApiVersion, list[Result]] = {}
    for row in rows:
        for version, stands in row.represented.items():
            results = [result for result in row.cells[stands].results if result.case.key in keys]
            found.setdefault(version, []).extend(results)
    return found


def _without_case(catalogue: Catalogue, results: list[Result]) -> list[Change]:
    """The changes that hold in a version that is served, and that have only legacy cases or none."""
    served = {result.case.version for result in results if result.verdict is not Verdict.UNSERVED}
    asked = {result.case.change for result in results if not result.legacy}
    unasked = [change for change in catalogue.changes.values() if change.id not in asked]
    served_windows = {
        window
        for window in {change.window for change in unasked}
        if any(version in window for version in served)
    }
    return [change for change in unasked if change.window in served_windows]
