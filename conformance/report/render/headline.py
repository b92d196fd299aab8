"""The one sentence that a report comes to, for every page that opens with it."""

from __future__ import annotations

from conformance.model.text import one_line, plural
from conformance.model.verdicts import NOT_CONFORMANT, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import Standing, counts, deviates_as_contested
from conformance.report.render import labels

#: How each standing is said of versions.
_SAID = {
    Standing.CONFORMANT: "conforms to",
    Standing.WAIVED: "conforms but for waivers to",
    Standing.NOT_CONFORMANT: "does not conform to",
    Standing.UNKNOWN: "could not be judged in",
    Standing.UNSERVED: "does not serve",
}


def sentence(report: Report, matrix: Matrix) -> str:
    """Daemon, window, what it conforms to, how many documented changes it fails, whether the run was complete."""
    footer = report.footer
    if footer is None:
        return f"{_daemon(report)}: the run was interrupted, so it is not judged."
    parts = []
    for standing, said in _SAID.items():
        versions = [summary.version for summary in matrix.summaries if summary.standing is standing]
        if versions:
            parts.append(f"{said} API {labels.span(versions)}")
    failed, asked = failed_changes(matrix)
    contested = contested_changes(matrix)
    but = f" and {contested} that no genuine engine keeps" if contested else ""
    parts.append(f"fails {failed or 'none'} of {plural(asked, 'documented change')}{but}")
    end = (
        "complete"
        if footer.complete
        else f"incomplete ({one_line(footer.why_incomplete, 120) or 'it ended early'})"
    )
    part = " of a selection" if matrix.narrowed else ""
    return f"{_daemon(report)} {', '.join(parts[:-1])}{', and ' if len(parts) > 1 else ''}{parts[-1]}; the run{part} was {end}."


def _daemon(report: Report) -> str:
    daemon = report.header.daemon
    served = labels.served(daemon)
    return labels.daemon_name(daemon) + (f" ({served})" if served else "")


def failed_changes(matrix: Matrix) -> tuple[int, int]:
    """How many changes a counted case fails that no waiver covers, and how many were asked at all."""
    failed, asked = 0, 0
    for row in matrix.rows:
        cells = [*row.cells.values(), *row.legacy.values()]
        results = [
            result
            for cell in cells
            for result in cell.results
            if counts(result, row.change, matrix.strictness)
        ]
        asked += any(result.verdict not in (Verdict.UNSERVED, Verdict.NOT_RUN) for result in results)
        failed += any(
            result.verdict in NOT_CONFORMANT and result.case.key not in matrix.waived for result in results
        )
    return failed, asked


def contested_changes(matrix: Matrix) -> int:
    """How many contested changes the daemon deviates from as all genuine engines do; 0 where they count."""
    if matrix.strictness.contested:
        return 0
    return sum(
        any(
            deviates_as_contested(result, row.change)
            for cell in row.cells.values()
            for result in cell.results
        )
        for row in matrix.rows
    )


def newest_conformant(matrix: Matrix) -> str:
    """The newest version to which the daemon conforms fully, as its own counted cases say; "" if there is none."""
    versions = [summary.version for summary in matrix.summaries if summary.standing is Standing.CONFORMANT]
    return max(versions, key=ApiVersion.parse, default="")
