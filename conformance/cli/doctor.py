"""``doctor``: what is here before a run: the daemon, its window, what this host can do, and what that costs."""

from __future__ import annotations

import argparse
import shutil
from typing import Any

from rich.console import Console
from rich.text import Text

from conformance.catalogue import Catalogue, load
from conformance.cli.parser import add_command, add_target
from conformance.engine import tempdir
from conformance.engine.identity import Daemon
from conformance.engine.targets import find
from conformance.environment.ledger import is_alive, known_runs
from conformance.model.text import plural, visible
from conformance.report.render import console

_TOOLS = {
    "dockerd": "starts a daemon privately",
    "busybox": "makes the test image (busybox-static)",
    "docker-registry": "makes a registry for push and pull",
    "docker": "checks what Docker's own client makes of the daemon",
    "ssh": "reaches a daemon by ssh://",
}

_WIDTH = len("docker-registry: ")


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "doctor",
        diagnose,
        description="Show which daemon a run would ask, which versions it serves, what is missing on this host and which\n"
        "changes cannot be checked for that. Where no daemon runs, one is started privately and ended again.\n"
        "exit codes: 0 a daemon answers, 2 used wrongly or something before the daemon would spoil a run, 4 no daemon",
        examples=["docker-conformance doctor", "docker-conformance doctor --host ssh://root@build-7"],
    )
    add_target(parser)


def diagnose(options: argparse.Namespace) -> int:
    """Print what is here; returns 2 when something before the daemon would spoil a run, else 0. Raises Unreachable."""
    out = console.make_console()
    _tools(out)
    target = find(options)
    _row(out, "chosen", target.sentence)
    with target.open() as daemon:
        _daemon(out, daemon, load())
        obstacle = daemon.obstacle
    _leftovers(out)
    return 2 if obstacle else 0


def _row(out: Console, name: str, text: str, style: str = "") -> None:
    console.print_hanging(out, Text(f"{name}:".ljust(_WIDTH), style="bold"), Text(visible(text), style=style))


def _tools(out: Console) -> None:
    for name, use in _TOOLS.items():
        found = shutil.which(name)
        _row(out, name, found or f"not on the PATH ({use})", "" if found else "yellow")


def _daemon(out: Console, daemon: Daemon, catalogue: Catalogue) -> None:
    identity, host = daemon.identity, daemon.host
    where = "a private one" if daemon.private is not None else daemon.endpoint.url
    _row(out, "daemon", f"{identity.name} {identity.version} ({identity.os}/{identity.arch}), {where}")
    if daemon.obstacle:
        _row(out, "obstacle", daemon.obstacle, "red")
    elif daemon.proxy:
        _row(out, "through", f"{daemon.proxy}, which answers for the daemon", "yellow")
    probed = "" if identity.oldest_from == "said" else " (the oldest found by asking)"
    _row(out, "serves", f"API {daemon.oldest} to {daemon.newest}{probed}")
    known = [version for version in catalogue.askable if daemon.serves(version)]
    first, last = catalogue.askable[0], catalogue.askable[-1]
    overlap = f"{plural(len(known), 'version')} of them served here" if known else "none of them served here"
    _row(
        out,
        "catalogue",
        f"{plural(len(catalogue.changes), 'change')} of API {first} to {last}, {overlap}",
    )
    memory = f"{host.memory / 2**30:.1f} GiB" if host.memory else "unknown memory"
    facts = [
        host.system or "unknown system",
        f"kernel {host.kernel or 'unknown'}",
        f"cgroups {host.cgroups or 'unknown'}",
    ]
    _row(out, "host", ", ".join([*facts, plural(host.cpus, "CPU"), memory]))
    _needs(out, daemon, catalogue)


def _needs(out: Console, daemon: Daemon, catalogue: Catalogue) -> None:
    there = sorted(need for need, reason in daemon.capabilities.items() if not reason)
    missing = sorted(need for need, reason in daemon.capabilities.items() if reason)
    _row(out, "there", ", ".join(there) or "nothing")
    for need in missing:
        _row(out, "missing", f"{need}: {daemon.missing(need)}", "yellow")
        changes = [change.id for change in catalogue.changes.values() if need in change.needs]
        text = catalogue.needs[need].costs + (f" ({', '.join(changes)})" if changes else "")
        console.print_hanging(out, Text(" " * _WIDTH), Text(text, style="dim"))
    if not missing:
        _row(out, "missing", "nothing; every change of its versions can be asked")


def _leftovers(out: Console) -> None:
    dead = [info.run for info in known_runs() if not is_alive(info)]
    paths = tempdir.find_stale()
    if dead or paths:
        text = (
            f"{plural(len(dead), 'run')} and {plural(len(paths), 'private directory').replace('ys', 'ies')}"
        )
        _row(
            out,
            "left",
            f"{text} of earlier runs that were killed; 'docker-conformance clean' removes it",
            "yellow",
        )
