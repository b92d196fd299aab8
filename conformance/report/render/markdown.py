"""A report as Markdown for the summary of a job or a comment: below 60 kB, changes first, details folded."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.catalogue import Catalogue
from conformance.model.text import capitalize, cut, plural
from conformance.model.verdicts import INCONCLUSIVE, NOT_CONFORMANT, Verdict
from conformance.report.compare import Comparison, Kind
from conformance.report.file import Header, Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import Standing, Totals
from conformance.report.render import comparison as compared
from conformance.report.render import labels, markdown_escape
from conformance.report.render.case_groups import BlockedGroup, CaseGroup, CaseGroups, group_cases
from conformance.report.render.exchange_text import format_exchange
from conformance.report.render.headline import describe_report, find_newest_conformant

MARKS = {
    Standing.CONFORMANT: "✅",
    Standing.WAIVED: "🟡",
    Standing.NOT_CONFORMANT: "❌",
    Standing.INCOMPLETE: "⬜",
    Standing.UNKNOWN: "❔",
}
_OUTCOME = {0: "✅", 1: "❌"}


def render_markdown(
    report: Report, matrix: Matrix, catalogue: Catalogue, base: Comparison | None = None
) -> str:
    """The report as Markdown; with `base`, what changed since then comes first. Raises UsageError for damaged evidence."""
    failures = group_cases(report, matrix, catalogue)
    lines = [
        f"## {_mark(matrix)} {markdown_escape.text(describe_report(report, matrix), 1000)}",
        "",
    ]
    if matrix.outcome.code and report.footer is not None:
        lines += [
            f"{markdown_escape.text(capitalize(matrix.outcome.why), 600)}.",
            "",
        ]
    if base is not None:
        lines += _news(base)
    lines += _versions(matrix)
    lines += _stale(matrix)
    lines += _findings("Not as documented", failures.deviations, report.header, catalogue)
    lines += _blocked(failures.blocked)
    lines += _findings("Inconclusive", failures.inconclusive, report.header, catalogue)
    lines += _waived(failures, matrix)
    lines += _uncovered(failures)
    lines += _contested(failures)
    lines += _aside(failures)
    lines += ["", f"<sub>{markdown_escape.text(_origin(report.header))}</sub>"]
    return markdown_escape.fit(lines)


def _mark(matrix: Matrix) -> str:
    """The mark of the result; of a selection without a deviation it is neutral."""
    if matrix.passed_in_part:
        return "⬜"
    return _OUTCOME.get(matrix.outcome.code, "❔")


def _news(base: Comparison) -> list[str]:
    sign = _OUTCOME.get(base.outcome.code, "❔")
    lines = [
        f"### {sign} Since {markdown_escape.text(compared.sides(base)[0][1])}",
        "",
        f"{markdown_escape.text(compared.amounts(base))}.",
        "",
    ]
    lines += [f"- {markdown_escape.text(note)}" for note in base.asked]
    for kind in (Kind.REGRESSION, Kind.LOST, Kind.FIX):
        if base.of(kind):
            lines += compared.section(base, kind, level="####")
    return [*lines, ""]


def _versions(matrix: Matrix) -> list[str]:
    newest = find_newest_conformant(matrix)
    rows = []
    for row in matrix.summaries:
        mark = " ← newest to which it conforms" if row.version == newest else ""
        rows.append(
            [
                f"{row.version}{mark}",
                f"{MARKS[row.standing]} {row.standing}" if row.standing in MARKS else str(row.standing),
                str(row.totals.get(Verdict.PASS, 0)),
                _sum(row.totals, NOT_CONFORMANT),
                _sum(row.waived, NOT_CONFORMANT),
                _sum(row.totals, INCONCLUSIVE),
                _sum(row.totals, {Verdict.UNAVAILABLE}),
            ]
        )
    return markdown_escape.table(
        ["API", "", "pass", "not as documented", "waived", "inconclusive", "not covered"], rows
    )


def _sum(totals: Totals, verdicts: Iterable[Verdict]) -> str:
    amount = sum(totals.get(verdict, 0) for verdict in verdicts)
    return f"**{amount}**" if amount else "0"


def _stale(matrix: Matrix) -> list[str]:
    if not matrix.stale:
        return []
    return [
        "",
        "### Waivers that are no longer true",
        "",
        *(f"- {markdown_escape.text(f'{stale.waiver.place}: {stale.why}')}" for stale in matrix.stale),
    ]


def _findings(title: str, groups: list[CaseGroup], header: Header, catalogue: Catalogue) -> list[str]:
    if not groups:
        return []
    rows = [
        [
            markdown_escape.code(group.id),
            labels.format_versions(group.versions),
            str(group.verdict),
            markdown_escape.text(group.reason),
        ]
        for group in groups
    ]
    lines = [
        "",
        f"### {title} ({plural(len(groups), 'finding')})",
        "",
        *markdown_escape.table(["change", "API", "verdict", "seen"], rows),
        "",
    ]
    for group in groups:
        lines += _details(group, header, catalogue)
    return lines


def _blocked(groups: list[BlockedGroup]) -> list[str]:
    if not groups:
        return []
    rows = [
        [
            markdown_escape.text(group.cause.reason),
            str(len(group.results)),
            labels.format_versions(group.versions),
            markdown_escape.text(labels.format_few(group.cause.fixtures)),
        ]
        for group in groups
    ]
    amount = plural(sum(len(group.results) for group in groups), "case")
    return [
        "",
        f"### Blocked: {amount}, by cause",
        "",
        *markdown_escape.table(["what failed", "blocked cases", "API", "fixtures"], rows),
    ]


def _details(group: CaseGroup, header: Header, catalogue: Catalogue) -> list[str]:
    lines = [
        f"<details><summary>{markdown_escape.text(group.id)} in {labels.format_versions(group.versions)}: {markdown_escape.text(group.reason, 120)}</summary>",
        "",
    ]
    promise = labels.get_sentence(group.change, group.side)
    if group.change is not None and promise:
        lines += [
            f"- documented: {markdown_escape.text(promise, 600)}",
            f"- source: {markdown_escape.text(labels.format_source(group.change, catalogue))}",
        ]
    if group.parameters:
        lines.append(f"- with {markdown_escape.text(', '.join(group.parameters))}")
    exchanges = group.evidence.asked or group.evidence.exchanges
    shown = [
        cut(text, 200) for exchange in exchanges[-1:] for text, _ in format_exchange(exchange, group.reason)
    ]
    if shown:
        lines += ["", markdown_escape.block("\n".join(shown[:16]))]
    lines += [
        "",
        markdown_escape.block(labels.format_rerun(header, group.first.case), "sh"),
        "",
        "</details>",
    ]
    return lines


def _waived(failures: CaseGroups, matrix: Matrix) -> list[str]:
    if not failures.waived:
        return []
    rows = []
    for group in failures.waived:
        waiver = matrix.waived[group.first.case.key]
        link = f" ({markdown_escape.text(waiver.link)})" if waiver.link else ""
        rows.append(
            [
                markdown_escape.code(group.id),
                labels.format_versions(group.versions),
                f"{group.verdict} (waived)",
                markdown_escape.text(waiver.reason) + link,
                str(waiver.expires),
            ]
        )
    return [
        "",
        "### Not as documented, waived",
        "",
        *markdown_escape.table(["change", "API", "verdict", "reason", "until"], rows),
    ]


def _uncovered(failures: CaseGroups) -> list[str]:
    if not failures.uncovered:
        return []
    rows = [
        f"- {group.verdict} ({plural(len(group.results), 'case')}): {markdown_escape.text(group.reason)}"
        for group in failures.uncovered
    ]
    return ["", "### Not covered", "", *rows]


def _contested(failures: CaseGroups) -> list[str]:
    if not failures.contested:
        return []
    rows = [
        [
            markdown_escape.code(group.id),
            labels.format_versions(group.versions),
            str(group.verdict),
            markdown_escape.text(group.reason, 160),
            markdown_escape.text(labels.explain_contest(group.change), 600),
        ]
        for group in failures.contested
    ]
    return [
        "",
        f"<details><summary>Contested, not counted: no genuine engine keeps these ({len(rows)})</summary>",
        "",
        *markdown_escape.table(["change", "API", "verdict", "seen", "why contested"], rows),
        "",
        "</details>",
    ]


def _aside(failures: CaseGroups) -> list[str]:
    if not failures.aside:
        return []
    rows = [
        [
            markdown_escape.code(group.id),
            labels.format_versions(group.versions),
            str(group.verdict),
            markdown_escape.text(group.reason, 160),
        ]
        for group in failures.aside
    ]
    head = f"<details><summary>Not counted: legacy, informative or optional ({len(rows)})</summary>"
    return [
        "",
        head,
        "",
        *markdown_escape.table(["change", "API", "verdict", "seen"], rows),
        "",
        "</details>",
    ]


def _origin(header: Header) -> str:
    return f"docker-conformance {header.suite_version or 'unknown'}, run {header.run or 'unknown'}, started {header.started or 'unknown'}"
