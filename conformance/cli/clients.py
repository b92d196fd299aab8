"""``clients``: which clients can use a daemon: by the versions that they speak, or by trying them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from conformance.catalogue import load
from conformance.catalogue.clients import clients
from conformance.cli.files import write_output
from conformance.cli.parser import add_command, add_output, add_target, suggest
from conformance.cli.render import write_printed
from conformance.engine.targets import find
from conformance.model.errors import UsageError
from conformance.report import matrix
from conformance.report.client_support import contacts, judge_needs, judge_profiles, served
from conformance.report.file import Report, read_report
from conformance.report.render import client_support as support


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "clients",
        show_clients,
        description="Of a report: say which clients can talk to its daemon and in which API version, and how the daemon fares in\n"
        "what each kind of client asks (profiles).\n"
        "With --host or --dockerd: let real clients do a day's work on the daemon in each API version, step by step, and\n"
        "show which step fails, its exchange and the statements that explain it; a report of the daemon, or its published\n"
        "one, tells which of them it does not keep.\n"
        "exit codes: 0 all steps passed (of a report: always), 1 a step failed, 2 used wrongly, 3 the report is interrupted,\n"
        "no client could be tried, or something could not be removed, 4 unreachable",
        examples=[
            "docker-conformance clients conformance-report.jsonl",
            "docker-conformance clients --host unix:///run/docker.sock --api 1.24,1.41",
            "docker-conformance clients --host unix:///run/docker.sock --sdk /tmp/docker-6.1.3",
        ],
    )
    parser.add_argument(
        "report", metavar="REPORT", nargs="?", type=Path, help="a report that 'docker-conformance run' wrote"
    )
    add_target(parser)
    parser.add_argument(
        "--api", metavar="VERSIONS", help="the API versions to try clients in (default: all that it serves)"
    )
    parser.add_argument(
        "--client",
        metavar="NAME",
        action="append",
        help="only this client: docker-sdk, docker-cli or requests (repeatable)",
    )
    parser.add_argument(
        "--sdk",
        metavar="FOLDER",
        action="append",
        default=[],
        type=Path,
        help="also the docker SDK in this folder (repeatable); for an old one:\n"
        "pip install --target FOLDER docker==6.1.3 'requests<2.32' 'urllib3<2'",
    )
    parser.add_argument(
        "--docker-cli",
        metavar="FILE",
        action="append",
        default=[],
        type=Path,
        help="also this program of Docker's CLI (repeatable)",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="the form (default text)")
    add_output(parser, or_stdout=True)


def show_clients(options: argparse.Namespace) -> int:
    """Print or write which clients can use the daemon; returns the exit code."""
    report = read_report(options.report) if options.report is not None else None
    if options.host or options.dockerd:
        return _try_clients(options, report)
    if report is None:
        raise UsageError("clients: name a report, or a daemon with --host or --dockerd")
    for flag in ("--api", "--client", "--sdk", "--docker-cli"):
        if getattr(options, flag[2:].replace("-", "_")):
            raise UsageError(f"{flag} is for trying clients: name a daemon with --host or --dockerd")
    catalogue = load()
    arranged = matrix.build(report, catalogue)
    profiles = judge_profiles(report, arranged, catalogue)
    found = contacts(served(report), clients())
    needs = judge_needs(report, arranged, catalogue, found)
    _write(
        options,
        lambda out: support.print_support(report, clients(), found, profiles, needs, out),
        lambda: support.render_json(report, clients(), found, profiles, needs),
    )
    return 0


def _try_clients(options: argparse.Namespace, report: Report | None) -> int:
    # only this part pays for what runs clients
    from conformance.clients import render
    from conformance.clients.explain import explain, find_deviating, published_report
    from conformance.clients.run import Participant, run_clients
    from conformance.clients.worker import CLIENTS
    from conformance.runner.plan import plan_versions, split_served

    if report is not None:
        report.finished()
    for name in options.client or []:
        if name not in CLIENTS:
            meant = suggest(name, CLIENTS) or f"; there are {', '.join(CLIENTS)}"
            raise UsageError(f"unknown client {name!r}{meant}")
    for folder in options.sdk:
        if not (folder / "docker" / "__init__.py").is_file():
            raise UsageError(f"--sdk {folder}: there is no package docker in it")
    for file in options.docker_cli:
        if not os.access(file, os.X_OK) or file.is_dir():
            raise UsageError(f"--docker-cli {file}: not a program")
    participants = [Participant(name) for name in options.client or CLIENTS]
    participants += [Participant("docker-sdk", packages=folder.absolute()) for folder in options.sdk]
    participants += [Participant("docker-cli", program=file.absolute()) for file in options.docker_cli]
    catalogue = load()
    with replace(find(options), with_registry=False).open() as daemon:
        versions, _ = split_served(plan_versions(catalogue, daemon, options.api or ""), daemon)
        run = run_clients(daemon, participants, versions, _announce)
        deviating = find_deviating(report or published_report(daemon.identity))
        _write(
            options,
            lambda out: render.print_run(
                run, lambda step, version: explain(step, version, catalogue, deviating), out
            ),
            lambda: render.render_json(
                run, lambda step, version: explain(step, version, catalogue, deviating)
            ),
        )
    return run.exit_code


def _announce(text: str) -> None:
    sys.stderr.write(f"docker-conformance: {text}\n")
    sys.stderr.flush()


def _write(
    options: argparse.Namespace, show: Callable[[Console], None], as_json: Callable[[], bytes]
) -> None:
    if options.format == "json":
        write_output(options.output, as_json())
    else:
        write_printed(options.output, show)
