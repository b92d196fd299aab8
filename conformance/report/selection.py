"""A part of a report, as if its run had selected it."""

from __future__ import annotations

import msgspec

from conformance.catalogue import Catalogue
from conformance.report.file import Report


def select_profile(report: Report, profile: str, catalogue: Catalogue) -> Report:
    """The report with only the cases of a profile, and the profile in its selection."""
    inside = {change.id for change in catalogue.in_profile(profile)}
    header = msgspec.structs.replace(
        report.header, selection={**report.header.selection, "profile": [profile]}
    )
    results = [result for result in report.results if result.case.change in inside]
    return msgspec.structs.replace(report, header=header, results=results)
