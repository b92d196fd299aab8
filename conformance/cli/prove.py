"""``prove``: breaks a daemon on purpose, one fault at a time, and shows which check notices which."""

from __future__ import annotations

import argparse
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

from conformance.catalogue import load
from conformance.cli import surveys
from conformance.cli.parser import add_command, check_change
from conformance.engine import tempdir
from conformance.environment import cleanup
from conformance.http.client import Client
from conformance.http.timeouts import Timeouts
from conformance.model.errors import DaemonFault, UsageError
from conformance.model.versions import ApiVersion
from conformance.mutation.emulators import newest_of_all
from conformance.mutation.pool import Crew, WorkerLost
from conformance.mutation.progress import Progress
from conformance.mutation.result import Fate, Trial, exit_code
from conformance.mutation.runner import Proof
from conformance.report.render import labels, terminal
from conformance.runner.controller_open import Run
from conformance.runner.options import OPTIONS
from conformance.runner.worker_session import Plan

#: Of a run's options, those that say which daemon; the rest a proof decides itself.
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
#: A broken daemon keeps a check waiting; what a good one needs under load is below these.
_TIMEOUTS = Timeouts(first_byte=20, silence=15, total=60)


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "prove",
        prove,
        description="Put a proxy in front of a daemon, break one thing at a time (the mutants of the catalogue), run the checks of the\n"
        "change, and show which check noticed. Everything goes to one daemon, which is not harmed.\n"
        "Where it violates the change itself or cannot be asked (another kernel, a later API), a mutant mends it first, some by\n"
        "a scripted engine; what is broken then is told as killed upon that mutant. 'idle' is what lies outside the daemon's\n"
        "window, 'unavailable' what this host lacks.\n"
        "exit codes: 0 every mutant that can be tried here was noticed, 1 one survived (with --automatic: a fault was not noticed;\n"
        "--controls, --clean: a verdict changed), 2 used wrongly, 3 could not tell, 4 unreachable",
        examples=[
            "docker-conformance prove 1.19/info-booleans",
            "docker-conformance prove --dockerd /usr/sbin/dockerd -n 4",
        ],
    )
    parser.add_argument("changes", metavar="ID", nargs="*", help="a change; by default all")
    parser.add_argument(
        "--mutant", metavar="NAME", action="append", help="only mutants of this name; may be repeated"
    )
    parser.add_argument(
        "-n",
        dest="workers",
        metavar="N",
        type=int,
        default=(os.cpu_count() or 1) + 1,
        help="how many at a time",
    )
    parser.add_argument("--brief", action="store_true", help="leave the killed ones out of the table")
    parser.add_argument("--all-killers", action="store_true", help="go on after the first case that notices")
    parser.add_argument(
        "--every-version", action="store_true", help="ask all served versions of a side, not its newest"
    )
    parser.add_argument(
        "--bystanders", action="store_true", help="show cases of other changes that notice a mutant too"
    )
    survey = parser.add_mutually_exclusive_group()
    survey.add_argument(
        "--automatic", action="store_true", help="instead: break each status and member that a check reads"
    )
    survey.add_argument(
        "--controls",
        action="store_true",
        help="instead: differences that break no promise and must change no verdict",
    )
    survey.add_argument(
        "--clean",
        action="store_true",
        help="instead: compare verdicts with and without the proxy, nothing broken",
    )
    for option in OPTIONS:
        if option.flag in _TARGET:
            parser.add_argument(option.flag, **option.keywords)


def prove(options: argparse.Namespace) -> int:
    """Try the mutants; returns the exit code of the command."""
    catalogue = load()
    for change in options.changes:
        check_change(change, catalogue)
    if options.automatic or options.controls or options.clean:
        return surveys.run(options, partial(open_daemon, options))
    chosen = options.changes or list(catalogue.changes)
    wanted = set(options.mutant or [])
    mutants = [
        (change, mutant)
        for change in chosen
        for mutant in catalogue[change].mutants
        if not wanted or mutant.name in wanted
    ]
    if not mutants:
        raise UsageError("there is no such mutant; the catalogue's TOML files have them beside their changes")
    begun = time.monotonic()
    with open_daemon(options, sorted({change for change, _ in mutants})) as plan:
        plan = _up_to_scripted(plan, options.api)
        crew = Crew(plan, max(1, min(options.workers, len(mutants))))
        with crew:
            proof = Proof(
                crew,
                catalogue,
                Progress(len(mutants)).trial,
                every_version=options.every_version,
                all_killers=options.all_killers,
                bystanders=options.bystanders,
            )
            trials = proof.run(mutants)
    _show(trials, crew.leaks, brief=options.brief, seconds=time.monotonic() - begun)
    return exit_code(trials, crew.leaks)


