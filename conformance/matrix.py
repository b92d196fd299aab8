"""Results as rows and columns, totals, and what they add up to. Pure: nothing is printed, nothing is read from disk.

What counts
    Every case counts, except those that stand aside: the legacy side of a change (``@before``; counted with
    ``--strict-legacy``), a change of level ``informative`` (a question, not an obligation), and ``not-implemented`` on a
    change of level ``optional`` (its document says *may*). An ``error`` never stands aside: the harness broke.

The exit code of a run
    1  a counted case is ``fail`` or ``not-implemented``: what was seen stays true, whatever else was not
    3  otherwise, if it could not be told: the run was interrupted or is incomplete, a counted case is ``blocked``,
       ``error`` or ``not-run``, no counted case passed at all, or no case passed in a version that is served
    3  also, if something could not be removed from the daemon, or if a profile was asked for by name and it is incomplete (see `Standing`)
    0  otherwise

``unavailable`` alone does not forbid 0 in a run that names no profile: the code then speaks of what was covered, the
matrix says beside it what was not, and a version in which nothing but ``unavailable`` came is "could not tell". Who
needs a statement on all of it names a profile; there ``unavailable`` means incomplete, which is 3.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from conformance.catalogue import Catalogue, Change
from conformance.results import COULD_NOT_TELL, NOT_CONFORMANT, Footer, Header, Report, Result, Verdict, worst
from conformance.versions import ApiVersion

Totals = dict[Verdict, int]
_NARROWING = ("change", "profile", "case", "keyword", "markexpr")


class Standing(enum.StrEnum):
    """What the cases of a version or a profile add up to."""

    CONFORMANT = "conformant"
    NOT_CONFORMANT = "not conformant"
    INCOMPLETE = "incomplete"  # something was not covered: unavailable, not run, or a change without a check
    UNKNOWN = "could not tell"
    UNSERVED = "not served"


class Outcome(NamedTuple):
    """What a whole run adds up to: its exit code and one sentence that says why."""

    code: int
    why: str


class Cell(msgspec.Struct, frozen=True):
    """The cases of one change in one version, all of one side (legacy or not)."""

    change: str
    version: str
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
    """A change with its cells by version. `change` is None if this suite's catalogue does not have it."""

    id: str
    change: Change | None
    cells: dict[str, Cell]
    legacy: dict[str, Cell]

    @property
    def group(self) -> str:
        """The API version that made the change, or ``general``."""
        return self.id.partition("/")[0]


class VersionSummary(msgspec.Struct, frozen=True):
    """What the counted cases of a version add up to; `aside` and `legacy` are the totals of those that do not count."""

    version: str
    standing: Standing
    totals: Totals
    legacy: Totals
    aside: Totals


class ProfileSummary(msgspec.Struct, frozen=True):
    """What the counted cases of a profile add up to; `unasked` are its testable changes that no case asked for."""

    name: str
    standing: Standing
    totals: Totals
    unasked: list[str]


class Matrix(msgspec.Struct, frozen=True):
    """A report as rows and columns.

    `totals` holds the counted cases, `legacy` and `aside` those that do not count. `unasked` are the changes that hold
    in a version of this run and that no case asked for, although they can be tested; `untestable` those that no check
    can ask for. `narrowed` says whether the user chose a part of the cases, so that `unasked` is no surprise.
    """

    versions: list[str]
    rows: list[Row]
    totals: Totals
    legacy: Totals
    aside: Totals
    summaries: list[VersionSummary]
    profiles: list[ProfileSummary]
    untestable: list[Change]
    unasked: list[Change]
    narrowed: bool
    strict_legacy: bool
    outcome: Outcome


def count(results: Iterable[Result]) -> Totals:
    """How many results have which verdict, in the order of the verdicts, without zeros."""
    found: Totals = {}
    for result in results:
        found[result.verdict] = found.get(result.verdict, 0) + 1
    return {verdict: found[verdict] for verdict in Verdict if verdict in found}


def counts(result: Result, change: Change | None, strict_legacy: bool) -> bool:
    """Whether a case counts, or stands aside; see the module's text. A change that is not known counts as required."""
    if result.verdict is Verdict.ERROR:
        return True
    if result.legacy and not strict_legacy:
        return False
    level = change.level if change else "required"
    return level != "informative" and not (level == "optional" and result.verdict is Verdict.NOT_IMPLEMENTED)


