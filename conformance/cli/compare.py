"""``compare``: what changed between two reports."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

from conformance.catalogue import load
from conformance.cli.files import write_output
from conformance.cli.parser import add_command, add_output, add_strictness, strictness
from conformance.report.compare import compare
from conformance.report.file import read_report
from conformance.report.render import comparison, console


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "compare",
        show_comparison,
        description="Compare two reports, of two builds or of one build with its published result: regressions first.\n"
        "A deviation that was there before is not a regression. A pass that became inconclusive is reported.\n"
        "exit codes: 0 no regression, 1 a regression, 2 used wrongly, 3 a report is interrupted or inconclusive",
        examples=[
            "docker-conformance compare reports/docker-20.10.24.jsonl conformance-report.jsonl",
            "docker-conformance compare old.jsonl new.jsonl --format markdown -o news.md",
        ],
    )
    parser.add_argument("base", metavar="BASE", type=Path, help="the report to compare with")
    parser.add_argument("new", metavar="NEW", type=Path, help="the report that may have news")
    parser.add_argument(
        "--format", choices=["text", "markdown", "json"], default="text", help="the form (default text)"
    )
    add_strictness(parser)
    add_output(parser, or_stdout=True)


def show_comparison(options: argparse.Namespace) -> int:
    """Print or write the comparison; returns its exit code."""
    base, new = read_report(options.base), read_report(options.new)
    found = compare(base, new, load(), strictness(options))
    if options.format == "json":
        write_output(options.output, comparison.render_json(found))
    elif options.format == "markdown":
        write_output(options.output, comparison.render_markdown(found).encode())
    elif options.output is None:
        comparison.print_comparison(found, console.make_console())
    else:
        page = io.StringIO()
        comparison.print_comparison(found, console.make_console(page, width=100))
        write_output(options.output, page.getvalue().encode())
    return found.outcome.code
