"""``operations``: which operations a daemon supports, version by version."""

from __future__ import annotations

import argparse
from typing import Any

from conformance.catalogue import load
from conformance.catalogue.operations import operations
from conformance.cli.files import write_output
from conformance.cli.parser import add_command, add_output, add_report
from conformance.report.file import read_report
from conformance.report.operation_support import tabulate
from conformance.report.render import operation_support as render


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "operations",
        show_operations,
        description="Write a table of a daemon's operations and versions, as vendors publish it: supported, partly (with\n"
        "the statements that are not kept), not implemented (501, or the route is proven to be absent), refused.\n"
        "exit codes: 0, 2 used wrongly, 3 the report is interrupted",
        examples=[
            "docker-conformance operations conformance-report.jsonl",
            "docker-conformance operations report.jsonl --format json -o operations.json",
        ],
    )
    add_report(parser)
    parser.add_argument(
        "--format", choices=["markdown", "json"], default="markdown", help="the form (default markdown)"
    )
    add_output(parser, or_stdout=True)


def show_operations(options: argparse.Namespace) -> int:
    """Write the table; returns 0."""
    report = read_report(options.report)
    table = tabulate(report, load(), operations().values())
    if options.format == "json":
        write_output(options.output, render.render_json(report, table))
    else:
        write_output(options.output, render.render_markdown(report, table).encode())
    return 0
