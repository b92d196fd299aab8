"""What became of each statement of a report, and how many became what. No I/O."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from conformance.catalogue.nouns import NOUNS, noun_of, noun_of_endpoint
from conformance.model.verdicts import NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.matrix import Matrix, Row
from conformance.report.outcome import Weight, weigh


class StatementVerdict(enum.Enum):
    """What became of the counted cases of a statement."""

    KEPT = enum.auto()
    DEVIATES = enum.auto()
    WAIVED = enum.auto()  # deviates, and a waiver covers each deviation
    CONTESTED = enum.auto()  # only deviations that no genuine engine avoids
    BLOCKED = enum.auto()  # not judged: a fixture failed
    LACKING = enum.auto()  # not judged: the host lacks something
    UNJUDGED = enum.auto()  # not judged for another reason
    UNASKED = enum.auto()


#: The verdicts of a statement that was judged.
JUDGED_STATEMENTS = frozenset({StatementVerdict.KEPT, StatementVerdict.DEVIATES, StatementVerdict.WAIVED})


#: What a statement becomes without a deviation, by the first of these verdicts that one of its cases has.
_UNLESS_BAD = {
    Verdict.PASS: StatementVerdict.KEPT,
    Verdict.BLOCKED: StatementVerdict.BLOCKED,
    Verdict.UNAVAILABLE: StatementVerdict.LACKING,
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
        """The share of kept statements in tenths of a per cent, rounded, and 1000 only if all are kept; 0 if none was judged."""
        if not self.judged:
            return 0
        rounded = round(1000 * self.kept / self.judged)
        return rounded if self.kept == self.judged else min(rounded, 999)

    @property
    def share(self) -> str:
        """The share of kept statements in per cent; ``100 %`` only if all are kept."""
        tenths = self.tenths
        return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} %"


def judge_statement(
    row: Row, matrix: Matrix, versions: Collection[ApiVersion] | None = None
) -> StatementVerdict:
    """What became of a statement, in all versions or in some."""
    weights = _weigh_row(row, matrix, versions)
    counted = [result for weight, result in weights if weight is Weight.COUNTED]
    contested = [result for weight, result in weights if weight is Weight.CONTESTED]
    verdicts = {result.verdict for result in counted}
    if bad := [result for result in counted if result.verdict in NOT_CONFORMANT]:
        covered = all(result.case.key in matrix.waived for result in bad)
        return StatementVerdict.WAIVED if covered else StatementVerdict.DEVIATES
    if contested:
        return StatementVerdict.CONTESTED
    for verdict, became in _UNLESS_BAD.items():
        if verdict in verdicts:
            return became
    asked = verdicts - {Verdict.UNSERVED, Verdict.NOT_RUN}
    return StatementVerdict.UNJUDGED if asked else StatementVerdict.UNASKED


def count_statements(matrix: Matrix, versions: Collection[ApiVersion] | None = None) -> Amounts:
    """Count the statements of a report, or those that were asked in some of its versions, by what became of them."""
    unasked = len(matrix.unasked) if versions is None else 0
    return _count(matrix.rows, matrix, versions, unasked=unasked)


def count_by_noun(matrix: Matrix) -> dict[str, Amounts]:
    """Count the statements of each noun that a report asked; one that the catalogue does not have is of ``system``."""
    rows: dict[str, list[Row]] = {noun: [] for noun in NOUNS}
    for row in matrix.rows:
        rows[noun_of(row.change) if row.change is not None else noun_of_endpoint("")].append(row)
    missing = Counter(noun_of(change) for change in matrix.unasked)
    amounts = {noun: _count(inside, matrix, unasked=missing[noun]) for noun, inside in rows.items()}
    return {noun: one for noun, one in amounts.items() if one.asked}


def _count(
    rows: Iterable[Row], matrix: Matrix, versions: Collection[ApiVersion] | None = None, *, unasked: int = 0
) -> Amounts:
    found = Counter(judge_statement(row, matrix, versions) for row in rows)
    asked = found.total() - found[StatementVerdict.UNASKED]
    return Amounts(
        asked=asked,
        total=asked + unasked,
        judged=sum(found[verdict] for verdict in JUDGED_STATEMENTS),
        failed=found[StatementVerdict.DEVIATES],
        waived=found[StatementVerdict.WAIVED],
        contested=found[StatementVerdict.CONTESTED],
        lacking=found[StatementVerdict.LACKING],
        blocked=found[StatementVerdict.BLOCKED],
    )


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
