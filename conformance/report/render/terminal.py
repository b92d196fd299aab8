"""A report for a terminal or a pipe: the matrix, the findings and the totals.

Everything is readable without colour: a cell is a sign and, where several cases share the bad verdict, their number.
Lines fit the width of the console; only curl lines and commands stay whole, as they are for copying.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from conformance.catalogue import Catalogue, Change
from conformance.model.text import capitalize, one_line, plural, visible
from conformance.model.verdicts import NOT_CONFORMANT, Verdict
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import ProfileSummary
from conformance.report.render import labels
from conformance.report.render.case_groups import CaseGroup, CaseGroups, group_cases
from conformance.report.render.console import (
    NARROW,
    STANDING_STYLES,
    STYLES,
    Printer,
    get_outcome_style,
    print_hanging,
)
from conformance.report.render.deviations import has_shares
from conformance.report.render.finding_list import print_nouns
from conformance.report.render.findings import FindingsPrinter
from conformance.report.render.headline import describe_report
from conformance.report.render.matrix_table import MatrixTable
from conformance.report.render.stretches import count_in_words, find_stretches
from conformance.report.staleness import staleness


def print_report(
    report: Report,
    matrix: Matrix,
    catalogue: Catalogue,
    out: Console,
    *,
    details: bool = True,
    aside: bool = False,
) -> None:
    """Print a report. `details` off leaves the matrix and the totals; `aside` gives legacy deviations in full too."""
    _ReportPrinter(report, matrix, catalogue, out).print_report(details, aside)


class _ReportPrinter(Printer):
    def __init__(self, report: Report, matrix: Matrix, catalogue: Catalogue, out: Console) -> None:
        super().__init__(out)
        self.report = report
        self.matrix = matrix
        self.catalogue = catalogue
        self.dash = "–" if labels.choose_signs(out.encoding) is labels.SIGNS else "-"

    def print_report(self, details: bool, aside: bool) -> None:
        failures = group_cases(self.report, self.matrix, self.catalogue, evidence=details)
        self.print_header()
        table = MatrixTable(self.out, self.matrix)
        table.print_rows([row for row in self.matrix.rows if row.cells], legacy=False)
        old = [row for row in self.matrix.rows if row.legacy]
        if old:
            counted = "counted" if self.matrix.strictness.legacy else "shown, not counted"
            self.print_heading(
                f"Legacy: versions below the change, where a document describes them ({counted})"
            )
            table.print_rows(old, legacy=True)
        table.print_legend()
        if details:
            printer = FindingsPrinter(self.out, self.report.header, self.catalogue)
            printer.print_groups("Not as documented", failures.deviations)
            printer.print_blocked(failures.blocked)
            printer.print_groups("Inconclusive", failures.inconclusive)
            if aside:
                printer.print_groups("Not counted (legacy, informative or optional)", failures.aside)
        self.print_contested(failures.contested)
        self.print_waived(failures.waived)
        self.print_uncovered(failures)
        if not (details and aside):
            self.print_aside(failures.aside)
        self.print_summary()
        self.print_verdict()

    def print_header(self) -> None:
        header = self.report.header
        daemon = header.daemon
        name = Text(labels.format_daemon(daemon), style="bold")
        if daemon.private:
            name.append(f", started privately from {visible(daemon.target)}", style="default")
        elif daemon.url:
            name.append(f" at {visible(daemon.url)}", style="default")
        self.print_line(name)
        served = labels.format_window(daemon)
        self.print_line(
            f"{f'{served}; ' if served else ''}asked in {labels.format_versions(self.matrix.versions) or 'no version'}"
        )
        started = f", started {visible(header.started)}" if header.started else ""
        self.print_line(f"suite {visible(header.suite_version) or 'unknown'}{started}", style="dim")
        if header.catalogue != self.catalogue.digest:
            for text in labels.describe_staleness(staleness(self.report, self.catalogue)):
                self.print_line(text, style="yellow")
        if self.report.footer is None:
            self.print_line()
            self.print_line(
                "INTERRUPTED: the report has no footer. What follows is incomplete and not judged.",
                "bold red",
            )

    def print_uncovered(self, failures: CaseGroups) -> None:
        if not failures.uncovered:
            return
        self.print_heading("Not covered")
        for group in failures.uncovered:
            changes = sorted({result.case.change for result in group.results})
            where = labels.format_versions(group.versions) + (", legacy" if group.first.legacy else "")
            text = Text.assemble(
                (str(group.verdict), STYLES[group.verdict]),
                f" ({plural(len(group.results), 'case')} in {where}): {one_line(group.reason) or 'no reason was given'}",
            )
            print_hanging(self.out, Text("- "), text)
            if group.verdict is Verdict.UNAVAILABLE:
                self.print_line(visible(", ".join(changes)), "dim", indent=4)

    def print_contested(self, groups: list[CaseGroup]) -> None:
        if not groups:
            return
        self.print_heading(
            "Contested: no genuine engine keeps these, so they do not count (--strict counts them)"
        )
        for group in groups:
            self.print_brief(group)
            self.print_line(labels.explain_contest(group.change), "dim", indent=4)

    def print_brief(self, group: CaseGroup) -> None:
        where = labels.format_versions(group.versions)
        with_ = f" with {one_line(', '.join(group.parameters), 120)}" if group.parameters else ""
        head = Text.assemble((visible(group.id), "bold"), f" {group.verdict} in {where}{with_}: ")
        print_hanging(self.out, Text("- "), head + Text(one_line(group.reason)))

    def print_waived(self, groups: list[CaseGroup]) -> None:
        if groups:
            self.print_heading("Not as documented, waived")
        for group in groups:
            waiver = self.matrix.waived[group.first.case.key]
            head = Text.assemble(
                (visible(group.id), "bold"),
                f" {group.verdict} (waived) in {labels.format_versions(group.versions)}: ",
            )
            print_hanging(self.out, Text("- "), head + Text(one_line(group.reason)))
            link = f", see {waiver.link}" if waiver.link else ""
            why = f"{waiver.reason} (until {waiver.expires}{link}; {waiver.place})"
            self.print_line(one_line(why, 600), "dim", indent=4)
        if self.matrix.stale:
            self.print_heading("Waivers that are no longer true")
        for stale in self.matrix.stale:
            self.print_line(one_line(f"{stale.waiver.place}: {stale.why}", 600), "bold red", indent=2)

    def print_aside(self, groups: list[CaseGroup]) -> None:
        if groups:
            amount = plural(len(groups), "finding")
            self.print_line()
            self.print_line(
                f"{amount} not counted (legacy, informative or optional); 'docker-conformance matrix REPORT --aside' shows them.",
                "dim",
            )

    def print_summary(self) -> None:
        self.print_heading("By version")
        stretches = find_stretches(self.matrix.summaries)
        widest = max([len(one.versions) for one in stretches], default=4)
        for one in stretches:
            standing = Text(f"{one.standing:<14}  ", style=STANDING_STYLES[one.standing])
            head = Text(f"{one.versions:<{widest}}  ") + standing
            print_hanging(self.out, head, Text(one.counts), indent=2)
        covered = [row for row in self.matrix.profiles if row.totals]
        # a part of the cases says nothing of profiles, unless the part is a profile
        if covered and (not self.matrix.narrowed or self.matrix.selected_profiles):
            self.print_heading("By profile")
            wide = max(len(row.name) for row in covered)
            for profile in covered:
                unasked = len(profile.unasked)
                notes = [f"{plural(unasked, 'change')} not asked for"] if unasked else []
                self.print_standing(profile.name.ljust(wide), profile, notes)
        if has_shares(self.report, self.matrix):
            print_nouns(self.matrix, self)
        self.print_gaps()

    def print_standing(self, name: str, row: ProfileSummary, notes: Iterable[str]) -> None:
        text = Text(count_in_words(row.totals, sum(row.waived.values())))
        for note in notes:
            text.append(f"; {note}", "dim")
        standing = Text(f"{row.standing:<14}  ", style=STANDING_STYLES[row.standing])
        head = Text(f"{name}  ") + standing
        if self.out.width < NARROW:
            print_hanging(self.out, Text("  "), Text.assemble(head, text), indent=2)
        else:
            print_hanging(self.out, head, text, indent=2)

    def print_gaps(self) -> None:
        untestable, unasked = self.matrix.untestable, self.matrix.unasked
        if not (untestable or unasked):
            return
        self.print_line()
        asked_for = f"{plural(len(unasked), 'change')} of these versions not asked for"
        if unasked and self.matrix.narrowed:
            self.print_line(f"{asked_for}: left out by the selection, or without a check", "dim", indent=2)
        elif unasked:
            self.print_names(f"{asked_for}: they are newer than this report, or have no check", unasked)
        if untestable:
            self.print_names(
                f"{plural(len(untestable), 'change')} of these versions cannot be tested", untestable
            )

    def print_names(self, text: str, changes: Iterable[Change]) -> None:
        """Print a sentence about changes without a check, with their ids if they are few."""
        ids = [change.id for change in changes]
        few = f": {', '.join(ids)}" if len(ids) <= 6 else "; 'docker-conformance list --unchecked' shows them"
        self.print_line(text + few, "dim", indent=2)

    def print_verdict(self) -> None:
        matrix = self.matrix
        self.print_heading(f"Totals: {labels.format_totals(matrix.totals)}")
        asked = sum(len(row.cells) for row in matrix.rows)
        if represented := sum(len(row.represented) for row in matrix.rows):
            self.print_line(
                f"{asked} of {asked + represented} cells asked; an older version stands for the others (=)",
                indent=2,
            )
        if matrix.excused:
            self.print_line(f"waived: {labels.format_totals(matrix.excused)}", indent=2)
        if matrix.legacy:
            self.print_line(f"legacy, not counted: {labels.format_totals(matrix.legacy)}", indent=2)
        if matrix.contested:
            self.print_line(f"contested, not counted: {labels.format_totals(matrix.contested)}", indent=2)
        if matrix.aside:
            self.print_line(
                f"informative or optional, not counted: {labels.format_totals(matrix.aside)}", indent=2
            )
        footer = self.report.footer
        for leak in footer.leaks if footer else []:
            self.print_line(f"leaked on the daemon: {visible(leak)}", "yellow", indent=2)
        for text in (footer.foreign if footer else [])[:20]:
            self.print_line(f"changed during the run, not by it: {one_line(text)}", "yellow", indent=2)
        if footer and footer.log:
            self.print_heading("The last lines of the daemon's log")
            for text in footer.log:
                self.print_line(one_line(text, 400), "dim", indent=2)
            self.print_line()
        self.print_sentence()
        missed = matrix.totals.get(Verdict.UNAVAILABLE, 0)
        if matrix.outcome.code == 0 and missed:
            self.print_line(
                f'NOT COVERED: {plural(missed, "case")} {self.dash} nothing is known of them; see "Not covered" above.',
                "bold yellow",
            )
        bad = any(matrix.totals.get(verdict) for verdict in NOT_CONFORMANT)
        if bad:
            self.print_line(f"Report: {visible(str(self.report.path))}", "dim")

    def print_sentence(self) -> None:
        """Print the share and the verdict, and why a run says nothing."""
        code, why = self.matrix.outcome
        style = "bold" if self.matrix.passed_in_part else get_outcome_style(self.matrix.outcome)
        self.print_line(Text(visible(describe_report(self.report, self.matrix)), style=style))
        if code not in (0, 1) or self.matrix.stale:
            self.print_line(Text(visible(f"{capitalize(why)}."), style=style))
