"""What the page of several daemons says beyond the matrix of each: how every statement fares beside Docker's own engine."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.catalogue import Catalogue
from conformance.model.versions import ApiVersion
from conformance.report.compatibility import Relation, hold_against
from conformance.report.file import Report
from conformance.report.render import labels

_REFERENCE = "Docker"


def find_reference(reports: Sequence[Report]) -> int | None:
    """The place of the report that the others are held against: of the Docker engines the newest; None if there is none."""
    engines = [
        place
        for place, report in enumerate(reports)
        if report.footer is not None and report.header.daemon.engine.split(" ")[0] == _REFERENCE
    ]
    return max(engines, key=lambda place: _newest(reports[place]), default=None) if len(reports) > 1 else None


def _newest(report: Report) -> ApiVersion:
    window = report.header.daemon.window
    return window.until if window is not None and window.until is not None else ApiVersion(0, 0)


def relate_statements(report: Report, reference: Report, catalogue: Catalogue) -> dict[str, Relation]:
    """The relation of each statement of a report to `reference`; empty if the report is interrupted."""
    if report.footer is None:
        return {}
    held = hold_against(labels.format_daemon(reference.header.daemon), reference, report, catalogue)
    return {one.statement: one.relation for one in held.statements}
