"""``merge``: the shards of a run, joined into its report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from conformance.catalogue import load
from conformance.cli.files import writing
from conformance.cli.parser import add_command, add_output
from conformance.report.file import read_report
from conformance.report.merge import merge


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "merge",
        join,
        description="Join the reports of 'run --shard' into the one that a single run would have written. Gaps, overlaps, other\n"
        "daemons, other catalogues and other hosts are refused.\n"
        "exit codes: those of a run, 2 when the shards do not fit together",
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
        whole = merge(shards, load(), options.output)
    return whole.finished().exit_code
