"""``findings``: every deviation of a report in a line, by kind."""

from __future__ import annotations

import argparse
from typing import Any

from conformance.cli.files import write_output
from conformance.cli.parser import (
    add_command,
    add_output,
    add_report,
    add_strictness,
    check_noun,
    strictness,
    suggest,
)
from conformance.cli.render import arrange, write_printed
from conformance.model.errors import UsageError
from conformance.report.render import finding_list
from conformance.report.render.case_groups import group_cases
from conformance.report.render.deviation_kinds import KINDS
from conformance.report.render.deviations import find_findings


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "findings",
        show_findings,
        description="List what a report found: the share of each noun, then each statement that is not kept, in a line, by kind.\n"
        "What a recorded client needs has a star and comes first. Filters may be combined.\n"
        "exit codes: 0, 2 used wrongly, 3 the report is interrupted",
        examples=[
            "docker-conformance findings conformance-report.jsonl",
            "docker-conformance findings report.jsonl --kind 'good requests refused'",
            "docker-conformance findings report.jsonl --noun containers --needed",
        ],
    )
    add_report(parser)
    parser.add_argument("--kind", metavar="KIND", help=f"only one kind: {', '.join(KINDS)}")
    parser.add_argument(
        "--noun", metavar="NOUN", help="only statements about containers, images, networks, ..."
    )
    parser.add_argument("--profile", metavar="NAME", help="only the statements of a profile")
    parser.add_argument("--needed", action="store_true", help="only what a recorded client needs")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="the form (default text)")
    add_strictness(parser)
    add_output(parser, or_stdout=True)


def show_findings(options: argparse.Namespace) -> int:
    """Print or write the findings that the filters leave; returns 0. Raises Interrupted, afterwards, without a footer."""
    if options.kind is not None and options.kind not in KINDS:
        meant = suggest(options.kind, KINDS) or f"; there are {', '.join(KINDS)}"
        raise UsageError(f"--kind: unknown kind {options.kind!r}{meant}")
    if options.noun is not None:
        check_noun(options.noun)
    report, matrix, catalogue = arrange(options.report, strictness(options), profile=options.profile)
    groups = group_cases(report, matrix, catalogue, evidence=False)
    found = [
        one
        for one in find_findings(groups.deviations, report, matrix, catalogue)
        if options.kind in (None, one.kind)
        and options.noun in (None, one.noun)
        and (one.clients or not options.needed)
    ]
    if options.format == "json":
        write_output(options.output, finding_list.render_json(report, matrix, found))
    else:
        write_printed(options.output, lambda out: finding_list.print_findings(report, matrix, found, out))
    report.finished()
    return 0
