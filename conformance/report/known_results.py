"""What the published reports say of one statement, read without the rest of each report."""

from __future__ import annotations

from pathlib import Path

import msgspec

from conformance.model import codec
from conformance.model.errors import UsageError
from conformance.model.verdicts import Result, Verdict, worst
from conformance.model.versions import ApiVersion


class _CaseLine(msgspec.Struct):
    case: Result


def known_results(folder: Path, statement: str) -> dict[str, dict[Verdict, list[ApiVersion]]]:
    """For each report of `folder` that asked the statement, by its name: the versions of each verdict.

    A version has the worst verdict of its cases. Raises UsageError for a file that cannot be read.
    """
    found: dict[str, dict[Verdict, list[ApiVersion]]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        verdicts: dict[ApiVersion, Verdict] = {}
        for result in _results(path, statement):
            version = result.case.version
            verdicts[version] = worst([result.verdict, verdicts.get(version, result.verdict)])
        by_verdict: dict[Verdict, list[ApiVersion]] = {}
        for version, verdict in verdicts.items():
            by_verdict.setdefault(verdict, []).append(version)
        if by_verdict:
            found[path.stem] = by_verdict
    return found


def _results(path: Path, statement: str) -> list[Result]:
    """The results of the statement; only lines that have its id are decoded."""
    member = codec.encode({"change": statement})[1:-1]
    decoder = codec.decoder(_CaseLine)
    try:
        return [
            decoder.decode(line).case
            for line in path.read_bytes().splitlines()
            if line.startswith(b'{"case":') and member in line
        ]
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: cannot read the report: {error}") from None
