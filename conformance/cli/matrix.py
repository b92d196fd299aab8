"""``matrix``: a report that is already there, shown again."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from conformance.cli.parser import add_command, add_report, add_strictness, strictness
from conformance.cli.render import Arranged, arrange
from conformance.model.errors import Interrupted
from conformance.report.evidence import page_path
from conformance.report.render import console, terminal
from conformance.report.render.summary import print_summary


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "matrix",
        show_matrix,
        description="Show a report: statements x API versions, the totals, and each failure with its evidence.\n"
        "The exit code is that of the run, or with --profile that of the profile: 0 conformant, 1 not conformant,\n"
        "3 inconclusive or incomplete.",
        examples=[
            "docker-conformance matrix conformance-report.jsonl",
            "docker-conformance matrix report.jsonl --brief | less",
            "docker-conformance matrix report.jsonl --profile testcontainers --summary",
        ],
    )
    add_report(parser)
    much = parser.add_mutually_exclusive_group()
    much.add_argument("--summary", action="store_true", help="only what the run showed at its end")
    much.add_argument("--brief", action="store_true", help="only the matrix and the totals")
    parser.add_argument(
        "--aside", action="store_true", help="what does not count (legacy, informative) in full too"
    )
    parser.add_argument("--profile", metavar="NAME", help="only the statements of a profile")
    add_strictness(parser)


def show_matrix(options: argparse.Namespace) -> int:
    """Print the matrix of a report; returns the exit code of its run (3 for an interrupted one)."""
    arranged = arrange(options.report, strictness(options), profile=options.profile)
    if options.summary:
        page = page_path(options.report)
        print_summary(*arranged, console.make_console(), page=page if page.is_file() else None)
        return _exit(arranged)
    return print_report(arranged, details=not options.brief, aside=options.aside)


def print_report(arranged: Arranged, *, details: bool = True, aside: bool = False) -> int:
    """Print a report to stdout; returns its exit code. Says on stderr if the run was interrupted."""
    terminal.print_report(*arranged, console.make_console(), details=details, aside=aside)
    return _exit(arranged)


def _exit(arranged: Arranged) -> int:
    try:
        arranged.report.finished()
    except Interrupted as error:
        sys.stderr.write(f"docker-conformance: {error}\n")
    return arranged.matrix.outcome.code
