"""``matrix`` and ``junit``: a report that is already there, shown again or written in another form."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from conformance import matrix
from conformance.catalogue import load
from conformance.commands.common import add
from conformance.errors import UsageError
from conformance.render import junit, terminal
from conformance.results import Report, read_report


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
    parser.add_argument(
        "report", metavar="REPORT", type=Path, help="a report that 'docker-conformance run' wrote"
    )
    parser.add_argument("--brief", action="store_true", help="only the matrix and what it adds up to")
    parser.add_argument(
        "--aside", action="store_true", help="what does not count (legacy, informative) in full too"
    )
    parser.add_argument(
        "--strict-legacy", action="store_true", help="count the cells below a change's version too"
    )
    parser = add(
        commands,
        "junit",
        write_junit,
        summary="write a report as JUnit XML",
        teaches="Write a report as JUnit XML, for a CI server: a suite per API version, with real failures and skips.",
        examples=["docker-conformance junit conformance-report.jsonl -o junit.xml"],
    )
    parser.add_argument(
        "report", metavar="REPORT", type=Path, help="a report that 'docker-conformance run' wrote"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="the file to write, whole or not at all",
    )


def show_matrix(options: argparse.Namespace) -> int:
    """Print the matrix of a report; returns the exit code of its run (3 for an interrupted one)."""
    report = read_report(options.report)
    return present(
        report, details=not options.brief, aside=options.aside, strict_legacy=options.strict_legacy
    )


def present(report: Report, *, details: bool = True, aside: bool = False, strict_legacy: bool = False) -> int:
    """Print a report to stdout; returns its exit code. Says on stderr when the run was interrupted."""
    catalogue = load()
    arranged = matrix.build(report, catalogue, strict_legacy=strict_legacy)
    terminal.show(report, arranged, catalogue, terminal.console(), details=details, aside=aside)
    if report.footer is None:
        sys.stderr.write(
            f"docker-conformance: {report.path} has no footer: that run was interrupted, so run it again\n"
        )
    return arranged.outcome.code


def write_junit(options: argparse.Namespace) -> int:
    """Write JUnit XML; returns 0, or 3 for an interrupted report (the file then says so too)."""
    report = read_report(options.report)
    junit_file(report, options.output)
    report.finished()
    return 0


def junit_file(report: Report, path: Path, *, strict_legacy: bool = False) -> None:
    """Write a report as JUnit XML. Raises UsageError if the file cannot be written."""
    catalogue = load()
    try:
        junit.write(path, report, matrix.build(report, catalogue, strict_legacy=strict_legacy), catalogue)
    except OSError as error:
        raise UsageError(f"{path}: cannot write the file: {error.strerror}") from None
