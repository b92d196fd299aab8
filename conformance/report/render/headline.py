"""The result of a report in a sentence or two, for the top of every rendering: the share first, then the verdict."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from conformance.model.text import join_words, one_line, plural
from conformance.model.verdicts import NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.file import Report
from conformance.report.matrix import Matrix, Row
from conformance.report.outcome import Standing, Weight, weigh
from conformance.report.render import labels

#: The verb phrase of each standing, before its versions.
_SAID = {
    Standing.CONFORMANT: "conforms to",
    Standing.WAIVED: "conforms but for waivers to",
    Standing.NOT_CONFORMANT: "does not conform to",
    Standing.UNKNOWN: "is inconclusive in",
    Standing.UNSERVED: "does not serve",
}


class Amounts(NamedTuple):
    """How many statements a report has, by what became of their counted cases.

    `asked` are all that were asked, `total` also those that the selection left out; `judged` are those that passed or
    deviated, among them `failed`, and `waived`, whose deviations a waiver covers. `contested` are those of which only
    deviations were seen that no genuine engine avoids; they are not judged. Of the others that are not judged, `lacking` are
    those that need something that the host does not have, `blocked` those whose fixture failed.
    """

    asked: int
    total: int
    judged: int
    failed: int
    waived: int
    contested: int
    lacking: int = 0
    blocked: int = 0

    @property
    def unjudged(self) -> int:
        """The statements that were asked and of which nothing is known."""
        return self.asked - self.judged - self.contested

    @property
    def words(self) -> str:
        """What became of the judged statements: ``12 kept, 3 deviate``."""
        amounts = {"kept": self.kept, "deviate": self.failed, "waived": self.waived}
        return ", ".join(f"{amount} {word}" for word, amount in amounts.items() if amount) or (
            "none judged" if self.asked else ""
        )

    @property
    def kept(self) -> int:
        """The statements without a deviation."""
        return self.judged - self.failed - self.waived

    @property
    def tenths(self) -> int:
        """The share of kept statements in tenths of a per cent, rounded down; 0 if none was judged."""
        return 1000 * self.kept // self.judged if self.judged else 0

    @property
    def share(self) -> str:
        """The share of kept statements in per cent; ``100 %`` only if all are kept."""
        tenths = self.tenths
        return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} %"


def count_statements(matrix: Matrix, versions: Collection[ApiVersion] | None = None) -> Amounts:
    """Count the statements of a report, or those that were asked in some of its versions, by what became of them."""
    asked = judged = failed = waived = contested = lacking = blocked = 0
    for row in matrix.rows:
        weights = _weigh_row(row, matrix, versions)
        counted = [result for weight, result in weights if weight is Weight.COUNTED]
        bad = [result for result in counted if result.verdict in NOT_CONFORMANT]
        open_ = any(result.case.key not in matrix.waived for result in bad)
        disputed = not bad and any(weight is Weight.CONTESTED for weight, _ in weights)
        verdicts = {result.verdict for result in counted}
        is_judged = bool(bad) or (not disputed and Verdict.PASS in verdicts)
        asked += any(
            weight in (Weight.COUNTED, Weight.CONTESTED)
            and result.verdict not in (Verdict.UNSERVED, Verdict.NOT_RUN)
            for weight, result in weights
        )
        judged += is_judged
        failed += open_
        waived += bool(bad) and not open_
        contested += disputed
        if not is_judged and not disputed:
            blocked += Verdict.BLOCKED in verdicts
            lacking += Verdict.UNAVAILABLE in verdicts and Verdict.BLOCKED not in verdicts
    total = asked + (len(matrix.unasked) if versions is None else 0)
    return Amounts(asked, total, judged, failed, waived, contested, lacking, blocked)


def _weigh_row(
    row: Row, matrix: Matrix, versions: Collection[ApiVersion] | None
) -> list[tuple[Weight, Result]]:
    cells = [*row.cells.values(), *row.legacy.values()]
    if versions is not None:
        cells = [cell for cell in cells if cell.version in versions]
        cells += [row.cells[stands] for version, stands in row.represented.items() if version in versions]
    return [
        (weigh(result, row.change, matrix.strictness), result) for cell in cells for result in cell.results
    ]


def describe_report(report: Report, matrix: Matrix) -> str:
    """The verdict, and what is neither counted nor judged, in a few sentences."""
    return " ".join([describe_verdict(report, matrix), *describe_rest(report, matrix)])


def describe_verdict(report: Report, matrix: Matrix) -> str:
    """The daemon, the share of statements that it keeps, the versions that it conforms to, and whether the run was complete.

    Of a selection it is said how much was asked, and never that the daemon conforms.
    """
    name, footer = labels.format_daemon(report.header.daemon), report.footer
    if footer is None:
        return f"{name}: the run was interrupted, so it is not judged."
    amounts = count_statements(matrix)
    sentences = [
        _describe_selection(name, amounts) if matrix.narrowed else _describe_share(name, amounts),
        *_describe_standings(matrix),
    ]
    if not footer.complete:
        sentences.append(f"The run is incomplete: {one_line(footer.why_incomplete, 120) or 'it ended early'}")
    return ". ".join(sentences) + "."


def describe_rest(report: Report, matrix: Matrix) -> list[str]:
    """What a report says nothing of, and what does not count, in a sentence each; nothing of an interrupted run."""
    if report.footer is None:
        return []
    amounts = count_statements(matrix)
    sentences = []
    if amounts.unjudged and amounts.judged:
        sentences.append(f"Not judged: {_describe_unjudged(amounts)}.")
    if amounts.contested:
        amount = plural(amounts.contested, "statement")
        sentences.append(f"Not counted: {amount} that no tested release of Docker Engine keeps.")
    return sentences


def _describe_unjudged(amounts: Amounts) -> str:
    """How many statements are not judged, and what they need."""
    parts = [(amounts.lacking, "what this host lacks"), (amounts.blocked, "a request that failed")]
    said = ", ".join(f"{amount} {what}" for amount, what in parts if amount)
    others = amounts.unjudged - amounts.lacking - amounts.blocked
    if not said:
        return plural(others, "statement")
    first = amounts.lacking or amounts.blocked
    said = said.replace(f"{first} ", f"{plural(first, 'statement')} {'needs' if first == 1 else 'need'} ", 1)
    return f"{said}; {plural(others, 'other')}" if others else said


def _describe_share(name: str, amounts: Amounts) -> str:
    if not amounts.judged:
        return f"{name}: none of {plural(amounts.asked, 'statement')} could be judged"
    head = (
        f"{name} keeps {amounts.kept} of {plural(amounts.judged, 'documented statement')} ({amounts.share})"
    )
    return "; ".join([head, *_describe_deviations(amounts)])


def _describe_selection(name: str, amounts: Amounts) -> str:
    head = f"{name}: {amounts.asked} of {plural(amounts.total, 'statement')} asked"
    seen = _describe_deviations(amounts)
    if not amounts.failed:
        seen.insert(0, "no deviation seen" if amounts.judged else "none could be judged")
    return f"{head}: {'; '.join(seen)}"


def _describe_deviations(amounts: Amounts) -> list[str]:
    """How many statements are not kept."""
    parts = [f"{amounts.failed} {'deviates' if amounts.failed == 1 else 'deviate'}"] if amounts.failed else []
    return parts + ([f"{amounts.waived} waived"] if amounts.waived else [])


def _describe_standings(matrix: Matrix) -> list[str]:
    """The versions by their standing; of a selected profile its standing."""
    if matrix.selected_profiles:
        return [
            f"Profile {profile.name}: {profile.standing}"
            for profile in matrix.profiles
            if profile.name in matrix.selected_profiles
        ]
    if matrix.narrowed:
        return []
    parts = []
    for standing, said in _SAID.items():
        versions = [summary.version for summary in matrix.summaries if summary.standing is standing]
        if versions:
            parts.append(f"{said} API {labels.format_versions(versions)}")
    sentences = [f"It {join_words(parts)}"] if parts else []
    if any(summary.standing is Standing.EDGES for summary in matrix.summaries):
        sentences.append("It was a quick run (--quick), so no version is judged")
    return sentences


def find_newest_conformant(matrix: Matrix) -> ApiVersion | None:
    """The newest version to which the daemon conforms fully; None if it conforms to no version."""
    versions = [summary.version for summary in matrix.summaries if summary.standing is Standing.CONFORMANT]
    return max(versions, default=None)
