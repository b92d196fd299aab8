"""``clean``: removes what killed runs left behind, and nothing that they did not create."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.cli.parser import add_command, add_target
from conformance.engine import tempdir
from conformance.engine.probe import identify
from conformance.engine.targets import Target, choose, find
from conformance.environment import cleanup, registry_cleanup
from conformance.environment.ledger import (
    LedgerEntry,
    RunInfo,
    forget,
    is_alive,
    known_runs,
    outstanding,
    runs_of_other_users,
)
from conformance.http.client import Client
from conformance.model.errors import DaemonFault, Unreachable, UsageError
from conformance.model.text import one_line, plural, visible
from conformance.report.redaction import Redactor


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "clean",
        clean,
        description="Remove what killed runs left behind: private daemons with their files, and the objects that a run created\n"
        "on a daemon, by its ledger and by the prefix of its names. Running runs are skipped; with --host, so are runs\n"
        "on other daemons, with their registries.\n"
        "exit codes: 0 nothing is left, 2 used wrongly, 3 something could not be removed, 4 a daemon is unreachable",
        examples=[
            "docker-conformance clean --dry-run",
            "docker-conformance clean --host ssh://root@build-7",
            "docker-conformance clean --forget 1f2e3d4c",
        ],
    )
    add_target(parser, private=False)
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    parser.add_argument(
        "--forget",
        metavar="RUN",
        help="give up the ledger of a killed run whose daemon or registry no longer exists; removes nothing else",
    )


@dataclass
class CleaningResult:
    """What was removed, what was not, and which daemons were unreachable."""

    left: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)
    removed: int = 0


def clean(options: argparse.Namespace) -> int:
    """Clean, and say what was done; returns the exit code."""
    if options.forget:
        return _forget(options.forget)
    outcome = CleaningResult()
    target = find(options) if options.host else None
    for path in tempdir.find_stale() if target is None else []:
        _say(f"private directory {path}", options.dry_run)
        if not options.dry_run:
            left = tempdir.remove(path)
            outcome.left += left
            outcome.removed += not left
    for info in known_runs():
        if is_alive(info):
            _skip(info, f"still running (pid {info.pid})")
        elif target is not None and not _is_at(info, target):
            _skip(info, f"it was on {info.host}; that daemon and its registry are left alone")
        else:
            _clean_run(info, target, options.dry_run, outcome)
    for other in runs_of_other_users():
        amount = "any runs" if other.amount is None else plural(other.amount, "run")
        unread = ", whose ledgers cannot be read" if other.amount is None else ""
        sys.stdout.write(
            f"skipping {amount} of user {other.user}{unread}: run clean as that user ({other.folder})\n"
        )
    return _conclude(outcome, options.dry_run)


def _forget(run: str) -> int:
    info = next((info for info in known_runs() if info.run == run), None)
    if info is None:
        known = ", ".join(info.run for info in known_runs()) or "none"
        raise UsageError(f"--forget {run}: there is no ledger of that run (ledgers: {known})")
    if is_alive(info):
        raise UsageError(f"--forget {run}: it is still running (pid {info.pid})")
    entries = outstanding(info)
    forget(info)
    sys.stdout.write(f"forgot run {run} on {info.host}")
    sys.stdout.write(f" with {plural(len(entries), 'object')} that may still exist:\n" if entries else "\n")
    for entry in entries:
        sys.stdout.write(f"  {visible(f'{entry.kind} {entry.name}')}\n")
    return 0


def _say(what: str, dry_run: bool) -> None:
    sys.stdout.write(f"{'would remove' if dry_run else 'removing'} {visible(what)}\n")


def _skip(info: RunInfo, why: str) -> None:
    sys.stdout.write(f"skipping run {info.run}: {visible(why)}\n")


def _is_at(info: RunInfo, target: Target) -> bool:
    """Whether a run was on the daemon of `target`: by its address, in which links of a socket's path do not matter."""
    here, there = (url.removeprefix("unix://") for url in (target.url, info.host))
    return here == there or (here.startswith("/") and os.path.realpath(here) == os.path.realpath(there))


def _clean_run(info: RunInfo, target: Target | None, dry_run: bool, outcome: CleaningResult) -> None:
    if _was_private(info):  # its objects were removed with the daemon and its directory
        _clean_up(info, None, dry_run, outcome)
        return
    try:
        with ExitStack() as stack:
            endpoint = stack.enter_context((target or choose(info.host)).connect())
            newest = identify(endpoint)[0].newest
            client = stack.enter_context(closing(Client(endpoint, newest)))
            _clean_up(info, client, dry_run, outcome)
    except (Unreachable, UsageError, DaemonFault) as error:
        outcome.unreachable.append(
            f"run {info.run} on {info.host}: {error} (name its daemon with --host, or give it up with"
            f" --forget {info.run})"
        )


def _was_private(info: RunInfo) -> bool:
    path = Path(info.host.removeprefix("unix://"))
    return (
        info.host.startswith("unix://") and path.parent.name.startswith(tempdir.PREFIX) and not path.exists()
    )


def _clean_up(info: RunInfo, client: Client | None, dry_run: bool, outcome: CleaningResult) -> None:
    """Clean a run's daemon, if there is one, and its registry, if it had one."""
    found, unknown = cleanup.find_leftovers(client, info) if client is not None else cleanup.Leftovers([], [])
    # Only the ledger knows objects that the daemon named itself, such as anonymous volumes.
    named = [
        entry
        for entry in outstanding(info)
        if entry.kind != registry_cleanup.KIND and info.prefix not in entry.name
    ]
    tags = registry_cleanup.find_leftovers(info)
    entries = [
        *found,
        *(entry for entry in named if client is not None and entry not in found),
        *(LedgerEntry(registry_cleanup.KIND, name) for name in tags.names),
    ]
    for entry in entries:
        _say(f"{entry.kind} {entry.name} (run {info.run})", dry_run)
    if dry_run:
        outcome.left += [*unknown, *tags.unknown]
        return
    left = cleanup.sweep(client, info, killed=True) if client is not None else []
    left += registry_cleanup.sweep(info, killed=True)
    left = cleanup.one_per_object(left)
    outcome.removed += len(entries) - min(len(left), len(entries))
    outcome.left += [f"{message} (run {info.run})" for message in left]
    if not left:
        forget(info)


def _conclude(outcome: CleaningResult, dry_run: bool) -> int:
    redactor = Redactor([os.environ.get("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", "")])
    for what in map(redactor.text, outcome.left):
        sys.stderr.write(f"docker-conformance: could not remove {one_line(what)}\n")
    for what in outcome.unreachable:
        sys.stderr.write(f"docker-conformance: {one_line(what, 600)}\n")
    if not dry_run:
        sys.stdout.write(f"removed {plural(outcome.removed, 'object')}\n")
    return 3 if outcome.left else 4 if outcome.unreachable else 0
