"""Builds real report files for tests: verdicts in, a file as a run writes it out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conformance.catalogue import load
from conformance.model import codec
from conformance.model.cases import Case, Side
from conformance.model.verdicts import Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.evidence import (
    Body,
    Evidence,
    RecordedExchange,
    RecordedResponse,
    encode_evidence,
)
from conformance.report.file import Footer, Header, Report, ReportWriter, read_report

DAEMON = {
    "engine": "Docker",
    "version": "20.10.24",
    "url": "unix:///run/some.sock",
    "oldest": "1.12",
    "newest": "1.41",
}
BOOLEANS = "1.19/info-booleans"
VERSIONS = ["1.14", "1.15", "1.16", "1.17", "1.18", "1.19", "1.20", "1.21"]


def case(
    change: str,
    version: str,
    verdict: Verdict = Verdict.PASS,
    reason: str = "",
    *,
    parameters: str = "",
    side: Side = Side.SINCE,
    test: str = "test_it",
    fixture: str = "",
    first: str = "",
) -> Result:
    """One result; `fixture` is the one that failed, and `first` the key of the case that met its failure first."""
    return Result(
        case=Case(
            change=change, test=test, version=ApiVersion.parse(version), parameters=parameters, side=side
        ),
        verdict=verdict,
        reason=reason or ("" if verdict is Verdict.PASS else f"some reason for {verdict}"),
        seconds=0.25,
        daemon_seconds=0.1,
        evidence=True,
        fixture=fixture,
        first=first,
    )


def waiver(versions: str, change: str = BOOLEANS, *, reason: str = "we know", **more: str) -> dict[str, str]:
    """A waiver as the header of a report has it."""
    known = {"change": change, "versions": versions, "reason": reason}
    return {**known, "expires": "2099-01-01", "place": "w.toml:1", **more}


def exchange(
    target: str = "/v1.19/info",
    status: int = 200,
    text: str = '{"Debug":1}',
    *,
    reason: str = "OK",
    answered: list[tuple[str, str]] | None = None,
    **more: Any,
) -> RecordedExchange:
    """An exchange as evidence has it; `answered` are the headers of its response."""
    response = RecordedResponse(
        status=status,
        reason=reason,
        headers=answered or [("Content-Type", "application/json"), ("Server", "Docker")],
        body=Body(len(text), text=text),
    )
    facts: dict[str, Any] = {
        "role": "check",
        "method": "GET",
        "target": target,
        "headers": [("Host", "docker")],
        "seconds": 0.01,
        "response": response,
        "curl": f"curl --include --unix-socket /run/some.sock http://docker{target}",
    }
    return RecordedExchange(**{**facts, **more})


def evidence_of(result: Result, *exchanges: RecordedExchange, detail: str = "") -> Evidence:
    """The evidence of a result."""
    return Evidence(key=result.case.key, exchanges=list(exchanges), detail=detail)


def write(
    path: Path,
    results: list[Result],
    *,
    header: dict[str, Any] | None = None,
    footer: Footer | None = None,
    evidence: dict[str, tuple[list[RecordedExchange], str]] | None = None,
    interrupted: bool = False,
) -> Path:
    """Write a report; `evidence` maps a case's key to its exchanges and the detail of a failure."""
    asked = {result.case.change for result in results}
    facts: dict[str, Any] = {
        "suite_version": "0.1.0",
        "catalogue": load().digest,
        "statements": {name: load().digests[name] for name in asked if name in load().digests},
        "daemon": DAEMON,
        "versions": [str(version) for version in sorted({result.case.version for result in results})]
        or VERSIONS,
        "started": "2024-05-01T10:00:00Z",
        "run": "abcd1234",
    }
    writer = ReportWriter(path, codec.convert({**facts, **(header or {})}, Header))
    for result in results:
        writer.result(result)
    for key, (exchanges, detail) in (evidence or {}).items():
        writer.evidence(encode_evidence(Evidence(key=key, exchanges=exchanges, detail=detail)))
    if interrupted:
        writer.abandon()
    else:
        writer.finish(results, footer or Footer(ended="2024-05-01T10:01:00Z", seconds=60.0))
    return path


def report(path: Path, results: list[Result], **options: Any) -> Report:
    """Write a report and read it back."""
    return read_report(write(path, results, **options))
