"""Reports as the data inside the page: one JSON object that has every text once, and a case as a few numbers.

Texts and exchanges have a budget, so that a page of many cases stays small: texts are cut, then left out, and exchanges are
kept first for failed cases, then for both sides of a changed behaviour, then for one case of each cell.
"""

from __future__ import annotations

from typing import Any

import msgspec

from conformance.catalogue import Catalogue, Change
from conformance.catalogue.nouns import noun_of
from conformance.model.cases import Side
from conformance.model.policy import Policy
from conformance.model.text import cut, visible
from conformance.model.verdicts import Result, Verdict
from conformance.report.compatibility import Relation
from conformance.report.evidence import Evidence, RecordedExchange, read_evidence
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import counts
from conformance.report.render import labels
from conformance.report.render.case_groups import CaseGroup, CaseGroups, group_cases
from conformance.report.render.deviations import Finding, find_findings, find_kinds
from conformance.report.render.exchange_text import format_exchange
from conformance.report.render.html_comparison import find_reference, relate_statements
from conformance.report.statements import count_statements

TEXT_BUDGET = 2_000_000  # characters of reasons and parameters
EVIDENCE_BUDGET = 2_500_000  # characters of exchanges and details, over all reports
_EXCHANGES = 4  # of one case
_DETAIL = 1500
_ORDER = list(Verdict)
_SIDES = list(Side)
#: The relations that say something of both daemons.
_COMPARED = (Relation.WORSE, Relation.SAME, Relation.BETTER, Relation.DOCUMENTED)


class Texts:
    """A table that has each text once; once the budget is spent, further texts are cut short, then left out."""

    def __init__(self, budget: int) -> None:
        self.table: list[str] = [""]
        self._places = {"": 0}
        self._left = budget

    def intern(self, text: str, limit: int = 400) -> int:
        """Add a text, made visible and cut; returns its index."""
        shown = cut(visible(text, lines=True), limit if self._left > 0 else 48)
        known = self._places.get(shown)
        if known is not None:
            return known
        if self._left < -len(self.table) * 8:
            return self.intern_whole("…")
        self._left -= len(shown)
        return self.intern_whole(shown)

    def intern_whole(self, text: str) -> int:
        """Add a text that is already safe and short enough; returns its index."""
        place = self._places.setdefault(text, len(self.table))
        if place == len(self.table):
            self.table.append(text)
        return place


class PageReport(msgspec.Struct, frozen=True):
    """A report with its matrix, its grouped cases and its findings."""

    report: Report
    matrix: Matrix
    failures: CaseGroups
    findings: list[Finding]


