"""Neighbouring versions with the same standing as one row: forty-two versions are seldom more than a few."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

import msgspec

from conformance.model.verdicts import INCONCLUSIVE, NOT_CONFORMANT, Verdict
from conformance.report.outcome import Standing, Totals, VersionSummary
from conformance.report.render import labels


class Stretch(msgspec.Struct, frozen=True):
    """Versions with one standing: their names as ranges, and their cases in words."""

    standing: Standing
    rows: list[VersionSummary]

    @property
    def versions(self) -> str:
        """The versions as ranges."""
        return labels.format_versions(row.version for row in self.rows)

    @property
    def totals(self) -> Totals:
        """The counted cases of all versions together."""
        found: Totals = {}
        for row in self.rows:
            for verdict, amount in row.totals.items():
                found[verdict] = found.get(verdict, 0) + amount
        return found

    @property
    def counts(self) -> str:
        """The cases in words: ``12 pass, 3 deviate``; "" for versions that are not served."""
        if self.standing is Standing.UNSERVED:
            return ""
        contested = _sum((row.contested for row in self.rows), set(Verdict))
        return count_in_words(self.totals, self.waived, contested)

    @property
    def waived(self) -> int:
        """The number of waived cases."""
        return _sum((row.waived for row in self.rows), set(Verdict))


def count_in_words(totals: Totals, waived: int = 0, contested: int = 0) -> str:
    """Cases in six groups, those of zero left out: ``12 pass, 3 deviate``."""
    amounts = {
        "pass": _sum([totals], {Verdict.PASS}),
        "deviate": _sum([totals], NOT_CONFORMANT),
        "inconclusive": _sum([totals], INCONCLUSIVE),
        "not covered": _sum([totals], {Verdict.UNAVAILABLE}),
        "waived": waived,
        "contested": contested,
    }
    return ", ".join(f"{amount} {word}" for word, amount in amounts.items() if amount) or "no case counts"


def find_stretches(summaries: Sequence[VersionSummary]) -> list[Stretch]:
    """Neighbouring versions with the same standing, in the order of the versions."""
    return [Stretch(standing, list(rows)) for standing, rows in groupby(summaries, lambda row: row.standing)]


def _sum(all_totals: Iterable[Totals], verdicts: Collection[Verdict]) -> int:
    return sum(totals.get(verdict, 0) for totals in all_totals for verdict in verdicts)
