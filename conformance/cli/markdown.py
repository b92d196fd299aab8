"""``markdown``: a report for a pull request or a job's summary."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from conformance.cli.parser import add_command, add_output, add_report, add_strictness, strictness
from conformance.cli.render import arrange, write_rendering
from conformance.report import compare
from conformance.report.file import read_report
from conformance.report.render import markdown


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "markdown",
        write_markdown,
        description="Write a report as Markdown, the news first, short enough for a comment.",
        examples=[
            "docker-conformance markdown conformance-report.jsonl --base reports/docker-20.10.24.jsonl -o summary.md",
        ],
    )
    add_report(parser)
    add_strictness(parser)
    parser.add_argument(
        "--base", metavar="REPORT", type=Path, help="an older report: what changed since then comes first"
    )
    add_output(parser, or_stdout=True)


def write_markdown(options: argparse.Namespace) -> int:
    """Write Markdown; returns 0, or 3 for an interrupted report (the text then says so too)."""
    report, arrangement, catalogue = arrange(options.report, strictness(options))
    base = None
    if options.base is not None:
        base = compare.compare(read_report(options.base), report, catalogue, strictness(options))
    text = markdown.render_markdown(report, arrangement, catalogue, base)
    return write_rendering(options.output, text.encode(), report)