def page_data(parts: list[PageReport], catalogue: Catalogue) -> dict[str, Any]:
    """The data of a page of one report or several. Raises UsageError for damaged evidence."""
    texts = Texts(TEXT_BUDGET)
    changes = _changes(parts, catalogue)
    reference = find_reference([part.report for part in parts])
    places = {name: index for index, name in enumerate(changes)}
    return {
        "verdicts": [
            {"name": str(verdict), "sign": labels.SIGNS[verdict], "means": labels.MEANING[verdict]}
            for verdict in Verdict
        ],
        "sides": [str(side) for side in Side],
        "changes": [_change(name, change, catalogue) for name, change in changes.items()],
        "profiles": {
            name: {
                "title": profile.title,
                "includes": profile.includes,
                "excludes": profile.excludes,
                "operations": profile.operations,
            }
            for name, profile in catalogue.profiles.items()
        },
        "reports": [
            _report(part, places, texts, EVIDENCE_BUDGET // len(parts), catalogue)
            | _amounts(part)
            | _findings(part, places)
            | (_relations(part, parts[reference], places, catalogue) if reference is not None else {})
            for part in parts
        ],
        "reference": reference,
        "texts": texts.table,
    }


def _amounts(part: PageReport) -> dict[str, Any]:
    amounts = count_statements(part.matrix)
    return {
        "share": amounts.share,
        "kept": amounts.kept,
        "judged": amounts.judged,
        "failed": amounts.failed,
        "contested": amounts.contested,
    }


def _findings(part: PageReport, places: dict[str, int]) -> dict[str, Any]:
    """The kind of each statement that is not kept, and the clients that need what is not kept, by the place of the statement."""
    return {
        "kinds": {
            kind.name: [places[name] for name in kind.statements] for kind in find_kinds(part.findings)
        },
        "needing": {
            places[name]: ", ".join(clients) for one in part.findings for name, clients in one.needing.items()
        },
    }


def _relations(
    part: PageReport, reference: PageReport, places: dict[str, int], catalogue: Catalogue
) -> dict[str, Any]:
    """How each statement of a report fares beside the reference, by the place of the statement."""
    if part is reference:
        return {}
    found = relate_statements(part.report, reference.report, catalogue)
    return {
        "relations": {
            places[name]: str(relation) for name, relation in found.items() if relation in _COMPARED
        }
    }


def prepare(report: Report, matrix: Matrix, catalogue: Catalogue) -> PageReport:
    """Group a report's cases; evidence is read later, once it is known which is wanted."""
    failures = group_cases(report, matrix, catalogue, evidence=False)
    findings = find_findings(failures.deviations, report, matrix, catalogue)
    return PageReport(report=report, matrix=matrix, failures=failures, findings=findings)


def _changes(parts: list[PageReport], catalogue: Catalogue) -> dict[str, Change | None]:
    asked = {row.id: row.change for part in parts for row in part.matrix.rows}
    known: dict[str, Change | None] = {
        name: change for name, change in catalogue.changes.items() if name in asked
    }
    return known | {name: None for name in sorted(asked) if name not in known}


def _change(name: str, change: Change | None, catalogue: Catalogue) -> dict[str, Any]:
    if change is None:
        return {"id": visible(name), "unknown": True}
    found = {
        "id": change.id,
        "noun": noun_of(change),
        "window": f"{change.since} to {change.until}" if change.until else f"{change.since} and newer",
        "kind": change.kind,
        "level": change.level,
        "profile": change.profile,
        "endpoints": change.endpoints,
        "says": change.says,
        "before": change.before,
        "after": change.after or (f"See {change.replaced_by}." if change.replaced_by else None),
        "sources": [catalogue.place(source) for source in change.sources],
        "errata": change.errata,
        "note": change.note,
        "contested": labels.explain_contest(change),
        "seen": "with emulators only" if change.seen == "emulated" else "",
    }
    return {key: value for key, value in found.items() if value}


def _report(
    part: PageReport, places: dict[str, int], texts: Texts, budget: int, catalogue: Catalogue
) -> dict[str, Any]:
    report, matrix = part.report, part.matrix
    numbers = {result.case.key: index for index, result in enumerate(report.results)}
    evidence, kept = _evidence(part, numbers, texts, budget)
    versions = {version: index for index, version in enumerate(matrix.versions)}
    waivers = {waiver.place + waiver.change: index for index, waiver in enumerate(_waivers(matrix))}
    cases: list[int] = []
    for result in report.results:
        waiver = matrix.waived.get(result.case.key)
        cases += (
            places[result.case.change],
            versions[result.case.version],
            _SIDES.index(result.case.side),
            texts.intern(result.case.check),
            texts.intern(result.case.parameters, 160),
            _ORDER.index(result.verdict),
            texts.intern(labels.format_reason(result), 300),
            round(result.seconds * 1000),
            kept.get(result.case.key, -1),
            -1 if waiver is None else waivers[waiver.place + waiver.change],
            int(counts(result, catalogue.changes.get(result.case.change), matrix.strictness)),
        )
    return {
        "name": labels.format_daemon(report.header.daemon),
        "versions": matrix.versions,
        "represents": report.header.policy is Policy.CLASSES,
        "cases": cases,
        "evidence": evidence,
        "waivers": [_waiver(waiver) for waiver in _waivers(matrix)],
        "blocked": _blocked(part.failures, numbers, texts),
        "groups": _groups(part.failures, numbers, texts),
        "target": [visible(word) for word in labels.get_target_options(report.header)],
        "image": visible(str(report.header.selection.get("image") or "")),
        "private": report.header.daemon.private,
    }


def _waivers(matrix: Matrix) -> list[Any]:
    return list({waiver.place + waiver.change: waiver for waiver in matrix.waived.values()}.values())


def _waiver(waiver: Any) -> dict[str, str]:
    return {name: visible(str(getattr(waiver, name))) for name in ("reason", "link", "expires", "place")}


def _blocked(failures: CaseGroups, numbers: dict[str, int], texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "case": numbers[group.first.case.key],
            "amount": len(group.results),
            "versions": labels.format_versions(group.versions),
            "reason": texts.intern(group.cause.reason, 400),
            "fixtures": texts.intern(labels.format_few(group.cause.fixtures), 300),
        }
        for group in failures.blocked
    ]


