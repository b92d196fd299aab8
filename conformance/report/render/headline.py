"""The result of a report in a sentence or two, for the top of every rendering: the share first, then the verdict."""

from __future__ import annotations

from conformance.model.text import join_words, one_line, plural
from conformance.model.versions import ApiVersion
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import Standing
from conformance.report.render import labels
from conformance.report.statements import Amounts, count_statements

#: The verb phrase of each standing, before its versions.
_SAID = {
    Standing.CONFORMANT: "conforms to",
    Standing.WAIVED: "conforms but for waivers to",
    Standing.NOT_CONFORMANT: "does not conform to",
    Standing.UNKNOWN: "is inconclusive in",
    Standing.UNSERVED: "does not serve",
}


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
        sentences.append(f"Not counted: {amount} that no tested release of Docker Engine keeps either.")
    return sentences


def _describe_unjudged(amounts: Amounts) -> str:
    """How many statements are not judged, and why."""
    why = {
        "the host lacks something": amounts.lacking,
        "a request failed": amounts.blocked,
        "no verdict": amounts.unjudged - amounts.lacking - amounts.blocked,
    }
    (reason, amount), *rest = [(reason, amount) for reason, amount in why.items() if amount]
    said = [f"{plural(amount, 'statement')} ({reason})"]
    return ", ".join(said + [f"{amount} ({reason})" for reason, amount in rest])


def _describe_share(name: str, amounts: Amounts) -> str:
    if not amounts.judged:
        return f"{name}: none of {plural(amounts.asked, 'statement')} could be judged"
    amount = f"{amounts.kept} of {amounts.judged}"
    head = f"{name} keeps {amounts.share} of the statements of Docker's API documents ({amount})"
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
