"""``coverage``: which documented operations, statuses, parameters and members a run has asked and seen."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from conformance.catalogue.coverage_reasons import coverage_reasons
from conformance.catalogue.operations import Operation, operations
from conformance.cli.files import write_output
from conformance.cli.parser import add_command, add_output, add_report, suggest
from conformance.cli.render import write_printed
from conformance.model.errors import UsageError
from conformance.model.versions import ApiVersion, parse_selection
from conformance.report.coverage import Coverage, measure
from conformance.report.file import Report, read_report
from conformance.report.render import coverage as render


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "coverage",
        show_coverage,
        description="Hold what a run asked and saw against the documents: operations, statuses but 500, parameters and\n"
        "members of each version, and the reasons for what was not asked. --members lists documented members that never\n"
        "came and members that no document knows.\n"
        "exit codes: 0; 1 with --gate, if in the gated versions an operation, status, parameter or member of a request was\n"
        "not asked and has neither a reason nor a line in the list of what is open, or such a line is no longer true;\n"
        "2 used wrongly, 3 the report is interrupted",
        examples=[
            "docker-conformance coverage conformance-report.jsonl --api 1.14-1.21",
            "docker-conformance coverage report.jsonl --operation 'GET /containers/(id)/json' --members",
            "docker-conformance coverage report.jsonl --format json -o coverage.json",
        ],
    )
    add_report(parser)
    parser.add_argument(
        "--api", metavar="VERSIONS", help="only these versions of the report, such as 1.14-1.21,1.41"
    )
    parser.add_argument("--operation", metavar="NAME", help="only this operation, named as in the documents")
    parser.add_argument("--members", action="store_true", help="list members too")
    parser.add_argument(
        "--gate", action="store_true", help="exit 1 if something is not asked without a reason"
    )
    parser.add_argument("--format", choices=["text", "json"], default="text", help="the form (default text)")
    add_output(parser, or_stdout=True)


def show_coverage(options: argparse.Namespace) -> int:
    """Print or write the coverage of a report; returns the exit code."""
    report = read_report(options.report)
    report.finished()
    if report.coverage is None:
        raise UsageError(f"{report.path}: this report has no coverage: a newer suite has to make it")
    versions = _versions(report, options.api)
    coverage = measure(report.coverage, versions, _operations(options.operation), coverage_reasons())
    if options.format == "json":
        write_output(options.output, render.render_json(report, coverage))
    else:
        write_printed(
            options.output,
            lambda out: render.print_coverage(report, coverage, out, members=options.members),
        )
    return _gate(coverage) if options.gate else 0


def _versions(report: Report, selection: str | None) -> list[ApiVersion]:
    known = report.header.versions
    try:
        return parse_selection(selection, known, of="the report") if selection else known
    except ValueError as error:
        raise UsageError(f"--api {error}") from None


def _operations(name: str | None) -> list[Operation]:
    known = operations()
    if name is None:
        return list(known.values())
    if name not in known:
        raise UsageError(f"unknown operation {name!r}{suggest(name, known)}")
    return [known[name]]


def _gate(coverage: Coverage) -> int:
    gaps, settled = coverage.gaps(), coverage.settled()
    for fact in gaps:
        sys.stderr.write(f"docker-conformance: not asked, without a reason: {fact.place}\n")
    for entry in settled:
        sys.stderr.write(f"docker-conformance: listed as open, and nothing of it is: {entry}\n")
    return 1 if gaps or settled else 0
