"""``clients``: which clients can use a daemon."""

from __future__ import annotations

import argparse
import io
from typing import Any

from conformance.catalogue import load
from conformance.catalogue.clients import clients
from conformance.cli.files import write_output
from conformance.cli.parser import add_command, add_output, add_report
from conformance.report.client_support import contacts, judge_profiles, served
from conformance.report.file import read_report
from conformance.report.render import client_support as render
from conformance.report.render import console


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "clients",
        show_clients,
        description="Say which clients can talk to the daemon of a report and in which API version, and how the daemon fares\n"
        "in what each kind of client asks (profiles).\n"
        "exit codes: 0, 2 used wrongly, 3 the report is interrupted",
        examples=[
            "docker-conformance clients conformance-report.jsonl",
            "docker-conformance clients report.jsonl --format json -o clients.json",
        ],
    )
    add_report(parser)
    parser.add_argument("--format", choices=["text", "json"], default="text", help="the form (default text)")
    add_output(parser, or_stdout=True)


def show_clients(options: argparse.Namespace) -> int:
    """Print or write which clients can use the daemon; returns 0."""
    report = read_report(options.report)
    profiles = judge_profiles(report, load())
    found = contacts(served(report), clients())
    if options.format == "json":
        write_output(options.output, render.render_json(report, clients(), found, profiles))
    elif options.output is None:
        render.print_support(report, clients(), found, profiles, console.make_console())
    else:
        page = io.StringIO()
        render.print_support(report, clients(), found, profiles, console.make_console(page, width=100))
        write_output(options.output, page.getvalue().encode())
    return 0