def _groups(failures: CaseGroups, numbers: dict[str, int], texts: Texts) -> list[dict[str, Any]]:
    titles = (
        ("Not as documented", failures.deviations),
        ("Inconclusive", failures.inconclusive),
        ("Not as documented, waived", failures.waived),
        ("Contested, not counted: no genuine engine keeps these", failures.contested),
        ("Not counted: legacy, informative or optional", failures.aside),
    )
    return [
        {"title": title, "groups": [_group(group, numbers, texts) for group in groups]}
        for title, groups in titles
        if groups
    ]


def _group(group: CaseGroup, numbers: dict[str, int], texts: Texts) -> dict[str, Any]:
    return {
        "case": numbers[group.first.case.key],
        "amount": len(group.results),
        "versions": labels.format_versions(group.versions),
        "parameters": texts.intern(", ".join(group.parameters), 200),
    }


def _evidence(
    part: PageReport, numbers: dict[str, int], texts: Texts, budget: int
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The exchanges to keep, and for each case the index of its own or of one that failed for the same reason."""
    alike = {
        result.case.key: group.first.case.key
        for group in part.failures.with_exchanges
        for result in group.results
    }
    wanted = _wanted(part)
    ranks = {key: rank for rank, key in enumerate(wanted)}
    entries = sorted(
        (evidence for evidence in read_evidence(part.report.path) if evidence.key in ranks),
        key=lambda evidence: ranks[evidence.key],
    )
    by_key = {result.case.key: result for result in part.report.results}
    rows: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    for evidence in entries:
        result = by_key[evidence.key]
        detail = cut(visible(_asserting(evidence.detail), lines=True), _DETAIL)
        exchanges = [_exchange(exchange, result) for exchange in _asked(evidence)]
        size = len(detail) + sum(len(text) for pair in exchanges for text in pair)
        if size > budget:
            continue
        budget -= size
        places[evidence.key] = len(rows)
        rows.append(
            {
                "case": numbers[evidence.key],
                "detail": texts.intern_whole(detail),
                "exchanges": [[texts.intern_whole(text) for text in pair] for pair in exchanges],
            }
        )
    kept = {
        result.case.key: place
        for result in part.report.results
        if (place := places.get(result.case.key, places.get(alike.get(result.case.key, "")))) is not None
    }
    return rows, kept


def _wanted(part: PageReport) -> list[str]:
    """The keys of the cases whose exchanges are wanted, the most important first."""
    keys = {group.first.case.key: None for group in part.failures.with_exchanges}
    cells = [
        cell
        for row in part.matrix.rows
        if row.legacy
        for cell in (*list(row.cells.values())[:1], *list(row.legacy.values())[-1:])
    ]
    cells += [cell for row in part.matrix.rows for cell in (*row.cells.values(), *row.legacy.values())]
    for cell in cells:
        first = next((result for result in cell.results if result.evidence), None)
        if first is not None:
            keys[first.case.key] = None
    return list(keys)


def _asked(evidence: Evidence) -> list[RecordedExchange]:
    return (evidence.asked or evidence.exchanges)[-_EXCHANGES:]


def _exchange(exchange: RecordedExchange, result: Result) -> tuple[str, str]:
    """An exchange as text, and its curl line."""
    lines = format_exchange(exchange, f"{result.reason} {result.case.parameters}")
    shown = "\n".join(cut(text, 600) for text, _ in lines)
    return shown, cut(visible(exchange.curl), 1500)


def _asserting(detail: str) -> str:
    """The asserting lines of a traceback and their explanation."""
    lines = [line.rstrip() for line in detail.splitlines()]
    asserting = [line[2:].strip() for line in lines if line.startswith((">", "E "))]
    return "\n".join(asserting or lines)