def _up_to_scripted(plan: Plan, selection: str | None) -> Plan:
    """The plan with the newest version that a scripted engine serves as well, where nobody chose versions."""
    more = newest_of_all()
    if selection or plan.daemon.serves(ApiVersion.parse(more)):
        return plan
    return msgspec.structs.replace(plan, versions=[*plan.versions, more])


@contextmanager
def open_daemon(options: argparse.Namespace, changes: list[str]) -> Iterator[Plan]:
    """Open the daemon as a run does, without a report to keep; takes away what broken answers kept from the ledgers."""
    with tempdir.directory() as folder:
        settings = argparse.Namespace(**vars(options))
        for option in OPTIONS:
            name = option.flag.removeprefix("--").replace("-", "_")
            if not hasattr(settings, name):
                setattr(settings, name, None)
        settings.api = settings.api or "all"
        settings.change, settings.report = (
            None if options.bystanders else changes,
            str(Path(folder) / "report.jsonl"),
        )
        run = Run(settings, workers=options.workers)
        try:
            run.open()
            for line in run.describe():
                sys.stderr.write(f"{labels.visible(line)}\n")
            plan = run.plan
            yield msgspec.structs.replace(plan, timeouts=_TIMEOUTS)
            _sweep(plan)
        except WorkerLost as error:
            raise UsageError(str(error)) from error
        finally:
            run.close()


def _sweep(plan: Plan) -> None:
    """Remove what a broken answer hid from the one who made it (an id that was dropped, a name that was swallowed)."""
    client = Client(plan.daemon.endpoint, plan.daemon.newest)
    try:
        found = cleanup.ours(client, plan.run)
        stayed = cleanup.remove_all(client, [entry for entry in found.entries if entry.name != plan.image])
        for word in [*stayed, *found.unknown]:
            sys.stderr.write(f"docker-conformance: could not remove {labels.one_line(word)}\n")
    except DaemonFault as fault:
        sys.stderr.write(f"docker-conformance: the daemon could not be asked for leftovers: {fault}\n")
    finally:
        client.close()


_STYLES = {Fate.KILLED: "green", Fate.IDLE: "dim", Fate.SURVIVED: "bold red"}


def _show(trials: list[Trial], leaks: list[str], *, brief: bool, seconds: float) -> None:
    out = terminal.console()
    shown = [trial for trial in trials if trial.fate is not Fate.KILLED or not brief]
    widest = max((len(f"{trial.change} {trial.mutant.name}") for trial in shown), default=0)
    for trial in shown:
        head = Text(f"{trial.fate.ljust(11)} ", style=_STYLES.get(trial.fate, "yellow"))
        head.append(f"{trial.change} {trial.mutant.name}", style="default")
        why = labels.visible(trial.why)
        if 14 + widest + len(why) <= out.width:
            head.append(" " * (14 + widest - len(head.plain)))
            terminal.hang(out, head, Text(why))
        else:
            terminal.hang(out, Text(), head)
            terminal.hang(out, Text(), Text(why), indent=12)
        for result in trial.bystanders:
            terminal.hang(
                out,
                Text("            also noticed by "),
                Text(f"{result.case.key}: {labels.visible(result.reason)}"),
            )
    for leak in leaks:
        terminal.hang(out, Text("left behind: ", style="yellow"), Text(labels.visible(leak)))
    counts = Counter(trial.fate for trial in trials)
    told = ", ".join(
        f"{counts[fate]} {str(fate).lower()}{_upon(trials, fate)}" for fate in Fate if counts[fate]
    )
    changes = len({trial.change for trial in trials})
    terminal.hang(out, Text(), Text(f"{len(trials)} mutants of {changes} changes: {told}; {seconds:.1f} s"))


def _upon(trials: list[Trial], fate: Fate) -> str:
    mended = sum(bool(trial.upon) for trial in trials if trial.fate is fate)
    return f" ({mended} upon a daemon that another mutant mends)" if mended else ""
