"""A daemon held against a published one: what works there and not here, and the other way round. No I/O.

Each case is held against the same test in the published report: in its own version, else in the nearest older version that was asked
there, else in the nearest newer one. Contested statements take part like all others, since the question is about the published
daemon, not about the documents. A statement that was edited since the report was published is not compared.

The exit code
    1  a case deviates that passes on the published daemon
    3  otherwise, if no statement could be compared, the run is incomplete, or a statement that the published daemon keeps was not
       judged here
    0  otherwise
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from operator import attrgetter

import msgspec

from conformance.catalogue import Catalogue
from conformance.model.cases import Case, Side, versions_of
from conformance.model.text import plural
from conformance.model.verdicts import JUDGED, NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.file import Footer, Report
from conformance.report.outcome import Outcome, Strictness, counts


class Relation(enum.StrEnum):
    """How a statement fares on a daemon and on the published one, the most important relation first."""

    WORSE = "worse"
    SAME = "same"  # both deviate
    BETTER = "better"  # the published daemon deviates
    DOCUMENTED = "as-documented"
    UNJUDGED = "unjudged"  # it was not judged here, or not there
    UNASKED = "unasked"  # the published daemon was not asked
    EDITED = "edited"  # the statement was edited since


class StatementRelation(msgspec.Struct, frozen=True):
    """A statement on both daemons: the results that deviate here, and those that deviate there.

    `waits` says that the published daemon keeps the statement and this one was not judged.
    """

    statement: str
    relation: Relation
    here: list[Result]
    there: list[Result]
    waits: bool = False

    @property
    def versions(self) -> list[ApiVersion]:
        """The versions in which the statement deviates here; where it does not, those in which it deviates there."""
        return versions_of(result.case for result in self.here or self.there)


class Share(msgspec.Struct, frozen=True):
    """How many of the statements that the published daemon keeps this daemon keeps; `profile` is "" for all statements."""

    profile: str
    kept: int
    of: int

    @property
    def percent(self) -> int:
        """The share in percent, rounded down, so that 100 means all."""
        return 100 * self.kept // self.of


class Compatibility(msgspec.Struct, frozen=True):
    """A report held against the published report `name`; `shares` leaves out profiles of which nothing was compared."""

    name: str
    published: Report
    report: Report
    statements: list[StatementRelation]
    total: Share | None
    shares: list[Share]
    outcome: Outcome

    def of(self, relation: Relation) -> list[StatementRelation]:
        """The statements of one relation."""
        return [standing for standing in self.statements if standing.relation is relation]


def hold_against(
    name: str, published: Report, report: Report, catalogue: Catalogue, *, legacy: bool = False
) -> Compatibility:
    """Hold a report against a published one. Raises Interrupted if the report has no footer."""
    footer = report.finished()
    strictness = Strictness(legacy=legacy, contested=True)
    here, there = (_by_statement(one, catalogue, strictness) for one in (report, published))
    before, now = published.header.statements, report.header.statements
    statements = [
        _stand(name_, results, there.get(name_), edited=before.get(name_) != now.get(name_))
        for name_, results in here.items()
    ]
    order = list(Relation)
    statements.sort(key=lambda standing: order.index(standing.relation))
    total = _share("", statements)
    shares = [
        _share(profile, [one for one in statements if one.statement in inside])
        for profile in catalogue.profiles
        if (inside := {change.id for change in catalogue.in_profile(profile)})
    ]
    return Compatibility(
        name,
        published,
        report,
        statements,
        total,
        [share for share in shares if share is not None],
        _judge(statements, total, footer),
    )


def _by_statement(report: Report, catalogue: Catalogue, strictness: Strictness) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for result in report.results:
        if counts(result, catalogue.changes.get(result.case.change), strictness):
            found.setdefault(result.case.change, []).append(result)
    return found


def _stand(
    statement: str, here: list[Result], there: list[Result] | None, *, edited: bool
) -> StatementRelation:
    if there is None:
        return StatementRelation(statement, Relation.UNASKED, [], [])
    if edited:
        return StatementRelation(statement, Relation.EDITED, [], [])
    tests: dict[tuple[str, str, Side], list[Result]] = {}
    for result in there:
        if result.verdict in JUDGED:
            tests.setdefault(_test(result.case), []).append(result)
    found: dict[Relation, list[tuple[Result, Result]]] = {}
    waits = False
    for result in here:
        other = _nearest(tests.get(_test(result.case), []), result.case.version)
        if other is None:
            continue
        if result.verdict in JUDGED:
            found.setdefault(_relate(result, other), []).append((result, other))
        else:
            waits |= other.verdict is Verdict.PASS
    relation = next((relation for relation in Relation if relation in found), Relation.UNJUDGED)
    pairs = found.get(relation, [])
    return StatementRelation(
        statement,
        relation,
        [result for result, _ in pairs if result.verdict in NOT_CONFORMANT],
        list({other.case.key: other for _, other in pairs if other.verdict in NOT_CONFORMANT}.values()),
        waits=waits and relation is Relation.UNJUDGED,
    )


def _test(case: Case) -> tuple[str, str, Side]:
    return case.test, case.parameters, case.side


def _nearest(results: Iterable[Result], version: ApiVersion) -> Result | None:
    """The result of the nearest version that is not newer; else of the oldest one."""
    ordered = sorted(results, key=attrgetter("case.version"))
    older = [result for result in ordered if result.case.version <= version]
    return older[-1] if older else ordered[0] if ordered else None


def _relate(here: Result, there: Result) -> Relation:
    if here.verdict is Verdict.PASS:
        return Relation.DOCUMENTED if there.verdict is Verdict.PASS else Relation.BETTER
    return Relation.WORSE if there.verdict is Verdict.PASS else Relation.SAME


def _share(profile: str, statements: list[StatementRelation]) -> Share | None:
    kept = sum(one.relation is Relation.DOCUMENTED for one in statements)
    worse = sum(one.relation is Relation.WORSE for one in statements)
    return Share(profile, kept, kept + worse) if kept + worse else None


def _judge(statements: list[StatementRelation], total: Share | None, footer: Footer) -> Outcome:
    if total is None:
        return Outcome(3, "no statement could be compared")
    share = f"does {total.kept} of the {plural(total.of, 'statement')} that were compared ({total.percent} %)"
    if total.kept < total.of:
        return Outcome(1, share)
    if not footer.complete:
        return Outcome(3, f"{share}, but the run is incomplete: {footer.why_incomplete or 'it ended early'}")
    waiting = sum(standing.waits for standing in statements)
    if waiting:
        return Outcome(3, f"{share}, but {plural(waiting, 'statement')} could not be judged here")
    return Outcome(0, share)
