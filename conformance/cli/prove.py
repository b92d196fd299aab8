"""``prove``: break a daemon on purpose, one fault at a time, and show which checks notice."""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from rich.text import Text

from conformance.catalogue import Catalogue, Mutant, load
from conformance.cli import surveys
from conformance.cli.parser import add_command, check_change, suggest
from conformance.engine import tempdir
from conformance.engine.identity import Daemon
from conformance.environment import cleanup
from conformance.http.client import Client
from conformance.http.timeouts import Timeouts
from conformance.model.errors import DaemonFault, UsageError
from conformance.model.text import one_line, plural, visible
from conformance.model.versions import ApiVersion
from conformance.mutation.changed import count_library_changes, find_changed
from conformance.mutation.controls import CONTROLS
from conformance.mutation.pool import WorkerLost, WorkerPool
from conformance.mutation.result import MutantResult, MutantStatus, get_exit_code
from conformance.mutation.runner import BaselineError, MutationRun
from conformance.report.render import console
from conformance.report.render.progress import Progress
from conformance.runner.options import OPTIONS, RunOptions
from conformance.runner.plan import Plan
from conformance.runner.run import Run

#: The options of a run that choose the daemon; a mutation run sets the others itself.
_TARGET = (
    "--host",
    "--dockerd",
    "--api",
    "--image",
    "--registry",
    "--tlscacert",
    "--tlscert",
    "--tlskey",
    "--label",
)
#: Workers mostly wait for the daemon, or for what a fault withholds.
_WORKERS_A_PROCESSOR = 3
#: Fewer mutants are not worth another worker.
_MUTANTS_A_WORKER = 3
#: A broken daemon lets a check wait; a good one needs less than this even under load.
_TIMEOUTS = Timeouts(first_byte=20, silence=15, total=60)


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "prove",
        prove,
        description="Put a proxy in front of a daemon, inject the faults of the catalogue's mutants one at a time, run the checks of\n"
        "each statement, and show which check notices. All requests go to one daemon, which is not harmed.\n"
        "If the daemon already violates the statement, or cannot be asked (other kernel, later API), a repairing mutant is applied\n"
        "first, some by an emulator, and the others are tested on top of it. 'idle': outside the daemon's window; 'unavailable':\n"
        "this host lacks what the cases need.\n"
        "exit codes: 0 every mutant that can be tested here was killed, 1 one survived (--automatic: a fault was not noticed;\n"
        "--controls, --clean: a verdict changed), 2 used wrongly, 3 inconclusive, 4 unreachable",
        examples=[
            "docker-conformance prove 1.19/info-booleans",
            "docker-conformance prove --dockerd /usr/sbin/dockerd -n 4",
            "docker-conformance prove --dockerd dockerd --changed-since main",
        ],
    )
    parser.add_argument("changes", metavar="ID", nargs="*", help="a statement (default: all)")
    parser.add_argument(
        "--changed-since",
        metavar="REV",
        help="only statements whose text, mutants, checks or fixtures differ from those of a git revision",
    )
    parser.add_argument(
        "--mutant", metavar="NAME", action="append", help="only mutants of this name (repeatable)"
    )
    parser.add_argument(
        "-n",
        dest="workers",
        metavar="N",
        type=int,
        default=_WORKERS_A_PROCESSOR * (os.cpu_count() or 1),
        help="number of worker processes (default: three a processor)",
    )
    parser.add_argument("--brief", action="store_true", help="do not list killed mutants")
    parser.add_argument(
        "--all-killers", action="store_true", help="run the remaining cases after the first one that notices"
    )
    parser.add_argument(
        "--every-version", action="store_true", help="run the cases of all versions, not of the newest one"
    )
    parser.add_argument(
        "--bystanders",
        action="store_true",
        help="also run the cases of other statements about the same endpoints",
    )
    survey = parser.add_mutually_exclusive_group()
    survey.add_argument(
        "--automatic", action="store_true", help="instead: change each status and member that a check reads"
    )
    survey.add_argument(
        "--controls",
        action="store_true",
        help="instead: make differences that violate no document, many at once; no verdict may change, and the one that "
        "changes it is sought",
    )
    survey.add_argument(
        "--control",
        metavar="NAME",
        action="append",
        help="instead: only this one of the differences of --controls (repeatable)",
    )
    survey.add_argument(
        "--clean",
        action="store_true",
        help="instead: compare verdicts with and without the proxy, without faults",
    )
    for option in OPTIONS:
        if option.flag in _TARGET:
            parser.add_argument(*option.flags, **option.keywords)


def prove(options: argparse.Namespace) -> int:
    """Test the mutants; returns the exit code of the command."""
    catalogue = load()
    for change in options.changes:
        check_change(change, catalogue)
    if options.changed_since:
        options.changes = _select_changed(options)
        if not options.changes:
            sys.stderr.write("no statement has changed: nothing to test\n")
            return 0
    for control in options.control or []:
        if control not in CONTROLS:
            raise UsageError(f"unknown control {control!r}{suggest(control, CONTROLS)}")
    if options.workers < 1:
        raise UsageError(f"-n {options.workers}: expected at least one worker process")
    try:
        if options.automatic or options.controls or options.control or options.clean:
            return surveys.run(options, partial(open_daemon, options))
        return _prove_mutants(options, catalogue)
    except (WorkerLost, BaselineError) as error:
        sys.stderr.write(f"docker-conformance: {one_line(str(error))}\n")
        return 3


