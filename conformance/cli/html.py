"""``html``: one or several reports as a page for a browser."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from conformance.catalogue import load
from conformance.cli.parser import add_command, add_output, add_strictness, strictness
from conformance.cli.render import arrange, write_rendering
from conformance.report.render import html, html_data


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "html",
        write_html,
        description="Write a report as one self-contained page: the verdict, the matrix with filters, and each case with what\n"
        "is documented, what was observed and its exchange. Several reports give a comparison of their daemons too.",
        examples=[
            "docker-conformance html conformance-report.jsonl -o matrix.html",
            "docker-conformance html reports/docker-28.5.2.jsonl reports/podman-5.4.2.jsonl -o compare.html",
        ],
    )
    parser.add_argument(
        "reports", metavar="REPORT", type=Path, nargs="+", help="a report that 'docker-conformance run' wrote"
    )
    add_strictness(parser)
    add_output(parser)


def write_html(options: argparse.Namespace) -> int:
    """Write the page; returns 0, or 3 if one of the reports is interrupted (the page then says so too)."""
    parts = [html_data.prepare(*arrange(path, strictness(options))) for path in options.reports]
    page = html.render_page(parts, load())
    return write_rendering(options.output, page.encode(), *(part.report for part in parts))