def narrowed(header: Header) -> bool:
    """Whether the user chose a part of the cases (by change, profile, case, or an expression of pytest)."""
    return any(header.selection.get(name) for name in _NARROWING)


def build(report: Report, catalogue: Catalogue, *, strict_legacy: bool = False) -> Matrix:
    """Arrange a report; `strict_legacy` counts legacy cases also where the run itself did not."""
    strict = strict_legacy or report.header.strict_legacy
    results = report.results
    counted = [result for result in results if counts(result, catalogue.changes.get(result.case.change), strict)]
    chosen = set(map(id, counted))
    legacy = [result for result in results if result.legacy and id(result) not in chosen]
    aside = [result for result in results if not result.legacy and id(result) not in chosen]
    versions = _versions(report)
    judged = report.footer is not None
    whole = report.footer is not None and report.footer.complete
    served = [version for version in versions if _is_served(version, results)]
    asked = {result.case.change for result in results}
    missing = _without_case(catalogue, served, asked)
    names = list(report.header.selection.get("profile") or [])
    summaries = [
        VersionSummary(
            version=version,
            standing=_standing([result for result in counted if result.case.version == version], judged, whole),
            totals=count(result for result in counted if result.case.version == version),
            legacy=count(result for result in legacy if result.case.version == version),
            aside=count(result for result in aside if result.case.version == version),
        )
        for version in versions
    ]
    profiles = [
        profile_summary(name, counted, catalogue, missing, judged=judged, whole=whole)
        for name in (names or catalogue.profiles)
        if name in catalogue.profiles
    ]
    return Matrix(
        versions=versions,
        rows=_rows(results, catalogue),
        totals=count(counted),
        legacy=count(legacy),
        aside=count(aside),
        summaries=summaries,
        profiles=profiles,
        untestable=[change for change in missing if change.untestable],
        unasked=[change for change in missing if not change.untestable],
        narrowed=narrowed(report.header),
        strict_legacy=strict,
        outcome=_outcome(report, counted, summaries, profiles if names else []),
    )


def exit_code(
    header: Header, results: list[Result], why_incomplete: str, catalogue: Catalogue, leaks: Iterable[str] = ()
) -> int:
    """The exit code of a run that has just ended; `why_incomplete` is "" if it is whole, `leaks` is what it left behind."""
    footer = Footer(complete=not why_incomplete, why_incomplete=why_incomplete, leaks=list(leaks))
    return build(Report(header=header, results=results, footer=footer, path=Path()), catalogue).outcome.code


def _versions(report: Report) -> list[str]:
    named = set(report.header.versions) | {result.case.version for result in report.results}
    return sorted(named, key=ApiVersion.parse)


def _is_served(version: str, results: list[Result]) -> bool:
    return any(result.case.version == version and result.verdict is not Verdict.UNSERVED for result in results)


def _rows(results: list[Result], catalogue: Catalogue) -> list[Row]:
    found: dict[str, dict[tuple[bool, str], list[Result]]] = {}
    for result in results:
        by_cell = found.setdefault(result.case.change, {})
        by_cell.setdefault((result.legacy, result.case.version), []).append(result)
    known = [name for name in catalogue.changes if name in found]
    strange = sorted(set(found) - set(known))
    rows = []
    for name in known + strange:
        cells = [Cell(name, version, legacy, tuple(inside)) for (legacy, version), inside in found[name].items()]
        rows.append(
            Row(
                id=name,
                change=catalogue.changes.get(name),
                cells={cell.version: cell for cell in cells if not cell.legacy},
                legacy={cell.version: cell for cell in cells if cell.legacy},
            )
        )
    return rows


def _without_case(catalogue: Catalogue, served: list[str], asked: set[str]) -> list[Change]:
    versions = [ApiVersion.parse(version) for version in served]
    return [
        change
        for change in catalogue.changes.values()
        if change.id not in asked and any(version in change.window for version in versions)
    ]


