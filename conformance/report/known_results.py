"""What the published reports say of one statement."""

from __future__ import annotations

from pathlib import Path

from conformance.model.verdicts import Verdict, worst
from conformance.model.versions import ApiVersion
from conformance.report.compact import FOLDER, published_names, read_published


def known_results(statement: str, folder: Path = FOLDER) -> dict[str, dict[Verdict, list[ApiVersion]]]:
    """For each published report that asked the statement, by its name: the versions of each verdict.

    A version has the worst verdict of its cases.
    """
    found: dict[str, dict[Verdict, list[ApiVersion]]] = {}
    for name in published_names(folder):
        verdicts: dict[ApiVersion, Verdict] = {}
        for result in read_published(name, folder, statement).results:
            if result.case.change == statement:
                version = result.case.version
                verdicts[version] = worst([result.verdict, verdicts.get(version, result.verdict)])
        by_verdict: dict[Verdict, list[ApiVersion]] = {}
        for version, verdict in verdicts.items():
            by_verdict.setdefault(verdict, []).append(version)
        if by_verdict:
            found[name] = by_verdict
    return found
