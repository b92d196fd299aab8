"""``waivers``: known deviations that a user accepts, verified and suggested."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path
from typing import Any

import msgspec

from conformance.catalogue import load
from conformance.catalogue.check_index import checks
from conformance.cli.files import write_output
from conformance.cli.parser import Parser, add_command, add_output, add_report, add_strictness, strictness
from conformance.cli.render import arrange
from conformance.model.errors import UsageError
from conformance.model.verdicts import INCONCLUSIVE
from conformance.report import matrix, waivers
from conformance.report.file import read_report
from conformance.report.render import waiver_template

_DAYS = 90


def register(commands: Any) -> None:
    """Add the command with its two parts."""
    parser = add_command(
        commands,
        "waivers",
        lambda options: int(options.part(options)),
        description="Verify a file of waivers, or write the one that makes a report green, each waiver with what was observed.\n"
        "A run takes the file with --waivers.\n"
        "exit codes: 0 done, 1 a waiver is no longer true, 2 used wrongly, 3 the report is interrupted",
        examples=[
            "docker-conformance waivers check waivers.toml --report conformance-report.jsonl",
            "docker-conformance waivers suggest conformance-report.jsonl -o waivers.toml",
        ],
    )
    parts = parser.add_subparsers(metavar="PART", required=True, parser_class=Parser, help="check or suggest")
    part = parts.add_parser(
        "check", help="verify a file", description="Verify a file of waivers, and whether they fit a report."
    )
    part.set_defaults(part=check)
    part.add_argument("file", metavar="FILE", type=Path, help="the waivers (TOML)")
    part.add_argument(
        "--report", metavar="REPORT", type=Path, help="also say which of them are no longer true there"
    )
    part = parts.add_parser(
        "suggest",
        help="write the waivers that make a report green",
        description="Write the waivers that make a report green.",
    )
    part.set_defaults(part=suggest)
    add_report(part)
    part.add_argument(
        "--expires",
        metavar="DATE",
        type=_date,
        help=f"the last day on which they hold (default in {_DAYS} days)",
    )
    add_strictness(part)
    add_output(part, or_stdout=True)


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a date such as 2026-01-31, got {text!r}") from None


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def check(options: argparse.Namespace) -> int:
    """Verify a file; returns 0, or 1 when a waiver is no longer true in the report."""
    known = {change: [check.test for check in bound] for change, bound in checks().items()}
    found = waivers.load(options.file, load(), _today(), known)
    sys.stdout.write(f"{options.file}: {waiver_template.count_waivers(found)}\n")
    if options.report is None:
        return 0
    report = read_report(options.report)
    report.finished()
    header = msgspec.structs.replace(report.header, waivers=msgspec.to_builtins(found))
    waived = matrix.build(msgspec.structs.replace(report, header=header), load())
    for stale in waived.stale:
        sys.stderr.write(f"docker-conformance: {stale.waiver.place}: {stale.why}\n")
    sys.stdout.write(f"{options.report}: {len(waived.waived)} cases waived; {waived.outcome.why}\n")
    return 1 if waived.stale else 0


def suggest(options: argparse.Namespace) -> int:
    """Write the waivers that make a report green; says on stderr which cases they do not cover. Returns 0."""
    expires = options.expires or _today() + datetime.timedelta(days=_DAYS)
    if expires < _today():
        raise UsageError(f"--expires: {expires} is in the past; name a later day")
    arranged = arrange(options.report, strictness(options))
    arranged.report.finished()
    write_output(options.output, waiver_template.suggest(*arranged, expires).encode())
    inconclusive = {
        verdict: amount for verdict, amount in arranged.matrix.totals.items() if verdict in INCONCLUSIVE
    }
    if inconclusive:
        amounts = ", ".join(f"{amount} {verdict}" for verdict, amount in inconclusive.items())
        sys.stderr.write(f"docker-conformance: waivers do not cover inconclusive cases: {amounts}\n")
    return 0
