"""What ``prove`` does besides the mutants of the catalogue: --automatic, --controls and --clean."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager

from rich.console import Console
from rich.text import Text

from conformance.catalogue import load
from conformance.catalogue.check_index import checks
from conformance.mutation import ignored_faults, survey
from conformance.mutation.controls import CONTROLS
from conformance.mutation.pool import Crew
from conformance.mutation.progress import Progress
from conformance.mutation.survey import Automatic, Difference, Notice
from conformance.report.render import labels, terminal
from conformance.runner.worker_session import Plan

OpenDaemon = Callable[[list[str]], AbstractContextManager[Plan]]


def run(options: argparse.Namespace, open_daemon: OpenDaemon) -> int:
    """Do the survey that the options name; returns the exit code."""
    changes = options.changes or list(load().changes)
    begun = time.monotonic()
    progress = Progress()
    differences: list[Difference] = []
    found: list[Automatic] = []
    met: Counter[str] = Counter()
    with open_daemon(changes) as plan, Crew(plan, options.workers) as crew:
        cases = [case.key for case in survey.chosen_cases(crew, load(), every_version=options.every_version)]
        if options.clean:
            with Crew(plan, options.workers, direct=True) as direct:
                differences = survey.clean(direct, crew, cases, progress.step)
        elif options.controls:
            differences = survey.controls(crew, cases, progress.step, met)
        else:
            found = survey.automatic(crew, cases, progress.step)
    progress.close()
    out = terminal.console()
    seconds = time.monotonic() - begun
    if options.automatic:
        return show_automatic(out, found, len(cases), seconds)
    for name, control in CONTROLS.items() if options.controls else ():
        terminal.hang(out, Text(f"{name.ljust(18)}  "), Text(f"{control.says}: {met[name]} answers"))
    return _show_differences(out, differences, len(cases), seconds)


def _show_differences(out: Console, differences: list[Difference], cases: int, seconds: float) -> int:
    for row in differences:
        state = "changed" if row.steady else "unsteady"
        head = Text(
            f"{state}  {row.under}  {row.before.case.key}", style="bold red" if row.steady else "yellow"
        )
        terminal.hang(out, Text(), head)
        terminal.hang(
            out,
            Text(),
            Text(f"{row.before.verdict} became {row.after.verdict}: {labels.visible(row.after.reason)}"),
            indent=10,
        )
    steady = sum(row.steady for row in differences)
    said = f"{cases} cases: {steady} verdicts changed, {len(differences) - steady} unsteady; {seconds:.1f} s"
    terminal.hang(out, Text(), Text(said))
    return 1 if steady else 3 if differences else 0


def show_automatic(out: Console, found: list[Automatic], cases: int, seconds: float) -> int:
    """Tell what was neither noticed nor listed; returns the exit code."""
    tables = ignored_faults.load(check.check for bound in checks().values() for check in bound)
    excused = [
        row for row in found if row.notice in ignored_faults.EXCUSABLE and ignored_faults.reason(row, tables)
    ]
    open_ones = [row for row in found if row.notice is not Notice.NOTICED and row not in excused]
    kinds = {Notice.PASSED: "not noticed", Notice.UNSURE: "unsure", Notice.UNREACHED: "unreached"}
    for notice, label in kinds.items():
        groups: dict[tuple[str, str], list[Automatic]] = {}
        for row in open_ones:
            if row.notice is notice:
                groups.setdefault((row.case.check, row.fault), []).append(row)
        for (check, fault), rows in groups.items():
            head = Text(f"{label.ljust(11)}  ", style="red" if notice is Notice.PASSED else "yellow")
            more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
            terminal.hang(
                out,
                head,
                Text(
                    f"{check}: {fault} in {labels.visible(rows[0].asked)}{more} {labels.visible(rows[0].reason)}"
                ),
            )
    for table in tables:
        count = sum(map(table.covers, excused))
        if count:
            terminal.hang(
                out,
                Text("listed       ", style="dim"),
                Text(f"{count} in {len(table.checks)} checks: {table.reason}"),
            )
    for table in ignored_faults.stale(found, tables):
        terminal.hang(
            out,
            Text("stale        ", style="yellow"),
            Text(f"{', '.join(table.faults)} in {', '.join(table.checks)}: each is noticed"),
        )
    counts = Counter(str(row.notice) for row in found if row not in excused)
    counts["listed"] = len(excused)
    told = ", ".join(f"{counts[name]} {name}" for name in (*map(str, Notice), "listed") if counts[name])
    terminal.hang(
        out,
        Text(),
        Text(f"{len(found)} automatic faults of {cases} cases: {told or 'none'}; {seconds:.1f} s"),
    )
    return 1 if counts[Notice.PASSED] else 3 if counts[Notice.UNSURE] or counts[Notice.UNREACHED] else 0
