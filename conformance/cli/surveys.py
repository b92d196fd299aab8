"""The surveys of ``prove``: --automatic, --controls and --clean."""

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
from conformance.model.text import visible
from conformance.mutation import ignored_faults
from conformance.mutation.automatic_faults import AutomaticFault, FaultStatus, run_automatic_faults
from conformance.mutation.controls import CONTROLS, GROUPS
from conformance.mutation.pool import WorkerPool
from conformance.mutation.survey import Difference, Survey, name_together, select_cases
from conformance.report.render import console
from conformance.report.render.progress import Progress
from conformance.runner.plan import Plan

OpenDaemon = Callable[[list[str]], AbstractContextManager[Plan]]


def run(options: argparse.Namespace, open_daemon: OpenDaemon) -> int:
    """Run the survey that the options name; returns the exit code."""
    changes = options.changes or list(load().changes)
    groups = [[name] for name in options.control or []] or (GROUPS if options.controls else [])
    begun = time.monotonic()
    progress = Progress("steps")
    differences: list[Difference] = []
    found: list[AutomaticFault] = []
    with open_daemon(changes) as plan, WorkerPool(plan, options.workers) as pool:
        cases = [case.key for case in select_cases(pool, load(), every_version=options.every_version)]
        survey = Survey(pool, progress.advance)
        if options.clean:
            with WorkerPool(plan, options.workers, direct=True) as direct:
                differences = survey.compare_with_proxy(direct, cases)
        elif groups:
            differences = survey.run_controls(cases, groups)
        else:
            found = run_automatic_faults(pool, cases, progress.advance)
    progress.close()
    out = console.make_console()
    seconds = time.monotonic() - begun
    if options.automatic:
        return show_automatic(out, found, len(cases), seconds)
    for group in groups:
        for name in group:
            console.print_hanging(out, Text(f"{name}  "), Text(CONTROLS[name].description))
        line = f"{survey.changed_responses[name_together(group)]} responses changed"
        console.print_hanging(out, Text(), Text(line))
    for error in survey.errors:
        console.print_hanging(out, Text("error  ", style="bold magenta"), Text(visible(error)))
    code = _show_differences(out, differences, len(cases), seconds)
    return code or (3 if survey.errors else 0)


def _show_differences(out: Console, differences: list[Difference], cases: int, seconds: float) -> int:
    for row in differences:
        state = "changed" if row.steady else "unsteady"
        head = Text(
            f"{state}  {row.cause}  {row.before.case.key}", style="bold red" if row.steady else "yellow"
        )
        console.print_hanging(out, Text(), head)
        console.print_hanging(
            out,
            Text(),
            Text(f"{row.before.verdict} became {row.after.verdict}: {visible(row.after.reason)}"),
            indent=10,
        )
    steady = sum(row.steady for row in differences)
    line = f"{cases} cases: {steady} verdicts changed, {len(differences) - steady} unsteady; {seconds:.1f} s"
    console.print_hanging(out, Text(), Text(line))
    return 1 if steady else 3 if differences else 0


def show_automatic(out: Console, found: list[AutomaticFault], cases: int, seconds: float) -> int:
    """Show the faults that were neither noticed nor listed to be ignored; returns the exit code."""
    tables = ignored_faults.load(check.id for bound in checks().values() for check in bound)
    ignored = [
        row
        for row in found
        if row.status in ignored_faults.IGNORABLE and ignored_faults.find_reason(row, tables)
    ]
    rest = [row for row in found if row.status is not FaultStatus.NOTICED and row not in ignored]
    kinds = {
        FaultStatus.PASSED: "not noticed",
        FaultStatus.UNSURE: "unsure",
        FaultStatus.UNREACHED: "unreached",
    }
    for status, label in kinds.items():
        groups: dict[tuple[str, str], list[AutomaticFault]] = {}
        for row in rest:
            if row.status is status:
                groups.setdefault((row.case.check, row.fault), []).append(row)
        for (check, fault), rows in groups.items():
            head = Text(f"{label.ljust(11)}  ", style="red" if status is FaultStatus.PASSED else "yellow")
            more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
            console.print_hanging(
                out,
                head,
                Text(f"{check}: {fault} in {visible(rows[0].asked)}{more} {visible(rows[0].reason)}"),
            )
    for table in tables:
        count = sum(map(table.covers, ignored))
        if count:
            console.print_hanging(
                out,
                Text("listed       ", style="dim"),
                Text(f"{count} in {len(table.checks)} checks: {table.reason}"),
            )
    for table in ignored_faults.find_stale(found, tables):
        console.print_hanging(
            out,
            Text("stale        ", style="yellow"),
            Text(f"{', '.join(table.faults)} in {', '.join(table.checks)}: each is noticed"),
        )
    counts = Counter(str(row.status) for row in found if row not in ignored)
    counts["listed"] = len(ignored)
    summary = ", ".join(
        f"{counts[name]} {name}" for name in (*map(str, FaultStatus), "listed") if counts[name]
    )
    console.print_hanging(
        out,
        Text(),
        Text(f"{len(found)} automatic faults of {cases} cases: {summary or 'none'}; {seconds:.1f} s"),
    )
    return (
        1
        if counts[FaultStatus.PASSED]
        else 3
        if counts[FaultStatus.UNSURE] or counts[FaultStatus.UNREACHED]
        else 0
    )
