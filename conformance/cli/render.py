"""``html``, ``markdown`` and ``badge``: a report for a browser, a pull request, a README."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from conformance.catalogue import load
from conformance.cli.common import add
from conformance.cli.files import arranged, put_rendering
from conformance.cli.parser import add_output, add_report, add_strict_legacy
from conformance.report import compare
from conformance.report.file import read_report
from conformance.report.render import badge, html, html_data, markdown


def register(commands: Any) -> None:
    """Add the commands."""
    parser = add(
        commands,
        "html",
        write_html,
        summary="write a report, or several side by side, as one page for a browser",
        teaches="Write a report as one self-contained page: what it comes to, the matrix with filters, and each case with what\n"
        "is documented, what was seen and its exchange. Several reports give the comparison of their daemons as well.",
        examples=[
            "docker-conformance html conformance-report.jsonl -o matrix.html",
            "docker-conformance html reports/docker-28.5.2.jsonl reports/podman-5.4.2.jsonl -o compare.html",
        ],
    )
    parser.add_argument(
        "reports", metavar="REPORT", type=Path, nargs="+", help="a report that 'docker-conformance run' wrote"
    )
    add_strict_legacy(parser)
    add_output(parser)
    parser = add(
        commands,
        "markdown",
        write_markdown,
        summary="write a report as Markdown, for a comment or a job's summary",
        teaches="Write a report as Markdown, the news first, short enough for a comment.",
        examples=[
            "docker-conformance markdown conformance-report.jsonl --base reports/docker-20.10.24.jsonl -o summary.md",
        ],
    )
    add_report(parser)
    add_strict_legacy(parser)
    parser.add_argument(
        "--base", metavar="REPORT", type=Path, help="an older report: what changed since then comes first"
    )
    add_output(parser, or_stdout=True)
    parser = add(
        commands,
        "badge",
        write_badge,
        summary="write a report as a badge (SVG) with its numbers",
        teaches="Write a report as a badge (SVG) with its numbers, readable without colour.",
        examples=["docker-conformance badge conformance-report.jsonl -o badge.svg"],
    )
    add_report(parser)
    add_strict_legacy(parser)
    add_output(parser)


def write_markdown(options: argparse.Namespace) -> int:
    """Write Markdown; returns 0, or 3 for an interrupted report (the text then says so too)."""
    report, arrangement, catalogue = arranged(options.report, strict_legacy=options.strict_legacy)
    base = None
    if options.base is not None:
        base = compare.compare(
            read_report(options.base), report, catalogue, strict_legacy=options.strict_legacy
        )
    return put_rendering(options.output, markdown.page(report, arrangement, catalogue, base).encode(), report)


def write_badge(options: argparse.Namespace) -> int:
    """Write a badge; returns 0, or 3 for an interrupted report (the badge then says so too)."""
    report, arrangement, _ = arranged(options.report, strict_legacy=options.strict_legacy)
    return put_rendering(options.output, badge.badge(report, arrangement).encode(), report)


def write_html(options: argparse.Namespace) -> int:
    """Write the page; returns 0, or 3 if one of the reports is interrupted (the page then says so too)."""
    parts = [html_data.part(*arranged(path, strict_legacy=options.strict_legacy)) for path in options.reports]
    page = html.page(parts, load())
    return put_rendering(options.output, page.encode(), *(part.report for part in parts))