def _standing(counted: list[Result], judged: bool, whole: bool) -> Standing:
    """The standing of a version: three answers, and "not served" where the daemon has no such version."""
    verdicts = {result.verdict for result in counted}
    if not judged:
        return Standing.UNKNOWN
    if verdicts & NOT_CONFORMANT:
        return Standing.NOT_CONFORMANT
    if verdicts and verdicts <= {Verdict.UNSERVED}:
        return Standing.UNSERVED
    if verdicts & COULD_NOT_TELL or Verdict.PASS not in verdicts or not whole:
        return Standing.UNKNOWN
    return Standing.CONFORMANT


def profile_summary(
    name: str, counted: list[Result], catalogue: Catalogue, missing: Iterable[Change], *, judged: bool = True, whole: bool = True
) -> ProfileSummary:
    """Evaluate a profile over the counted results.

    Not conformant comes first; then "could not tell" (``blocked``, ``error``, nothing passed, an interrupted run); then
    incomplete (``unavailable``, ``not-run``, a run that ended early, a testable change in `missing`). A change that is
    untestable or not required leaves a profile complete. Raises KeyError if there is no such profile.
    """
    members = catalogue.in_profile(name)
    inside = {change.id for change in members}
    mine = [result for result in counted if result.case.change in inside]
    lacking = {change.id for change in missing if not change.untestable and change.level == "required"}
    unasked = [change.id for change in members if change.id in lacking]
    verdicts = {result.verdict for result in mine}
    if not judged:
        standing = Standing.UNKNOWN
    elif verdicts & NOT_CONFORMANT:
        standing = Standing.NOT_CONFORMANT
    elif verdicts & {Verdict.BLOCKED, Verdict.ERROR} or Verdict.PASS not in verdicts:
        standing = Standing.UNKNOWN
    elif verdicts & {Verdict.UNAVAILABLE, Verdict.NOT_RUN} or unasked or not whole:
        standing = Standing.INCOMPLETE
    else:
        standing = Standing.CONFORMANT
    return ProfileSummary(name=name, standing=standing, totals=count(mine), unasked=unasked)


def _outcome(report: Report, counted: list[Result], summaries: list[VersionSummary], profiles: list[ProfileSummary]) -> Outcome:
    footer = report.footer
    if footer is None:
        return Outcome(3, "the run was interrupted, so it is not judged")
    totals = count(counted)
    bad = sum(totals.get(verdict, 0) for verdict in NOT_CONFORMANT)
    if bad:
        changes = len({result.case.change for result in counted if result.verdict in NOT_CONFORMANT})
        return Outcome(1, f"not conformant: {_number(bad, 'case')} of {_number(changes, 'change')} failed")
    if not footer.complete:
        return Outcome(3, f"the run is incomplete: {footer.why_incomplete or 'it ended before all cases had run'}")
    unclear = {verdict: totals[verdict] for verdict in totals if verdict in COULD_NOT_TELL}
    if unclear:
        return Outcome(3, "could not tell: " + ", ".join(f"{number} {verdict}" for verdict, number in unclear.items()))
    if Verdict.PASS not in totals:
        return Outcome(3, f"could not tell: {_nothing_passed(report.results, totals)}")
    silent = [summary.version for summary in summaries if summary.totals and summary.standing is Standing.UNKNOWN]
    if silent:
        return Outcome(3, f"could not tell: nothing was covered in {', '.join(silent)}")
    if footer.leaks:
        return Outcome(3, f"nothing failed, but {_number(len(footer.leaks), 'object')} could not be removed from the daemon")
    lacking = [profile for profile in profiles if profile.standing is not Standing.CONFORMANT]
    if lacking:
        words = ", ".join(f"{profile.name} is {profile.standing}" for profile in lacking)
        return Outcome(3, f"nothing failed, but not all was covered: profile {words}")
    missed = totals.get(Verdict.UNAVAILABLE, 0)
    tail = f"; {_number(missed, 'case')} could not be asked on this host" if missed else ""
    return Outcome(0, f"conformant in all that was covered: {_number(totals[Verdict.PASS], 'case')} passed{tail}")


def _nothing_passed(results: list[Result], totals: Totals) -> str:
    if not results:
        return "no case was run"
    if not totals:
        return "only legacy or informative cases were asked, and they do not count (--strict-legacy counts legacy ones)"
    if set(totals) == {Verdict.UNSERVED}:
        return "the daemon serves none of the versions that were asked"
    return "no case passed: " + ", ".join(f"{number} {verdict}" for verdict, number in totals.items())


def _number(amount: int, noun: str) -> str:
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"
