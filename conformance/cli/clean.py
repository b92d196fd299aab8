"""``clean``: removes what runs left behind that were killed, and nothing that they did not make."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.cli.parser import add_command, add_target
from conformance.engine import tempdir
from conformance.engine.targets import choose, find
from conformance.environment import cleanup, registry_cleanup
from conformance.environment.ledger import Entry, RunInfo, forget, is_alive, known_runs, outstanding
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
        description="Remove what killed runs left behind: private daemons with their files, and the objects that a run made on\n"
        "a daemon, by the ledger that it kept and the prefix that only it had. A run that still goes is left alone.\n"
        "exit codes: 0 nothing is left, 2 used wrongly, 3 something could not be removed, 4 a daemon is unreachable",
        examples=["docker-conformance clean --dry-run", "docker-conformance clean --host ssh://root@build-7"],
    )
    add_target(parser, private=False)
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")


@dataclass
class Outcome:
    """What came of cleaning."""

    left: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)
    removed: int = 0


def clean(options: argparse.Namespace) -> int:
    """Clean, and say what was done; returns the exit code."""
    outcome = Outcome()
    for path in tempdir.find_stale():
        _say(f"private directory {path}", options.dry_run)
        if not options.dry_run:
            left = tempdir.remove(path)
            outcome.left += left
            outcome.removed += not left
    for info in known_runs():
        if is_alive(info):
            sys.stdout.write(f"run {info.run} still goes (process {info.pid}); left alone\n")
            continue
        _clean_run(info, options, outcome)
    return _conclude(outcome, options.dry_run)


def _say(what: str, dry_run: bool) -> None:
    sys.stdout.write(f"{'would remove' if dry_run else 'removing'} {visible(what)}\n")


def _clean_run(info: RunInfo, options: argparse.Namespace, outcome: Outcome) -> None:
    if _was_private(info):  # its objects went away with the daemon and its directory
        _clean_up(info, None, options.dry_run, outcome)
        return
    try:
        target = find(options) if options.host else choose(info.host)
        with target.open() as daemon, closing(Client(daemon.endpoint, daemon.newest)) as client:
            _clean_up(info, client, options.dry_run, outcome)
    except (Unreachable, UsageError, DaemonFault) as error:
        outcome.unreachable.append(f"run {info.run} on {info.host}: {error}")


def _was_private(info: RunInfo) -> bool:
    path = Path(info.host.removeprefix("unix://"))
    return (
        info.host.startswith("unix://") and path.parent.name.startswith(tempdir.PREFIX) and not path.exists()
    )


def _clean_up(info: RunInfo, client: Client | None, dry_run: bool, outcome: Outcome) -> None:
    """Clean a run's daemon, if there is one, and its registry, if it had one."""
    found, unknown = cleanup.find_leftovers(client, info) if client is not None else cleanup.Leftovers([], [])
    # what the daemon named itself, such as anonymous volumes, is known to the ledger alone
    named = [
        entry
        for entry in outstanding(info)
        if entry.kind != registry_cleanup.KIND and info.prefix not in entry.name
    ]
    shelved = registry_cleanup.find_leftovers(info)
    entries = [
        *found,
        *(entry for entry in named if client is not None and entry not in found),
        *(Entry(registry_cleanup.KIND, name) for name in shelved.names),
    ]
    for entry in entries:
        _say(f"{entry.kind} {entry.name} (run {info.run})", dry_run)
    if dry_run:
        outcome.left += [*unknown, *shelved.unknown]
        return
    left = cleanup.sweep(client, info, killed=True) if client is not None else []
    left += registry_cleanup.sweep(info, killed=True)
    outcome.removed += len(entries) - min(len(left), len(entries))
    outcome.left += left
    if not left:
        forget(info)


def _conclude(outcome: Outcome, dry_run: bool) -> int:
    redactor = Redactor([os.environ.get("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", "")])
    for what in map(redactor.text, outcome.left):
        sys.stderr.write(f"docker-conformance: could not remove {one_line(what)}\n")
    for what in outcome.unreachable:
        sys.stderr.write(f"docker-conformance: {one_line(what)} (name it with --host)\n")
    if not dry_run:
        sys.stdout.write(f"{plural(outcome.removed, 'thing')} removed\n")
    return 3 if outcome.left else 4 if outcome.unreachable else 0
