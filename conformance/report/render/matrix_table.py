"""The matrix for a terminal or a pipe: changes by versions, a sign for each cell, and a legend."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from conformance.model.text import break_name, visible
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.matrix import Cell, Matrix, Row
from conformance.report.render import labels
from conformance.report.render.console import STYLES, Printer

_CELL = 6
_NARROW = 5
# the number of cases is shown for these verdicts only
_COUNTED = frozenset({Verdict.BLOCKED, Verdict.NOT_IMPLEMENTED, Verdict.FAIL, Verdict.ERROR})
_MARKS = {"required": "", "informative": " i", "optional": " o"}


class MatrixTable(Printer):
    """Prints rows of a matrix; a cell is as wide as six characters, or narrower where versions would not fit."""

    def __init__(self, out: Console, matrix: Matrix) -> None:
        super().__init__(out)
        self._matrix = matrix
        self._signs = labels.choose_signs(out.encoding)

    def print_rows(self, rows: list[Row], *, legacy: bool) -> None:
        """Print the cells of `rows`, or their legacy cells, in bands of as many versions as fit the width."""
        widest = max((len(self._label(row)) for row in rows), default=0)
        versions = [
            v
            for v in self._matrix.versions
            if any(v in (row.legacy if legacy else row.cells) for row in rows)
        ]
        room = self.out.width - 2 - min(widest, self.out.width // 2)
        size = (
            _CELL
            if room >= _CELL * len(versions)
            else max(_NARROW, *(len(str(version)) + 1 for version in versions))
        )
        bands = -(-len(versions) // max(1, room // size))
        fitting = (
            -(-len(versions) // bands) if bands else 1
        )  # bands of one width, rather than a short last one
        for start in range(0, len(versions), fitting):
            self._print_band(rows, versions[start : start + fitting], size, widest, legacy)

    def _print_band(
        self, rows: list[Row], versions: list[ApiVersion], size: int, widest: int, legacy: bool
    ) -> None:
        label = max(20, min(widest, self.out.width - 2 - size * len(versions)))
        self.print_line()
        self._print_row(
            Text(" " * (label + 2)), [Text(str(version).rjust(size), style="bold") for version in versions]
        )
        group = ""
        for row in rows:
            cells = row.legacy if legacy else row.cells
            if not any(version in cells for version in versions):
                continue
            if row.group != group:
                group = row.group
                self.print_line(Text(labels.format_group(group), style="bold"))
            self._print_matrix_row(
                self._label(row),
                label,
                [
                    _reference(size)
                    if not legacy and version in row.represented
                    else self._cell(cells.get(version), size)
                    for version in versions
                ],
            )

    def _print_matrix_row(self, name: str, label: int, cells: list[Text]) -> None:
        if len(name) > label:
            for line in break_name(name, self.out.width - 2):
                self.print_line(f"  {line}")
            name = ""
        self._print_row(Text(f"  {name.ljust(label)}"), cells)

    def _print_row(self, head: Text, cells: list[Text]) -> None:
        row = Text.assemble(head, *cells)
        row.rstrip()
        self.out.print(row, no_wrap=True, overflow="ignore", crop=False)

    def _label(self, row: Row) -> str:
        name = visible(row.id.partition("/")[2] or row.id)
        if row.change is None:
            return f"{name} (unknown here)"
        return name + (" c" if row.change.contested else _MARKS[row.change.level])

    def _cell(self, cell: Cell | None, size: int) -> Text:
        if cell is None:
            return Text(" " * size)
        verdict = cell.verdict
        amount = cell.totals[verdict]
        sign = self._signs[verdict] + (str(amount) if amount > 1 and verdict in _COUNTED else "")
        # the sign stands below the dot of the version, a number to its right
        return Text((" " * (size - 3) + sign).ljust(size), style=STYLES[verdict])

    def print_legend(self) -> None:
        """Print the meaning of the signs and marks that the matrix has."""
        seen = {
            cell.verdict for row in self._matrix.rows for cell in (*row.cells.values(), *row.legacy.values())
        }
        self.print_line()
        for verdict in Verdict:
            if verdict in seen:
                entry = Text.assemble(
                    (self._signs[verdict], STYLES[verdict]), f" {verdict}: {labels.MEANING[verdict]}"
                )
                self.print_line(entry, indent=2)
        if any(row.represented for row in self._matrix.rows):
            self.print_line(
                "= not asked: the cell to its left stands for it, as no document changes anything there (--every-version asks).",
                "dim",
                indent=2,
            )
        if seen & _COUNTED:
            self.print_line(
                "A number beside a sign: how many cases of the cell have that verdict.", "dim", indent=2
            )
        levels = {row.change.level for row in self._matrix.rows if row.change}
        if "informative" in levels:
            self.print_line(
                "i after a name: informative, a question rather than an obligation; it does not count.",
                "dim",
                indent=2,
            )
        if any(row.change and row.change.contested for row in self._matrix.rows):
            self.print_line(
                "c after a name: contested; no genuine engine keeps it, so a deviation does not count (--strict counts it).",
                "dim",
                indent=2,
            )
        if "optional" in levels:
            self.print_line(
                "o after a name: optional; being absent does not count against the daemon.", "dim", indent=2
            )


def _reference(size: int) -> Text:
    return Text((" " * (size - 3) + "=").ljust(size), style="dim")