def _prove_mutants(options: argparse.Namespace, catalogue: Catalogue) -> int:
    mutants = _select_mutants(options, catalogue)
    begun = time.monotonic()
    progress = Progress("mutants", len(mutants))

    def show_progress(result: MutantResult) -> None:
        progress.advance(f"{result.change} {result.mutant.name}")

    with open_daemon(options, sorted({change for change, _ in mutants})) as plan:
        if not options.api:
            plan = _add_emulated_versions(plan, catalogue, mutants)
        pool = WorkerPool(plan, min(options.workers, math.ceil(len(mutants) / _MUTANTS_A_WORKER)))
        with pool:
            run = MutationRun(
                pool,
                catalogue,
                show_progress,
                every_version=options.every_version,
                all_killers=options.all_killers,
                bystanders=options.bystanders,
            )
            results = run.run(mutants)
    progress.close()
    _show(results, pool.leaks, brief=options.brief, seconds=time.monotonic() - begun)
    return get_exit_code(results, pool.leaks)


def _select_changed(options: argparse.Namespace) -> list[str]:
    changed = find_changed(options.changed_since)
    library = count_library_changes(options.changed_since)
    if library:
        sys.stderr.write(
            f"{plural(library, 'file')} of the library differ too: only a run without --changed-since tests them\n"
        )
    return [change for change in changed if not options.changes or change in options.changes]


def _select_mutants(options: argparse.Namespace, catalogue: Catalogue) -> list[tuple[str, Mutant]]:
    names = set(options.mutant or [])
    mutants = [
        (change, mutant)
        for change in options.changes or catalogue.changes
        for mutant in catalogue[change].mutants
        if not names or mutant.name in names
    ]
    if not mutants:
        raise UsageError("no such mutant; the catalogue has them in *.mutants.toml beside the statements")
    return mutants


def _add_emulated_versions(plan: Plan, catalogue: Catalogue, mutants: list[tuple[str, Mutant]]) -> Plan:
    """The plan with the versions that emulators serve beyond those of the daemon."""
    served = {
        ApiVersion.parse(mutant.args["serves"])
        for change, _ in mutants
        for mutant in catalogue[change].mutants
        if "serves" in mutant.args
    }
    more = [version for version in sorted(served) if not plan.daemon.serves(version)]
    return msgspec.structs.replace(plan, versions=[*plan.versions, *more])


def _choose_versions(daemon: Daemon, catalogue: Catalogue) -> list[ApiVersion]:
    """The served versions that have statements, and both ends of the daemon's window."""
    stated = {version for version in catalogue.versions if daemon.serves(version)}
    return sorted({daemon.oldest, *stated, daemon.newest})


@contextmanager
def open_daemon(options: argparse.Namespace, changes: list[str]) -> Iterator[Plan]:
    """Open the daemon as a run does, without a report; at the end, remove objects that no ledger knows because of a fault."""
    with tempdir.directory() as folder:
        selected = [] if options.bystanders else changes
        run = Run(
            RunOptions.parse(options, change=selected, report=Path(folder) / "report.jsonl"),
            ask_unserved=True,
        )
        try:
            plan = run.open()
            for line in run.describe():
                sys.stderr.write(f"{visible(line)}\n")
            versions = plan.versions if options.api else _choose_versions(plan.daemon, run.catalogue)
            yield msgspec.structs.replace(plan, versions=versions, timeouts=_TIMEOUTS)
            _remove_unrecorded(plan)
        finally:
            run.close()


def _remove_unrecorded(plan: Plan) -> None:
    """Remove objects whose names a fault hid from the check that created them (an id that was dropped, a name swallowed)."""
    client = Client(plan.daemon.endpoint, plan.daemon.newest)
    try:
        found = cleanup.find_leftovers(client, plan.run)
        kept = (plan.image.id, plan.image.name)
        stayed = cleanup.remove_all(client, [entry for entry in found.entries if entry.name not in kept])
        for word in [*stayed, *found.unknown]:
            sys.stderr.write(f"docker-conformance: failed to remove {one_line(word)}\n")
    except DaemonFault as fault:
        sys.stderr.write(f"docker-conformance: failed to list leftovers: {fault}\n")
    finally:
        client.close()


_STYLES = {MutantStatus.KILLED: "green", MutantStatus.IDLE: "dim", MutantStatus.SURVIVED: "bold red"}


def _show(results: list[MutantResult], leaks: list[str], *, brief: bool, seconds: float) -> None:
    out = console.make_console()
    shown = [result for result in results if result.status is not MutantStatus.KILLED or not brief]
    widest = max((len(f"{result.change} {result.mutant.name}") for result in shown), default=0)
    for result in shown:
        head = Text(f"{result.status.ljust(11)} ", style=_STYLES.get(result.status, "yellow"))
        head.append(f"{result.change} {result.mutant.name}", style="default")
        reason = visible(result.reason)
        if 14 + widest + len(reason) <= out.width:
            head.append(" " * (14 + widest - len(head.plain)))
            console.print_hanging(out, head, Text(reason))
        else:
            console.print_hanging(out, Text(), head)
            console.print_hanging(out, Text(), Text(reason), indent=12)
        for bystander in result.bystanders:
            console.print_hanging(
                out,
                Text("            also noticed by "),
                Text(f"{bystander.case.key}: {visible(bystander.reason)}"),
            )
    for leak in leaks:
        console.print_hanging(out, Text("left behind: ", style="yellow"), Text(visible(leak)))
    counts = Counter(result.status for result in results)
    summary = ", ".join(
        f"{counts[status]} {str(status).lower()}{_count_repaired(results, status)}"
        for status in MutantStatus
        if counts[status]
    )
    changes = len({result.change for result in results})
    line = f"{len(results)} mutants of {changes} statements: {summary}; {seconds:.1f} s"
    console.print_hanging(out, Text(), Text(line))


def _count_repaired(results: list[MutantResult], status: MutantStatus) -> str:
    count = sum(bool(result.on_top_of) for result in results if result.status is status)
    return f" ({count} on top of a repairing mutant)" if count else ""
