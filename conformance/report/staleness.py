"""Which rows of a report are out of date: those of statements that were edited since, and which statements it lacks.

A report's header holds a digest of each statement that its run asked for. An edited statement makes its own rows stale and
no others; a statement that is newer than the report is not a mistake of the report.
"""

from __future__ import annotations

import msgspec

from conformance.catalogue import Catalogue
from conformance.catalogue.binding import Binding
from conformance.catalogue.check_index import checks
from conformance.report.file import Report
from conformance.report.outcome import is_narrowed


class Staleness(msgspec.Struct, frozen=True):
    """Ids of statements: `edited` ones were changed or removed since the run, `recheck` ones have a check that did not run then.

    `missing` ones would be asked now in the versions of the report, and were not; of a selection they are not looked for.
    `known` is False for a report without digests, for which edited statements are not known.
    """

    known: bool
    edited: list[str]
    recheck: list[str]
    missing: list[str]

    @property
    def stale(self) -> set[str]:
        """The statements whose rows are out of date."""
        return {*self.edited, *self.recheck}


def staleness(report: Report, catalogue: Catalogue) -> Staleness:
    """Hold a report against the catalogue and the checks of today."""
    digests = report.header.statements
    asked: dict[str, set[str]] = {}
    for result in report.results:
        asked.setdefault(result.case.change, set()).add(result.case.check)
    expected = _expected(report, catalogue)
    return Staleness(
        known=bool(digests),
        edited=[name for name in asked if name in digests and digests[name] != catalogue.digests.get(name)],
        recheck=[name for name, wanted in expected.items() if name in asked and wanted - asked[name]],
        missing=[name for name in expected if name not in asked and not is_narrowed(report.header)],
    )


def _expected(report: Report, catalogue: Catalogue) -> dict[str, set[str]]:
    """The checks that would run now in the versions of a report, by statement."""
    versions = report.header.versions
    found: dict[str, set[str]] = {}
    for name in catalogue.changes:
        for check in checks().get(name, []):
            if any(Binding(name, check.side).covers(version) for version in versions):
                found.setdefault(name, set()).add(check.id)
    return found
