"""``compare`` and ``merge``: two reports held against each other, shards joined into one."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

from conformance.catalogue import load
from conformance.cli.common import add
from conformance.cli.files import put, writing
from conformance.cli.parser import add_output, add_strict_legacy
from conformance.report import compare, merge
from conformance.report.file import read_report
from conformance.report.render import comparison, terminal


def register(commands: Any) -> None:
    """Add the commands."""
    parser = add(
        commands,
        "compare",
        show,
        summary="what changed between two reports: regressions, fixes, new and gone",
        teaches="Compare two reports, of two builds or of one build with its published result: regressions first.\n"
        "A deviation that was there before is no regression. What passed and now could not be told is not passed over.\n"
        "(exit codes: 0 no regression, 1 a regression, 2 used wrongly, 3 a report is interrupted, or it could not be told)",
        examples=[
            "docker-conformance compare reports/docker-20.10.24.jsonl conformance-report.jsonl",
            "docker-conformance compare old.jsonl new.jsonl --format markdown -o news.md",
        ],
    )
    parser.add_argument("base", metavar="BASE", type=Path, help="the report to compare with")
    parser.add_argument("new", metavar="NEW", type=Path, help="the report that may have news")
    parser.add_argument(
        "--format", choices=["text", "markdown", "json"], default="text", help="how to show it (default text)"
    )
    add_strict_legacy(parser)
    add_output(parser, or_stdout=True)
    parser = add(
        commands,
        "merge",
        join,
        summary="join the shards of one run into its report",
        teaches="Join the reports of 'run --shard' into the one that a single run would have written. Gaps, overlaps, other\n"
        "daemons, other catalogues and other hosts are refused. (exit codes: those of a run, 2 when they do not fit together)",
        examples=[
            "docker-conformance merge shard-1.jsonl shard-2.jsonl shard-3.jsonl -o conformance-report.jsonl"
        ],
    )
    parser.add_argument("reports", metavar="REPORT", type=Path, nargs="+", help="all shards, in any order")
    add_output(parser, what="the report")


def join(options: argparse.Namespace) -> int:
    """Write the joined report; returns the exit code that a single run would have had."""
    shards = [read_report(path) for path in options.reports]
    with writing(options.output):
        whole = merge.merge(shards, load(), options.output)
    return whole.finished().exit_code


def show(options: argparse.Namespace) -> int:
    """Print or write the comparison; returns its exit code."""
    base, new = read_report(options.base), read_report(options.new)
    found = compare.compare(base, new, load(), strict_legacy=options.strict_legacy)
    if options.format == "json":
        put(options.output, comparison.as_json(found))
    elif options.format == "markdown":
        put(options.output, comparison.as_markdown(found).encode())
    elif options.output is None:
        comparison.show(found, terminal.console())
    else:
        page = io.StringIO()
        comparison.show(found, terminal.console(page, width=100))
        put(options.output, page.getvalue().encode())
    return found.outcome.code
