"""A report for a terminal, or a pipe: the matrix, each finding with what a reader needs, and what it adds up to.

Everything is readable without colour: a cell is a sign and, where several cases share the bad verdict, their number.
Lines fit the width of the console; only curl lines and commands are left whole, because they are for copying.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from conformance.catalogue import Catalogue, Change
from conformance.model.text import one_line, plural, visible
from conformance.model.verdicts import NOT_CONFORMANT, Verdict
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import ProfileSummary, VersionSummary
from conformance.report.render import labels
from conformance.report.render.console import STANDING_STYLES, STYLES, Paper, console, hang
from conformance.report.render.failures import Failures, Group, collect
from conformance.report.render.findings import Findings
from conformance.report.render.matrix_table import Grid
from conformance.report.staleness import staleness

__all__ = ["console", "hang", "show"]


def show(
    report: Report,
    matrix: Matrix,
    catalogue: Catalogue,
    out: Console,
    *,
    details: bool = True,
    aside: bool = False,
) -> None:
    """Print a report. `details` off leaves the matrix and the totals; `aside` gives legacy deviations in full too."""
    _Page(report, matrix, catalogue, out).show(details, aside)


class _Page(Paper):
    def __init__(self, report: Report, matrix: Matrix, catalogue: Catalogue, out: Console) -> None:
        super().__init__(out)
        self.report = report
        self.matrix = matrix
        self.catalogue = catalogue
        self.dash = "–" if labels.signs(out.encoding) is labels.SIGNS else "-"

    def show(self, details: bool, aside: bool) -> None:
        failures = collect(self.report, self.matrix, self.catalogue, evidence=details)
        self.head()
        grid = Grid(self.out, self.matrix)
        grid.table([row for row in self.matrix.rows if row.cells], legacy=False)
        old = [row for row in self.matrix.rows if row.legacy]
        if old:
            counted = "counted" if self.matrix.strictness.legacy else "shown, not counted"
            self.heading(f"Legacy: versions below the change, where the document tells of them ({counted})")
            grid.table(old, legacy=True)
        grid.legend()
        if details:
            findings = Findings(self.out, self.report.header, self.catalogue)
            findings.groups("Not as documented", failures.deviations)
            findings.groups("Inconclusive", failures.inconclusive)
            if aside:
                findings.groups("Does not count (legacy, informative or optional)", failures.aside)
        self.contested(failures.contested)
        self.waived(failures.waived)
        self.uncovered(failures)
        if not (details and aside):
            self.aside(failures.aside)
        self.summary()
        self.verdict()

    def head(self) -> None:
        header = self.report.header
        daemon = header.daemon
        name = Text(labels.daemon_name(daemon), style="bold")
        if daemon.private:
            name.append(f", started privately from {visible(daemon.target)}", style="default")
        elif daemon.url:
            name.append(f" at {visible(daemon.url)}", style="default")
        self.line(name)
        served = labels.served(daemon)
        self.line(
            f"{f'{served}; ' if served else ''}asked in {labels.span(self.matrix.versions) or 'no version'}"
        )
        started = f", started {visible(header.started)}" if header.started else ""
        self.line(f"suite {visible(header.suite_version) or 'unknown'}{started}", style="dim")
        if header.catalogue != self.catalogue.digest:
            for text in labels.staleness_lines(staleness(self.report, self.catalogue)):
                self.line(text, style="yellow")
        if self.report.footer is None:
            self.line()
            self.line(
                "INTERRUPTED: the report has no footer. What follows is what came before the end; it is not judged.",
                "bold red",
            )

    def uncovered(self, failures: Failures) -> None:
        if not failures.uncovered:
            return
        self.heading("Not covered")
        for group in failures.uncovered:
            changes = sorted({result.case.change for result in group.results})
            where = labels.span(group.versions) + (", legacy" if group.first.legacy else "")
            text = Text.assemble(
                (str(group.verdict), STYLES[group.verdict]),
                f" ({plural(len(group.results), 'case')} in {where}): {one_line(group.reason) or 'no reason was given'}",
            )
            hang(self.out, Text("- "), text)
            if group.verdict is Verdict.UNAVAILABLE:
                self.line(visible(", ".join(changes)), "dim", indent=4)

    def contested(self, groups: list[Group]) -> None:
        if not groups:
            return
        self.heading("Contested: no genuine engine keeps these, so they do not count (--strict counts them)")
        for group in groups:
            self.brief(group)
            self.line(labels.contest(group.change), "dim", indent=4)

    def brief(self, group: Group) -> None:
        where = labels.span(group.versions)
        with_ = f" with {one_line(', '.join(group.parameters), 120)}" if group.parameters else ""
        head = Text.assemble((visible(group.id), "bold"), f" {group.verdict} in {where}{with_}: ")
        hang(self.out, Text("- "), head + Text(one_line(group.reason)))

    def waived(self, groups: list[Group]) -> None:
        if groups:
            self.heading("Not as documented, and waived")
        for group in groups:
            waiver = self.matrix.waived[group.first.case.key]
            head = Text.assemble(
                (visible(group.id), "bold"),
                f" {group.verdict} (waived) in {labels.span(group.versions)}: ",
            )
            hang(self.out, Text("- "), head + Text(one_line(group.reason)))
            link = f", see {waiver.link}" if waiver.link else ""
            why = f"{waiver.reason} (until {waiver.expires}{link}; {waiver.place})"
            self.line(one_line(why, 600), "dim", indent=4)
        if self.matrix.stale:
            self.heading("Waivers that are no longer true")
        for stale in self.matrix.stale:
            self.line(one_line(f"{stale.waiver.place}: {stale.why}", 600), "bold red", indent=2)

    def aside(self, groups: list[Group]) -> None:
        if not groups:
            return
        self.heading("Seen, but not counted (legacy, informative or optional)")
        for group in groups:
            self.brief(group)
        self.line("docker-conformance matrix REPORT --aside shows these in full.", "dim", indent=2)

    def summary(self) -> None:
        self.heading("By version")
        widest = max([len(version) for version in self.matrix.versions], default=4)
        for row in self.matrix.summaries:
            aside = {"legacy": row.legacy, "contested": row.contested, "not counted": row.aside}
            notes = [f"{what}: {labels.totals_line(totals)}" for what, totals in aside.items() if totals]
            self.standing(row.version.rjust(widest), row, notes)
        covered = [row for row in self.matrix.profiles if row.totals]
        # a part of the cases says nothing of profiles, unless the part is a profile
        if covered and (not self.matrix.narrowed or self.report.header.selection.get("profile")):
            self.heading("By profile")
            wide = max(len(row.name) for row in covered)
            for profile in covered:
                unasked = len(profile.unasked)
                notes = [f"{plural(unasked, 'change')} not asked for"] if unasked else []
                self.standing(profile.name.ljust(wide), profile, notes)
        self.gaps()

    def standing(self, name: str, row: VersionSummary | ProfileSummary, notes: Iterable[str]) -> None:
        text = Text(labels.totals_line(row.totals))
        if row.waived:
            text.append(f"; waived: {labels.totals_line(row.waived)}")
        for note in notes:
            text.append(f"; {note}", "dim")
        standing = Text(f"{row.standing:<14}  ", style=STANDING_STYLES[row.standing])
        hang(self.out, Text(f"{name}  ") + standing, text, indent=2)

    def gaps(self) -> None:
        untestable, unasked = self.matrix.untestable, self.matrix.unasked
        if not (untestable or unasked):
            return
        self.line()
        asked_for = f"{plural(len(unasked), 'change')} of these versions not asked for"
        if unasked and self.matrix.narrowed:
            self.line(f"{asked_for}: left out by the selection, or without a check", "dim", indent=2)
        elif unasked:
            self.names(f"{asked_for}: they have no check yet", unasked)
        if untestable:
            self.names(f"{plural(len(untestable), 'change')} of these versions cannot be tested", untestable)

    def names(self, text: str, changes: Iterable[Change]) -> None:
        """Print a sentence about changes without a check, with their ids if they are few."""
        ids = [change.id for change in changes]
        few = f": {', '.join(ids)}" if len(ids) <= 6 else "; 'docker-conformance list --unchecked' shows them"
        self.line(text + few, "dim", indent=2)

    def verdict(self) -> None:
        matrix = self.matrix
        self.heading(f"Totals: {labels.totals_line(matrix.totals)}")
        if matrix.excused:
            self.line(f"waived: {labels.totals_line(matrix.excused)}", indent=2)
        if matrix.legacy:
            self.line(f"legacy, not counted: {labels.totals_line(matrix.legacy)}", indent=2)
        if matrix.contested:
            self.line(f"contested, not counted: {labels.totals_line(matrix.contested)}", indent=2)
        if matrix.aside:
            self.line(f"informative or optional, not counted: {labels.totals_line(matrix.aside)}", indent=2)
        footer = self.report.footer
        for leak in footer.leaks if footer else []:
            self.line(f"left behind on the daemon: {visible(leak)}", "yellow", indent=2)
        for text in (footer.foreign if footer else [])[:20]:
            self.line(f"while the run went, by whomever: {one_line(text)}", "yellow", indent=2)
        if footer and footer.log:
            self.heading("The last lines of the daemon's log")
            for text in footer.log:
                self.line(one_line(text, 400), "dim", indent=2)
            self.line()
        code, why = matrix.outcome
        style = {0: "bold green", 1: "bold red"}.get(code, "bold magenta")
        self.line(Text(visible(why[:1].upper() + why[1:] + "."), style=style))
        missed = matrix.totals.get(Verdict.UNAVAILABLE, 0)
        if code == 0 and missed:
            self.line(
                f'NOT COVERED: {plural(missed, "case")} {self.dash} this says nothing of them; see "Not covered" above.',
                "bold yellow",
            )
        bad = any(matrix.totals.get(verdict) for verdict in NOT_CONFORMANT)
        if bad:
            self.line(f"Report: {visible(str(self.report.path))}", "dim")
