"""Runs the cases of a few statements by the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hostile.running import Ran, command

from conformance.http.endpoint import Endpoint
from conformance.model.verdicts import Verdict
from conformance.report.file import Report, read_report


def run(endpoint: Endpoint, folder: Path, api: str, changes: Iterable[str]) -> tuple[Ran, Report]:
    """Run the cases of statements in the versions `api`; returns what ran and the report."""
    selection = [word for change in changes for word in ("--change", change)]
    arguments = ("--host", endpoint.url, "--api", api, *selection, "--report", "r.jsonl")
    ran = command("run", *arguments, folder=folder)
    assert ran.code in (0, 1, 3), ran
    return ran, read_report(folder / "r.jsonl")


def deviations(report: Report) -> list[tuple[str, Verdict, str]]:
    """The cases that did not pass, with verdict and reason; what this host or daemon cannot show is left out."""
    fine = (Verdict.PASS, Verdict.UNAVAILABLE)
    return [
        (result.case.key, result.verdict, result.reason)
        for result in report.results
        if result.verdict not in fine
    ]
