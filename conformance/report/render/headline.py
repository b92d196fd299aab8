"""The result of a report in one sentence, for the top of every page."""

from __future__ import annotations

from typing import NamedTuple

from conformance.model.text import one_line, plural
from conformance.model.verdicts import NOT_CONFORMANT, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.file import Report
from conformance.report.matrix import Matrix
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


def describe_report(report: Report, matrix: Matrix) -> str:
    """The daemon, the versions that it serves and conforms to, how many changes it fails, and whether the run was complete."""
    footer = report.footer
    if footer is None:
        return f"{_daemon(report)}: the run was interrupted, so it is not judged."
    parts = []
    for standing, said in _SAID.items():
        versions = [summary.version for summary in matrix.summaries if summary.standing is standing]
        if versions:
            parts.append(f"{said} API {labels.format_versions(versions)}")
    found = count_changes(matrix)
    more = f" and {found.contested} more that no genuine engine keeps" if found.contested else ""
    parts.append(f"fails {found.failed or 'none'} of {plural(found.asked, 'documented change')}{more}")
    end = (
        "complete"
        if footer.complete
        else f"incomplete ({one_line(footer.why_incomplete, 120) or 'it ended early'})"
    )
    part = " of a selection" if matrix.narrowed else ""
    return f"{_daemon(report)} {', '.join(parts[:-1])}{', and ' if len(parts) > 1 else ''}{parts[-1]}; the run{part} was {end}."


def _daemon(report: Report) -> str:
    daemon = report.header.daemon
    served = labels.format_window(daemon)
    return labels.format_daemon(daemon) + (f" ({served})" if served else "")


class Amounts(NamedTuple):
    """How many changes were asked, fail a counted case that no waiver covers, and fail as contested ones."""

    asked: int
    failed: int
    contested: int


def count_changes(matrix: Matrix) -> Amounts:
    """Count the changes of a report."""
    asked, failed, contested = 0, 0, 0
    for row in matrix.rows:
        weights = [
            (weigh(result, row.change, matrix.strictness), result)
            for cell in (*row.cells.values(), *row.legacy.values())
            for result in cell.results
        ]
        asked += any(
            weight in (Weight.COUNTED, Weight.CONTESTED)
            and result.verdict not in (Verdict.UNSERVED, Verdict.NOT_RUN)
            for weight, result in weights
        )
        failed += any(
            weight is Weight.COUNTED
            and result.verdict in NOT_CONFORMANT
            and result.case.key not in matrix.waived
            for weight, result in weights
        )
        contested += any(weight is Weight.CONTESTED for weight, _ in weights)
    return Amounts(asked, failed, contested)


def find_newest_conformant(matrix: Matrix) -> ApiVersion | None:
    """The newest version to which the daemon conforms fully; None if it conforms to no version."""
    versions = [summary.version for summary in matrix.summaries if summary.standing is Standing.CONFORMANT]
    return max(versions, default=None)
