"""``compare``: what changed between two reports, or how a daemon fares beside a published one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from conformance.catalogue import load
from conformance.cli.files import write_output
from conformance.cli.parser import add_command, add_output, add_strictness, strictness, suggest
from conformance.cli.render import write_printed
from conformance.model.errors import UsageError
from conformance.model.text import plural
from conformance.report.compact import published_names, read_published
from conformance.report.compare import compare
from conformance.report.compatibility import hold_against
from conformance.report.file import read_report
from conformance.report.render import comparison, compatibility

T = TypeVar("T")


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "compare",
        show_comparison,
        description="Compare two reports, of two builds or of one build with its published result: regressions first.\n"
        "A deviation that was there before is not a regression. A pass that became inconclusive is reported.\n"
        "With --with, hold one report against a published daemon: what works there and not here, and the other way\n"
        "round, whatever the documents say.\n"
        "exit codes: 0 no regression, 1 a regression, 2 used wrongly, 3 a report is interrupted or inconclusive; with\n"
        "--with: 0 what works there works here, 1 something does not, 2 and 3 as above",
        examples=[
            "docker-conformance compare reports/docker-20.10.24.jsonl conformance-report.jsonl",
            "docker-conformance compare old.jsonl new.jsonl --format markdown -o news.md",
            "docker-conformance compare --with docker-28.5.2 conformance-report.jsonl",
        ],
    )
    parser.add_argument(
        "reports",
        metavar="REPORT",
        nargs="+",
        type=Path,
        help="the report to compare with and the one that may have news; with --with only the latter",
    )
    parser.add_argument(
        "--with",
        dest="published",
        metavar="NAME",
        help=f"a published daemon: {', '.join(published_names())}",
    )
    parser.add_argument(
        "--format", choices=["text", "markdown", "json"], default="text", help="the form (default text)"
    )
    add_strictness(parser)
    add_output(parser, or_stdout=True)


def show_comparison(options: argparse.Namespace) -> int:
    """Print or write the comparison; returns its exit code."""
    wanted = 1 if options.published is not None else 2
    if len(options.reports) != wanted:
        raise UsageError(
            f"compare: expected {plural(wanted, 'report')}, got {len(options.reports)} (see docker-conformance compare --help)"
        )
    if options.published is not None:
        return _show_compatibility(options)
    base, new = (read_report(path) for path in options.reports)
    found = compare(base, new, load(), strictness(options))
    _write(
        options,
        found,
        comparison.print_comparison,
        comparison.render_markdown,
        comparison.render_json,
    )
    return found.outcome.code


def _show_compatibility(options: argparse.Namespace) -> int:
    name = options.published
    if name not in published_names():
        meant = suggest(name, published_names()) or f"; there are {', '.join(published_names())}"
        raise UsageError(f"--with: unknown published report {name!r}{meant}")
    found = hold_against(
        name, read_published(name), read_report(options.reports[0]), load(), legacy=options.strict_legacy
    )
    _write(
        options,
        found,
        compatibility.print_compatibility,
        compatibility.render_markdown,
        compatibility.render_json,
    )
    return found.outcome.code


def _write(
    options: argparse.Namespace,
    found: T,
    show: Callable[[T, Console], None],
    as_markdown: Callable[[T], str],
    as_json: Callable[[T], bytes],
) -> None:
    """Write `found` in the form that the options name, to stdout or a file."""
    if options.format == "json":
        write_output(options.output, as_json(found))
    elif options.format == "markdown":
        write_output(options.output, as_markdown(found).encode())
    else:
        write_printed(options.output, lambda out: show(found, out))
