"""``junit``: a report as JUnit XML, for a CI server."""

from __future__ import annotations

import argparse
from typing import Any

from conformance.cli.parser import add_command, add_output, add_report
from conformance.cli.render import arrange, write_rendering
from conformance.report.render import junit


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "junit",
        write_junit,
        description="Write a report as JUnit XML, for a CI server: a suite per API version, with real failures and skips.",
        examples=["docker-conformance junit conformance-report.jsonl -o junit.xml"],
    )
    add_report(parser)
    add_output(parser)


def write_junit(options: argparse.Namespace) -> int:
    """Write JUnit XML; returns 0, or 3 for an interrupted report (the file then says so too)."""
    arranged = arrange(options.report)
    return write_rendering(options.output, junit.render_junit(*arranged), arranged.report)
