"""Which cases count, the standing of a version or a profile, the exit code of a run.

What counts
    Every case counts, except: the legacy side of a statement (``@before``; ``--strict-legacy`` counts it), a deviation from a
    contested statement, which no genuine engine keeps (``--strict`` counts it), a statement of level ``informative`` (a
    question, not an obligation), and ``not-implemented`` on a statement of level ``optional`` (its document says *may*). An
    ``error`` always counts: the suite itself broke.

    A counted deviation that a waiver covers is set apart as waived; a version or a profile with one is not conformant, but
    "conformant but for waivers".

The exit code of a run
    3  the daemon died, was restarted or changed its identity during the run: it is not known which daemon gave the
       verdicts, and failures may be how it died
    1  otherwise, if a counted case is ``fail`` or ``not-implemented`` and not waived: a failure stays true, whatever else
       is missing
    1  otherwise, if a waiver is stale: what it excuses is no longer true
    3  otherwise, if the run is inconclusive: it was interrupted or is incomplete, a counted case is ``blocked``, ``error``
       or ``not-run``, no counted case passed, or no case passed in a version that is served
    3  otherwise, if an object could not be removed from the daemon, or if a profile was selected by name and is not
       conformant throughout (see `Standing`)
    0  otherwise

``unavailable`` alone does not prevent 0 in a run that names no profile: the code then speaks of what was covered, the
matrix says what was not, and a version in which every case is ``unavailable`` is "inconclusive". Whoever needs all of it
covered names a profile; there ``unavailable`` means incomplete, which is 3.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from conformance.catalogue import Catalogue, Change
from conformance.model.cases import Side
from conformance.model.policy import Policy
from conformance.model.text import plural
from conformance.model.verdicts import INCONCLUSIVE, NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.file import Header, Report

Totals = dict[Verdict, int]
_NARROWING = ("change", "profile", "case", "shard", "keyword", "markexpr")


class Standing(enum.StrEnum):
    """The result of a version or a profile."""

    CONFORMANT = "conformant"
    WAIVED = "conformant but for waivers"
    NOT_CONFORMANT = "not conformant"
    INCOMPLETE = "incomplete"  # something was not covered: unavailable, not run, or a change without a check
    UNKNOWN = "inconclusive"
    UNSERVED = "not served"
    UNASKED = "not asked"  # no case of it counts
    PART = "no deviation seen"  # of a selection, which is never called conformant
    EDGES = "quick run"  # which says nothing of a version as a whole


class Strictness(NamedTuple):
    """What counts beyond the usual: legacy cases, and deviations from contested statements."""

    legacy: bool = False
    contested: bool = False

    def __or__(self, other: Strictness) -> Strictness:
        """What either of the two counts."""
        return Strictness(self.legacy or other.legacy, self.contested or other.contested)


def is_narrowed(header: Header) -> bool:
    """Whether the user selected a part of the cases (by change, profile, case, shard, or an expression of pytest)."""
    return any(header.selection.get(name) for name in _NARROWING)


def get_strictness(header: Header) -> Strictness:
    """What counts in a run beyond the usual."""
    return Strictness(legacy=header.strict_legacy, contested=header.strict_contested)


#: What counts where nothing else is asked for.
USUAL = Strictness()


class Weight(enum.Enum):
    """Whether a case counts, and if it does not, why."""

    COUNTED = enum.auto()
    LEGACY = enum.auto()
    CONTESTED = enum.auto()
    NOT_REQUIRED = enum.auto()


class Outcome(NamedTuple):
    """The result of a whole run: its exit code and the reason in one sentence."""

    code: int
    why: str


class VersionSummary(msgspec.Struct, frozen=True):
    """The result of a version, from its counted cases.

    `legacy`, `contested` and `aside` are the totals of those that do not count (`aside`: not required), `waived` of those
    that would count, but for a waiver.
    """

    version: ApiVersion
    standing: Standing
    totals: Totals
    legacy: Totals
    contested: Totals
    aside: Totals
    waived: Totals = {}


class ProfileSummary(msgspec.Struct, frozen=True):
    """The result of a profile, from its counted cases; `unasked` are its testable changes that have no case in the run."""

    name: str
    standing: Standing
    totals: Totals
    unasked: list[str]
    waived: Totals = {}


def count(results: Iterable[Result]) -> Totals:
    """How many results have which verdict, in the order of the verdicts, without zeros."""
    found: Totals = {}
    for result in results:
        found[result.verdict] = found.get(result.verdict, 0) + 1
    return {verdict: found[verdict] for verdict in Verdict if verdict in found}


def weigh(result: Result, change: Change | None, strictness: Strictness) -> Weight:
    """Whether a case counts (see the module's text). A statement that is not in the catalogue counts as required."""
    if result.verdict is Verdict.ERROR:
        return Weight.COUNTED
    if result.legacy and not strictness.legacy:
        return Weight.LEGACY
    if change is None:
        return Weight.COUNTED
    if change.level == "informative" or (
        change.level == "optional" and result.verdict is Verdict.NOT_IMPLEMENTED
    ):
        return Weight.NOT_REQUIRED
    if deviates_as_contested(result, change) and not strictness.contested:
        return Weight.CONTESTED
    return Weight.COUNTED


def deviates_as_contested(result: Result, change: Change | None) -> bool:
    """Whether a case deviates from what a contested statement says of its own window."""
    contested = change is not None and change.contested is not None
    return contested and result.verdict in NOT_CONFORMANT and result.case.side in (Side.SINCE, Side.ALWAYS)


def counts(result: Result, change: Change | None, strictness: Strictness) -> bool:
    """Whether a case counts; see weigh()."""
    return weigh(result, change, strictness) is Weight.COUNTED


def summarize_version(
    version: ApiVersion,
    counted: list[Result],
    legacy: list[Result],
    contested: list[Result],
    aside: list[Result],
    waived: Sequence[Result] = (),
    *,
    represented: Sequence[Result] = (),
    judged: bool,
    whole: bool,
) -> VersionSummary:
    """Evaluate a version; `judged` is False for an interrupted run, `whole` also for an incomplete one.

    `represented` are results of other versions that stand for cases which were not asked in this one.
    """
    return VersionSummary(
        version=version,
        standing=_standing([*counted, *represented], waived, judged, whole),
        totals=count(counted),
        legacy=count(legacy),
        contested=count(contested),
        aside=count(aside),
        waived=count(waived),
    )


def _standing(counted: list[Result], waived: Sequence[Result], judged: bool, whole: bool) -> Standing:
    """The standing of a version."""
    verdicts = {result.verdict for result in counted}
    if not judged:
        return Standing.UNKNOWN
    if verdicts & NOT_CONFORMANT:
        return Standing.NOT_CONFORMANT
    if not verdicts and not waived:
        return Standing.UNASKED
    if verdicts and verdicts <= {Verdict.UNSERVED}:
        return Standing.UNSERVED
    if verdicts & INCONCLUSIVE or not whole or (Verdict.PASS not in verdicts and not waived):
        return Standing.UNKNOWN
    return Standing.WAIVED if waived else Standing.CONFORMANT


def summarize_profile(
    name: str,
    counted: list[Result],
    catalogue: Catalogue,
    missing: Iterable[Change],
    waived: Sequence[Result] = (),
    *,
    judged: bool = True,
    whole: bool = True,
) -> ProfileSummary:
    """Evaluate a profile over the counted results.

    Not conformant comes first; then inconclusive (``blocked``, ``error``, no case passed, an interrupted run); then
    incomplete (``unavailable``, ``not-run``, a run that ended early, a testable change in `missing`). A change that is
    untestable or not required leaves a profile complete. Raises KeyError for an unknown profile.
    """
    members = catalogue.in_profile(name)
    inside = {change.id for change in members}
    mine = [result for result in counted if result.case.change in inside]
    excused = [result for result in waived if result.case.change in inside]
    lacking = {change.id for change in missing if not change.untestable and change.level == "required"}
    unasked = [change.id for change in members if change.id in lacking]
    verdicts = {result.verdict for result in mine}
    if not judged:
        standing = Standing.UNKNOWN
    elif verdicts & NOT_CONFORMANT:
        standing = Standing.NOT_CONFORMANT
    elif verdicts & {Verdict.BLOCKED, Verdict.ERROR} or (Verdict.PASS not in verdicts and not excused):
        standing = Standing.UNKNOWN
    elif verdicts & {Verdict.UNAVAILABLE, Verdict.NOT_RUN} or unasked or not whole:
        standing = Standing.INCOMPLETE
    else:
        standing = Standing.WAIVED if excused else Standing.CONFORMANT
    return ProfileSummary(
        name=name, standing=standing, totals=count(mine), unasked=unasked, waived=count(excused)
    )


def judge_run(
    report: Report,
    counted: list[Result],
    summaries: list[VersionSummary],
    profiles: list[ProfileSummary],
    waived: Sequence[Result] = (),
    stale: Sequence[str] = (),
) -> Outcome:
    """Judge a run by its counted cases; `profiles` are those that were selected by name.

    `stale` has a sentence for each waiver that is no longer true.
    """
    footer = report.footer
    if footer is None:
        return Outcome(3, "the run was interrupted, so it is not judged")
    totals = count(counted)
    if footer.died:
        return Outcome(3, f"the run is incomplete: {footer.died}")
    bad = sum(totals.get(verdict, 0) for verdict in NOT_CONFORMANT)
    if bad:
        changes = len({result.case.change for result in counted if result.verdict in NOT_CONFORMANT})
        return Outcome(1, f"not conformant: {plural(bad, 'case')} of {plural(changes, 'statement')} failed")
    if stale:
        return Outcome(1, f"{plural(len(stale), 'waiver')} no longer true: {'; '.join(stale)}")
    if not footer.complete:
        return Outcome(
            3, f"the run is incomplete: {footer.why_incomplete or 'it ended before all cases had run'}"
        )
    unclear = {verdict: totals[verdict] for verdict in totals if verdict in INCONCLUSIVE}
    if unclear:
        return Outcome(
            3, "inconclusive: " + ", ".join(f"{number} {verdict}" for verdict, number in unclear.items())
        )
    if Verdict.PASS not in totals and not waived:
        return Outcome(3, f"inconclusive: {_nothing_passed(report.results, totals)}")
    silent = [
        str(summary.version)
        for summary in summaries
        if summary.totals and summary.standing is Standing.UNKNOWN
    ]
    if silent:
        return Outcome(3, f"inconclusive: no case ran in {', '.join(silent)}")
    if footer.leaks:
        return Outcome(
            3,
            f"nothing failed, but {plural(len(footer.leaks), 'object')} could not be removed from the daemon",
        )
    lacking = [
        profile for profile in profiles if profile.standing not in (Standing.CONFORMANT, Standing.WAIVED)
    ]
    if lacking:
        words = ", ".join(f"{profile.name} is {profile.standing}" for profile in lacking)
        return Outcome(3, f"nothing failed, but not all was covered: profile {words}")
    return Outcome(
        0,
        _success(
            totals,
            summaries,
            waived,
            partial=is_narrowed(report.header) or report.header.policy is Policy.EDGES,
        ),
    )


def _success(
    totals: Totals, summaries: list[VersionSummary], waived: Sequence[Result], *, partial: bool
) -> str:
    passed = f"{plural(totals.get(Verdict.PASS, 0), 'case')} passed"
    missed = totals.get(Verdict.UNAVAILABLE, 0)
    contested = sum(sum(summary.contested.values()) for summary in summaries)
    tail = (
        f"; {plural(contested, 'case')} of contested changes failed, as on every genuine engine"
        if contested
        else ""
    )
    tail += f"; {plural(missed, 'case')} could not run on this host" if missed else ""
    if waived:
        return f"no deviation but what is waived: {passed}, {plural(len(waived), 'case')} waived{tail}"
    return f"{'no deviation seen' if partial else 'conformant in all that was covered'}: {passed}{tail}"


def _nothing_passed(results: list[Result], totals: Totals) -> str:
    if not results:
        return "no case was run"
    if not totals:
        return (
            "only legacy, contested or informative cases ran, and they do not count "
            "(--strict-legacy counts legacy cases, --strict contested ones)"
        )
    if set(totals) == {Verdict.UNSERVED}:
        return "the daemon serves none of the selected versions"
    return "no case passed: " + ", ".join(f"{number} {verdict}" for verdict, number in totals.items())
