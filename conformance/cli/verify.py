"""``verify``: whether a certificate holds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from conformance.catalogue import load
from conformance.cli.certify import summary
from conformance.cli.parser import add_command
from conformance.model.errors import UsageError
from conformance.model.text import one_line, visible
from conformance.report import certificate, signature
from conformance.report.evidence import evidence_path
from conformance.report.file import read_report

_MOST_DIFFERENCES = 20


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "verify",
        verify,
        description="Verify the signature of a certificate, then compute all that it says again from the report and its evidence.\n"
        "exit codes: 0 it holds, 1 it does not, 2 used wrongly",
        examples=["docker-conformance verify certificate.json conformance-report.jsonl --key public.pem"],
    )
    parser.add_argument(
        "certificate",
        metavar="CERT",
        type=Path,
        help="the certificate, or a statement with its .sig beside it",
    )
    parser.add_argument("report", metavar="REPORT", type=Path, help="the report that it certifies")
    parser.add_argument(
        "evidence",
        metavar="EVIDENCE",
        type=Path,
        nargs="?",
        help="its evidence, if it is not beside the report",
    )
    parser.add_argument(
        "--key", metavar="FILE", type=Path, required=True, help="the signer's public key (PEM or OpenSSH)"
    )


def verify(options: argparse.Namespace) -> int:
    """Verify a certificate; returns 0 if it holds, 1 if not."""
    try:
        signed = signature.open_verified(options.certificate, options.key)
        profile = certificate.get_profile(signed)
    except signature.InvalidSignature as error:
        _complain(visible(str(error)))
        return 1
    except UsageError as error:
        named = str(options.certificate) in str(error) or str(options.key) in str(error)
        raise UsageError(str(error) if named else f"{options.certificate}: {error}") from None
    try:
        report = read_report(options.report)
    except UsageError as error:
        if not options.report.is_file():
            raise
        _complain(visible(str(error)))
        return 1
    evidence = options.evidence or evidence_path(options.report)
    computed = certificate.make_statement(report, evidence, load(), profile)
    differences = certificate.compare_statements(signed, computed)
    for line in differences[:_MOST_DIFFERENCES]:
        _complain(one_line(line, 400))
    if len(differences) > _MOST_DIFFERENCES:
        _complain(f"and {len(differences) - _MOST_DIFFERENCES} more differences")
    if not differences:
        sys.stdout.write(f"{options.certificate} holds: {summary(signed)}\n")
    return 1 if differences else 0


def _complain(line: str) -> None:
    sys.stderr.write(f"docker-conformance: {line}\n")
