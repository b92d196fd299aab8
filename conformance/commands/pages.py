"""``html``, ``markdown`` and ``badge``: a report for a browser, a pull request, a README."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from conformance import compare, matrix
from conformance.catalogue import load
from conformance.commands.common import Parser, add
from conformance.commands.output import put
from conformance.render import badge, html, markdown, pagedata
from conformance.results import read_report


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
    parser.add_argument(
        "--strict-legacy", action="store_true", help="count the cells below a change's version too"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="the file to write, whole or not at all",
    )
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
    _report(parser)
    parser.add_argument(
        "--base", metavar="REPORT", type=Path, help="an older report: what changed since then comes first"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        help="the file to write, whole or not at all (default stdout)",
    )
    parser = add(
        commands,
        "badge",
        write_badge,
        summary="write a report as a badge (SVG) with its numbers",
        teaches="Write a report as a badge (SVG) with its numbers, readable without colour.",
        examples=["docker-conformance badge conformance-report.jsonl -o badge.svg"],
    )
    _report(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="the file to write, whole or not at all",
    )


def _report(parser: Parser) -> None:
    parser.add_argument(
        "report", metavar="REPORT", type=Path, help="a report that 'docker-conformance run' wrote"
    )
    parser.add_argument(
        "--strict-legacy", action="store_true", help="count the cells below a change's version too"
    )


def write_markdown(options: argparse.Namespace) -> int:
    """Write Markdown; returns 0, or 3 for an interrupted report (the text then says so too)."""
    report = read_report(options.report)
    catalogue = load()
    base = None
    if options.base is not None:
        base = compare.compare(
            read_report(options.base), report, catalogue, strict_legacy=options.strict_legacy
        )
    arranged = matrix.build(report, catalogue, strict_legacy=options.strict_legacy)
    put(options.output, markdown.page(report, arranged, catalogue, base).encode())
    report.finished()
    return 0


def write_badge(options: argparse.Namespace) -> int:
    """Write a badge; returns 0, or 3 for an interrupted report (the badge then says so too)."""
    report = read_report(options.report)
    arranged = matrix.build(report, load(), strict_legacy=options.strict_legacy)
    put(options.output, badge.badge(report, arranged).encode())
    report.finished()
    return 0


def write_html(options: argparse.Namespace) -> int:
    """Write the page; returns 0, or 3 if one of the reports is interrupted (the page then says so too)."""
    catalogue = load()
    reports = [read_report(path) for path in options.reports]
    parts = [
        pagedata.part(report, matrix.build(report, catalogue, strict_legacy=options.strict_legacy), catalogue)
        for report in reports
    ]
    put(options.output, html.page(parts, catalogue).encode())
    for report in reports:
        report.finished()
    return 0
