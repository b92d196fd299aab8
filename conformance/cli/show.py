"""``matrix`` and ``junit``: a report that is already there, shown again or written in another form."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from conformance.cli.common import add
from conformance.cli.files import Arranged, arranged, put_rendering
from conformance.cli.parser import add_output, add_report, add_strict_legacy
from conformance.model.errors import Interrupted
from conformance.report.render import junit, terminal


def register(commands: Any) -> None:
    """Add the two commands."""
    parser = add(
        commands,
        "matrix",
        show_matrix,
        summary="show a report as matrix, and exit as its run did",
        teaches="Show a report: changes x API versions, what they add up to, and each failure with what it rests on.\n"
        "The exit code is that of the run: 0 conformant, 1 not conformant, 3 could not tell.",
        examples=[
            "docker-conformance matrix conformance-report.jsonl",
            "docker-conformance matrix report.jsonl --brief | less",
        ],
    )
    add_report(parser)
    parser.add_argument("--brief", action="store_true", help="only the matrix and what it adds up to")
    parser.add_argument(
        "--aside", action="store_true", help="what does not count (legacy, informative) in full too"
    )
    add_strict_legacy(parser)
    parser = add(
        commands,
        "junit",
        write_junit,
        summary="write a report as JUnit XML",
        teaches="Write a report as JUnit XML, for a CI server: a suite per API version, with real failures and skips.",
        examples=["docker-conformance junit conformance-report.jsonl -o junit.xml"],
    )
    add_report(parser)
    add_output(parser)


def show_matrix(options: argparse.Namespace) -> int:
    """Print the matrix of a report; returns the exit code of its run (3 for an interrupted one)."""
    shown = arranged(options.report, strict_legacy=options.strict_legacy)
    return present(shown, details=not options.brief, aside=options.aside)


def present(shown: Arranged, *, details: bool = True, aside: bool = False) -> int:
    """Print a report to stdout; returns its exit code. Says on stderr when the run was interrupted."""
    terminal.show(*shown, terminal.console(), details=details, aside=aside)
    try:
        shown.report.finished()
    except Interrupted as error:
        sys.stderr.write(f"docker-conformance: {error}\n")
    return shown.matrix.outcome.code


def write_junit(options: argparse.Namespace) -> int:
    """Write JUnit XML; returns 0, or 3 for an interrupted report (the file then says so too)."""
    shown = arranged(options.report)
    return put_rendering(options.output, junit.document(*shown), shown.report)
