"""``certify``: a signed statement of what a run proved."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from conformance.catalogue import load
from conformance.cli.files import write_output
from conformance.cli.parser import add_command, add_output, add_report, check_profile
from conformance.model.versions import ApiVersion
from conformance.report import certificate, signature
from conformance.report.evidence import evidence_path
from conformance.report.facts import DaemonFacts
from conformance.report.file import read_report
from conformance.report.render import labels


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "certify",
        certify,
        description="Write a certificate: an in-toto statement of what a whole run proved of a profile, signed with an ed25519 key. A\n"
        "failing result can be certified too. Without --key the bare statement is written, to be signed with\n"
        f"'ssh-keygen -Y sign -n {signature.NAMESPACE} -f KEY FILE'.\n"
        "exit codes: 0 written, 2 used wrongly or not certifiable, 3 incomplete or inconclusive",
        examples=[
            "docker-conformance certify conformance-report.jsonl --profile core --key key.pem -o certificate.json"
        ],
    )
    add_report(parser)
    parser.add_argument(
        "--profile",
        metavar="NAME",
        required=True,
        help="the profile to certify ('full' is all of the catalogue)",
    )
    parser.add_argument("--key", metavar="FILE", type=Path, help="the private ed25519 key (PEM or OpenSSH)")
    parser.add_argument(
        "--evidence", metavar="FILE", type=Path, help="the evidence, if it is not beside the report"
    )
    add_output(parser)


def certify(options: argparse.Namespace) -> int:
    """Write a certificate and print its summary; returns 0."""
    catalogue = load()
    check_profile(options.profile, catalogue)
    report = read_report(options.report)
    evidence = options.evidence or evidence_path(options.report)
    statement = certificate.make_statement(report, evidence, catalogue, options.profile)
    data = signature.encode(statement) if options.key is None else signature.sign(statement, options.key)
    write_output(options.output, data)
    sys.stdout.write(f"{options.output}: {summary(statement)}\n")
    return 0


def summary(statement: dict[str, Any]) -> str:
    """What a certificate says, in one line."""
    predicate = statement["predicate"]
    result = predicate["conformance"]
    daemon = msgspec.convert(result["daemon"], DaemonFacts)
    counts = ", ".join(
        f"{len(predicate[name])} {name.removesuffix('Tests')}"
        for name in ("passedTests", "warnedTests", "failedTests")
    )
    return (
        f"{labels.format_daemon(daemon)}, profile {result['profile']} in API {labels.format_versions(map(ApiVersion.parse, result['versions']))}: "
        f"{result['standing']} (changes: {counts}; {len(result['unavailable'])} not covered)"
    )
