"""A report for a terminal, or a pipe: the matrix, what it adds up to, then each failure with what a reader needs.

Everything is readable without colour: a cell is a sign and, where several cases share the bad verdict, their number.
Lines fit the width of the console; only curl lines and commands are left whole, because they are for copying.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import IO

from rich.console import Console
from rich.text import Text

from conformance.catalogue import Catalogue, Change
from conformance.matrix import Cell, Matrix, Row, Standing
from conformance.render import words
from conformance.render.exchange import exchange_lines
from conformance.render.failures import Failures, Group, collect
from conformance.results import NOT_CONFORMANT, Report, Verdict

STYLES = {
    Verdict.PASS: "green",
    Verdict.UNSERVED: "dim",
    Verdict.UNAVAILABLE: "yellow",
    Verdict.NOT_RUN: "yellow",
    Verdict.BLOCKED: "magenta",
    Verdict.NOT_IMPLEMENTED: "bold red",
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "bold magenta",
}
STANDING_STYLES = {
    Standing.CONFORMANT: "bold green",
    Standing.NOT_CONFORMANT: "bold red",
    Standing.INCOMPLETE: "yellow",
    Standing.UNKNOWN: "bold magenta",
    Standing.UNSERVED: "dim",
}
_CELL = 6
_NARROW = 5
_CHECK_LINES = 2
_DETAIL_LINES = 4
_MARKS = {"required": "", "informative": " i", "optional": " o"}


def console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console that writes plain text where colour is not wanted (NO_COLOR, a pipe)."""
    return Console(file=file or sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def hang(out: Console, head: Text, body: Text, *, indent: int = 0) -> None:
    """Print `body` after `head`, wrapped, its further lines below its first."""
    width = len(head.plain) + indent
    for index, row in enumerate(body.wrap(out, max(20, out.width - width), overflow="fold") or [Text()]):
        row.rstrip()
        start = Text(" " * indent) + head if index == 0 else Text(" " * width)
        line = start + row
        line.rstrip()
        out.print(line, no_wrap=True, overflow="ignore", crop=False)


def show(report: Report, matrix: Matrix, catalogue: Catalogue, out: Console, *, details: bool = True, aside: bool = False) -> None:
    """Print a report. `details` off leaves the matrix and the totals; `aside` gives legacy deviations in full too."""
    _Page(report, matrix, catalogue, out).show(details, aside)


class _Page:
    def __init__(self, report: Report, matrix: Matrix, catalogue: Catalogue, out: Console) -> None:
        self.report = report
        self.matrix = matrix
        self.catalogue = catalogue
        self.out = out
        self.signs = words.signs(out.encoding)
        self.dash = "–" if self.signs is words.SIGNS else "-"

    def line(self, text: str | Text = "", style: str = "", indent: int = 0) -> None:
        """Print one paragraph."""
        body = text if isinstance(text, Text) else Text(text, style=style)
        hang(self.out, Text(), body, indent=indent)

    def whole(self, text: str, indent: int = 0) -> None:
        """Print a line that is for copying: never broken."""
        self.out.print(Text(" " * indent + text, style="cyan"), no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        self.line()
        self.line(text, style="bold")

    def show(self, details: bool, aside: bool) -> None:
        failures = collect(self.report, self.matrix, self.catalogue, evidence=details)
        self.head()
        self.table([row for row in self.matrix.rows if row.cells], legacy=False)
        old = [row for row in self.matrix.rows if row.legacy]
        if old:
            counted = "counted" if self.matrix.strict_legacy else "shown, not counted"
            self.heading(f"Legacy: versions below the change, where the document tells of them ({counted})")
            self.table(old, legacy=True)
        self.legend()
        if details:
            self.groups("Not as documented", failures.deviations)
            self.groups("Could not tell", failures.untold)
            if aside:
                self.groups("Does not count (legacy, informative or optional)", failures.aside)
        self.uncovered(failures)
        if not (details and aside):
            self.aside(failures.aside)
        self.summary()
        self.verdict()

    def head(self) -> None:
        header = self.report.header
        daemon = header.daemon
        name = Text(words.daemon_name(daemon), style="bold")
        if daemon.get("private"):
            name.append(f", started privately from {words.visible(str(daemon.get('target')))}", style="default")
        elif daemon.get("url"):
            name.append(f" at {words.visible(str(daemon['url']))}", style="default")
        self.line(name)
        oldest, newest = daemon.get("oldest"), daemon.get("newest")
        served = f"serves API {words.visible(str(oldest))} to {words.visible(str(newest))}; " if oldest and newest else ""
        self.line(f"{served}asked in {words.span(self.matrix.versions) or 'no version'}")
        started = f", started {words.visible(header.started)}" if header.started else ""
        self.line(f"suite {words.visible(header.suite_version) or 'unknown'}{started}", style="dim")
        if header.catalogue and header.catalogue != self.catalogue.digest:
            self.line("The report was made with another catalogue than this suite has; texts may differ.", style="yellow")
        if self.report.footer is None:
            self.line()
            self.line("INTERRUPTED: the report has no footer. What follows is what came before the end; it is not judged.", "bold red")

    def table(self, rows: list[Row], *, legacy: bool) -> None:
        widest = max((len(self.label(row)) for row in rows), default=0)
        versions = [v for v in self.matrix.versions if any(v in (row.legacy if legacy else row.cells) for row in rows)]
        room = self.out.width - 2 - min(widest, self.out.width // 2)
        size = _CELL if room >= _CELL * len(versions) else max(_NARROW, *(len(version) + 1 for version in versions))
        bands = -(-len(versions) // max(1, room // size))
        fitting = -(-len(versions) // bands) if bands else 1  # bands of one width, rather than a short last one
        for start in range(0, len(versions), fitting):
            self.band(rows, versions[start : start + fitting], size, widest, legacy)

    def band(self, rows: list[Row], versions: list[str], size: int, widest: int, legacy: bool) -> None:
        label = max(20, min(widest, self.out.width - 2 - size * len(versions)))
        self.line()
        self.print_row(Text(" " * (label + 2)), [Text(version.rjust(size), style="bold") for version in versions])
        group = ""
        for row in rows:
            cells = row.legacy if legacy else row.cells
            if not any(version in cells for version in versions):
                continue
            if row.group != group:
                group = row.group
                self.line(Text("General" if group == "general" else f"Changed by API {group}", style="bold"))
            self.matrix_row(self.label(row), label, [self.cell(cells.get(version), size) for version in versions])

    def matrix_row(self, name: str, label: int, cells: list[Text]) -> None:
        if len(name) > label:
            self.line(f"  {name}")
            name = ""
        self.print_row(Text(f"  {name.ljust(label)}"), cells)

    def print_row(self, head: Text, cells: list[Text]) -> None:
        row = Text.assemble(head, *cells)
        row.rstrip()
        self.out.print(row, no_wrap=True, overflow="ignore", crop=False)

    def label(self, row: Row) -> str:
        name = words.visible(row.id.partition("/")[2] or row.id)
        return name + (_MARKS[row.change.level] if row.change else " (unknown here)")

    def cell(self, cell: Cell | None, size: int) -> Text:
        if cell is None:
            return Text(" " * size)
        verdict = cell.verdict
        amount = cell.totals[verdict]
        sign = self.signs[verdict] + (str(amount) if amount > 1 and verdict is not Verdict.PASS else "")
        # the sign stands below the dot of the version, a number to its right
        return Text((" " * (size - 3) + sign).ljust(size), style=STYLES[verdict])

    def legend(self) -> None:
        seen = {cell.verdict for row in self.matrix.rows for cell in (*row.cells.values(), *row.legacy.values())}
        self.line()
        for verdict in Verdict:
            if verdict in seen:
                entry = Text.assemble((self.signs[verdict], STYLES[verdict]), f" {verdict}: {words.MEANING[verdict]}")
                self.line(entry, indent=2)
        if any(verdict in seen for verdict in Verdict if verdict is not Verdict.PASS):
            self.line("A number beside a sign: how many cases of the cell have that verdict.", "dim", indent=2)
        levels = {row.change.level for row in self.matrix.rows if row.change}
        if "informative" in levels:
            self.line("i after a name: informative, a question rather than an obligation; it does not count.", "dim", indent=2)
        if "optional" in levels:
            self.line("o after a name: optional; being absent does not count against the daemon.", "dim", indent=2)

    def groups(self, title: str, groups: list[Group]) -> None:
        if not groups:
            return
        self.heading(f"{title} ({words.number(len(groups), 'finding')})")
        told = None
        for position, group in enumerate(groups, 1):
            self.group(position, group, told == (group.id, group.side))
            told = (group.id, group.side)

    def group(self, position: int, group: Group, told: bool) -> None:
        self.line()
        where = words.span(group.versions)
        side = " (legacy)" if group.first.legacy else ""
        self.line(
            Text.assemble(
                f"{position}. ", (words.visible(group.id), "bold"), " ", (str(group.verdict), STYLES[group.verdict]), f" in {where}{side}"
            )
        )
        if group.parameters:
            self.field("with", words.one_line(", ".join(group.parameters), 200))
        if not told:  # the finding above is of the same change
            self.document(group)
        self.field("seen", words.one_line(group.reason, 600) or "no reason was given", style="bold")
        self.detail(group)
        self.exchange(group)
        self.line("run it again:", "dim", indent=3)
        self.whole(words.rerun_line(self.report.header, group.first.case), indent=3)

    def field(self, name: str, text: str, style: str = "") -> None:
        hang(self.out, Text(f"{name}: ", style="dim"), Text(text, style=style), indent=3)

    def document(self, group: Group) -> None:
        promise = words.statement(group.change, group.side)
        if not group.change or not promise:
            return
        self.field("document", promise)
        self.field("source", words.source_line(group.change, self.catalogue), style="dim")

    def detail(self, group: Group) -> None:
        """Of a traceback the asserting line, and what pytest explains of it beyond the reason."""
        text = words.visible(str(group.evidence.get("detail") or ""), lines=True)
        lines = [line.strip() for line in text.expandtabs(4).splitlines() if line.strip()]
        checks = [line[1:].strip() for line in lines if line.startswith(">") and not line[1:].strip().startswith("raise ")]
        for line in checks[-_CHECK_LINES:]:
            self.field("check", words.cut(line, 240), style="dim")
        explained = [line[1:].strip().removeprefix("AssertionError: ") for line in lines if line.startswith("E ")]
        seen = " ".join(group.reason.split())
        # a Response is shown as the exchange; what is in the reason already needs no second telling
        told = [line for line in explained if line and "Response(" not in line and "Use -v" not in line and line not in seen]
        for line in told[:_DETAIL_LINES]:
            self.field("more", words.cut(line, 240), style="dim")

    def exchange(self, group: Group) -> None:
        exchanges = [row for row in group.evidence.get("exchanges") or [] if isinstance(row, dict)]
        asked = [row for row in exchanges if row.get("role") == "check"]
        # a blocked case never came to its question: there the stage's last exchange tells most
        shown = asked[-2:] or exchanges[-1:]
        hint = " ".join([group.reason, *group.parameters, str(group.evidence.get("detail") or "")])
        for row in shown:
            for text, style in exchange_lines(row, hint):
                hang(self.out, Text(text[:2], style="dim"), Text(text[2:], style=style), indent=3)
            if row.get("curl"):
                self.whole(words.visible(str(row["curl"])), indent=3)
        if shown and self.report.header.daemon.get("private"):
            self.line("(that daemon is gone: to repeat a request, put the socket of another into its line)", "dim", indent=3)

    def uncovered(self, failures: Failures) -> None:
        if not failures.uncovered:
            return
        self.heading("Not covered")
        for group in failures.uncovered:
            changes = sorted({result.case.change for result in group.results})
            where = words.span(group.versions)
            text = Text.assemble(
                (str(group.verdict), STYLES[group.verdict]),
                f" ({words.number(len(group.results), 'case')} in {where}): {words.one_line(group.reason) or 'no reason was given'}",
            )
            hang(self.out, Text("- "), text)
            if group.verdict is Verdict.UNAVAILABLE:
                self.line(words.visible(", ".join(changes)), "dim", indent=4)

    def aside(self, groups: list[Group]) -> None:
        if not groups:
            return
        self.heading("Seen, but not counted (legacy, informative or optional)")
        for group in groups:
            where = words.span(group.versions)
            with_ = f" with {words.one_line(', '.join(group.parameters), 120)}" if group.parameters else ""
            head = Text.assemble((words.visible(group.id), "bold"), f" {group.verdict} in {where}{with_}: ")
            hang(self.out, Text("- "), head + Text(words.one_line(group.reason)))
        self.line("docker-conformance matrix REPORT --aside shows these in full.", "dim", indent=2)

    def summary(self) -> None:
        self.heading("By version")
        widest = max([len(version) for version in self.matrix.versions], default=4)
        for row in self.matrix.summaries:
            standing = Text(str(row.standing).ljust(16), style=STANDING_STYLES[row.standing])
            text = Text(words.totals_line(row.totals))
            if row.legacy:
                text.append(f"; legacy: {words.totals_line(row.legacy)}", "dim")
            if row.aside:
                text.append(f"; not counted: {words.totals_line(row.aside)}", "dim")
            hang(self.out, Text(f"{row.version.rjust(widest)}  ") + standing, text, indent=2)
        covered = [row for row in self.matrix.profiles if row.totals]
        # a part of the cases says nothing of profiles, unless the part is a profile
        if covered and (not self.matrix.narrowed or self.report.header.selection.get("profile")):
            self.heading("By profile")
            wide = max(len(row.name) for row in covered)
            for profile in covered:
                standing = Text(str(profile.standing).ljust(16), style=STANDING_STYLES[profile.standing])
                text = Text(words.totals_line(profile.totals))
                if profile.unasked:
                    text.append(f"; {words.number(len(profile.unasked), 'change')} not asked for", "dim")
                hang(self.out, Text(f"{profile.name.ljust(wide)}  ") + standing, text, indent=2)
        self.gaps()

    def gaps(self) -> None:
        untestable, unasked = self.matrix.untestable, self.matrix.unasked
        if not (untestable or unasked):
            return
        self.line()
        if unasked:
            why = "left out by the selection or without a check" if self.matrix.narrowed else "they have no check yet"
            self.names(f"{words.number(len(unasked), 'change')} of these versions not asked for ({why})", unasked)
        if untestable:
            self.names(f"{words.number(len(untestable), 'change')} of these versions cannot be tested", untestable)

    def names(self, text: str, changes: Iterable[Change]) -> None:
        shown = [change.id for change in changes]
        few = f": {', '.join(shown)}" if len(shown) <= 6 else f"; docker-conformance list {'--unchecked ' if len(shown) > 6 else ''}names them"
        self.line(text + few, "dim", indent=2)

    def verdict(self) -> None:
        matrix = self.matrix
        self.heading(f"Totals: {words.totals_line(matrix.totals)}")
        if matrix.legacy:
            self.line(f"legacy, not counted: {words.totals_line(matrix.legacy)}", indent=2)
        if matrix.aside:
            self.line(f"informative or optional, not counted: {words.totals_line(matrix.aside)}", indent=2)
        footer = self.report.footer
        for leak in footer.leaks if footer else []:
            self.line(f"left behind on the daemon: {words.visible(leak)}", "yellow", indent=2)
        code, why = matrix.outcome
        style = {0: "bold green", 1: "bold red"}.get(code, "bold magenta")
        self.line(Text(words.visible(why[:1].upper() + why[1:] + "."), style=style))
        missed = matrix.totals.get(Verdict.UNAVAILABLE, 0)
        if code == 0 and missed:
            self.line(
                f"NOT COVERED: {words.number(missed, 'case')} {self.dash} this says nothing of them; see \"Not covered\" above.",
                "bold yellow",
            )
        bad = any(matrix.totals.get(verdict) for verdict in NOT_CONFORMANT)
        if bad:
            self.line(f"Report: {words.visible(str(self.report.path))}", "dim")
