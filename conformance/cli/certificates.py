"""``certify`` and ``verify``: a signed statement of what a run proved, and the proof that it holds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from conformance.catalogue import load
from conformance.cli.common import add, known_profile
from conformance.cli.files import put
from conformance.cli.parser import add_output, add_report
from conformance.model.errors import UsageError
from conformance.report import certificate, signature
from conformance.report.evidence import evidence_path
from conformance.report.facts import DaemonFacts
from conformance.report.file import read_report
from conformance.report.render import labels


def register(commands: Any) -> None:
    """Add the two commands."""
    parser = add(
        commands,
        "certify",
        certify,
        summary="write a signed certificate of what a run proved of a profile",
        teaches="Write a certificate: an in-toto statement of what a whole run proved of a profile, signed with an ed25519 key. A\n"
        "failing result can be certified too. Without --key the bare statement is written, to be signed with\n"
        f"'ssh-keygen -Y sign -n {signature.NAMESPACE} -f KEY FILE'.\n"
        "(exit codes: 0 written, 2 used wrongly or not certifiable, 3 incomplete or it could not be told)",
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
        "--evidence", metavar="FILE", type=Path, help="the evidence, if it does not lie beside the report"
    )
    add_output(parser)
    parser = add(
        commands,
        "verify",
        verify,
        summary="verify a certificate against its report and evidence",
        teaches="Verify the signature of a certificate, then compute all that it says again from the report and its evidence.\n"
        "(exit codes: 0 it holds, 1 it does not, 2 used wrongly)",
        examples=["docker-conformance verify certificate.json conformance-report.jsonl --key public.pem"],
    )
    parser.add_argument(
        "certificate",
        metavar="CERT",
        type=Path,
        help="the certificate, or a statement with its .sig beside it",
    )
    parser.add_argument("report", metavar="REPORT", type=Path, help="the report that it speaks of")
    parser.add_argument(
        "evidence",
        metavar="EVIDENCE",
        type=Path,
        nargs="?",
        help="its evidence, if it does not lie beside the report",
    )
    parser.add_argument(
        "--key", metavar="FILE", type=Path, required=True, help="the signer's public key (PEM or OpenSSH)"
    )


def certify(options: argparse.Namespace) -> int:
    """Write a certificate and say what it says; returns 0."""
    catalogue = load()
    known_profile(options.profile, catalogue)
    report = read_report(options.report)
    made = certificate.statement(
        report, options.evidence or evidence_path(options.report), catalogue, options.profile
    )
    put(options.output, signature.encode(made) if options.key is None else signature.sign(made, options.key))
    sys.stdout.write(f"{options.output}: {_said(made)}\n")
    return 0


def _said(statement: dict[str, Any]) -> str:
    predicate = statement["predicate"]
    found = predicate["conformance"]
    daemon = msgspec.convert(found["daemon"], DaemonFacts)
    amounts = ", ".join(
        f"{len(predicate[name])} {name.removesuffix('Tests')}"
        for name in ("passedTests", "warnedTests", "failedTests")
    )
    return (
        f"{labels.daemon_name(daemon)}, profile {found['profile']} in API {labels.span(found['versions'])}: "
        f"{found['standing']} (changes: {amounts}; {len(found['unavailable'])} not covered)"
    )


def verify(options: argparse.Namespace) -> int:
    """Verify a certificate; returns 0 if it holds, 1 if not."""
    try:
        signed = signature.opened(options.certificate, options.key)
        profile = certificate.profile_of(signed)
    except signature.Untrue as error:
        sys.stderr.write(f"docker-conformance: {labels.visible(str(error))}\n")
        return 1
    except UsageError as error:
        raise UsageError(
            str(error)
            if str(options.certificate) in str(error) or str(options.key) in str(error)
            else f"{options.certificate}: {error}"
        ) from None
    try:
        report = read_report(options.report)
    except UsageError as error:
        if not options.report.is_file():
            raise
        sys.stderr.write(f"docker-conformance: {labels.visible(str(error))}\n")
        return 1
    found = certificate.statement(report, options.evidence or evidence_path(options.report), load(), profile)
    wrong = certificate.differences(signed, found)
    for line in wrong[:20]:
        sys.stderr.write(f"docker-conformance: {labels.one_line(line, 400)}\n")
    if len(wrong) > 20:
        sys.stderr.write(f"docker-conformance: and {len(wrong) - 20} more differences\n")
    if not wrong:
        sys.stdout.write(f"{options.certificate} holds: {_said(signed)}\n")
    return 1 if wrong else 0
