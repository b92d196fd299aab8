"""Published reports in the compact form in which the package carries them, without times, evidence and facts of the host.

A file begins with the report's header and has a line for the tests of a statement that had the same results.
``conformance.report.published`` writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from conformance.catalogue.load import DATA
from conformance.model import codec
from conformance.model.cases import Case, Side
from conformance.model.errors import CatalogueError
from conformance.model.text import escape_json
from conformance.model.verdicts import Result, Verdict
from conformance.report.coverage_record import parse_versions, write_versions
from conformance.report.facts import DaemonFacts
from conformance.report.file import Footer, Header, Report

FOLDER = DATA / "results"
_SUFFIX = ".jsonl"
T = TypeVar("T")


class _Stretch(msgspec.Struct, array_like=True, frozen=True):
    """The versions in which some tests had a verdict, with its reason."""

    verdict: Verdict
    versions: str
    reason: str = ""


class _Tests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tests of a statement on one side, by name with their parameters, and the results that all of them had."""

    statement: str
    side: Side
    tests: dict[str, list[str]]
    results: list[_Stretch]


def encode_compact(report: Report) -> bytes:
    """The compact form of a report."""
    header = report.header
    kept = Header(
        suite_version=header.suite_version,
        daemon=DaemonFacts(
            engine=header.daemon.engine,
            version=header.daemon.version,
            oldest=header.daemon.oldest,
            newest=header.daemon.newest,
        ),
        versions=header.versions,
        started=header.started,
        policy=header.policy,
        statements=header.statements,
    )
    lines = [
        codec.encode(msgspec.structs.asdict(kept)),
        *(codec.encode(group) for group in _group(report.results)),
    ]
    return b"".join(escape_json(line) + b"\n" for line in lines)


def _group(results: list[Result]) -> list[_Tests]:
    stretches: dict[tuple[str, Side, str, str], dict[tuple[Verdict, str], list[Case]]] = {}
    for result in results:
        case = result.case
        by_verdict = stretches.setdefault((case.change, case.side, case.test, case.parameters), {})
        by_verdict.setdefault((result.verdict, result.reason), []).append(case)
    groups: dict[tuple[str, Side, tuple[_Stretch, ...]], dict[str, list[str]]] = {}
    for (statement, side, test, parameters), by_verdict in stretches.items():
        had = tuple(
            _Stretch(verdict, write_versions(case.version for case in cases), reason)
            for (verdict, reason), cases in by_verdict.items()
        )
        groups.setdefault((statement, side, had), {}).setdefault(test, []).append(parameters)
    return [_Tests(statement, side, tests, list(had)) for (statement, side, had), tests in groups.items()]


def path_of(name: str, folder: Path = FOLDER) -> Path:
    """Where the compact form of a published report is."""
    return folder / f"{name}{_SUFFIX}"


def published_names(folder: Path = FOLDER) -> list[str]:
    """The names of the published reports that the package carries."""
    return sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))


def read_published(name: str, folder: Path = FOLDER, statement: str = "") -> Report:
    """A published report by its name, with all results or those of one statement; times, evidence and coverage are not part of it.

    Raises KeyError for an unknown name, CatalogueError with file and line for a file that is damaged.
    """
    path = path_of(name, folder)
    if name not in published_names(folder):
        raise KeyError(name)
    lines = path.read_bytes().splitlines() or [b""]
    tests = codec.decoder(_Tests)
    asked = codec.encode(statement) if statement else b""
    header = _read(codec.decoder(Header).decode, lines[0], path, 1)
    results = [
        result
        for number, line in enumerate(lines[1:], 2)
        if asked in line
        for result in _read(lambda line: _results(tests.decode(line)), line, path, number)
    ]
    return Report(header=header, results=results, footer=Footer(), path=path)


def _read(decode: Callable[[bytes], T], line: bytes, path: Path, number: int) -> T:
    try:
        return decode(line)
    except ValueError as error:  # msgspec's errors are ValueErrors too
        raise CatalogueError(
            f"{path}:{number}: not a published report: {error}; run scripts/publish"
        ) from None


def _results(group: _Tests) -> list[Result]:
    return [
        Result(
            case=Case(
                change=group.statement, test=test, parameters=parameters, version=version, side=group.side
            ),
            verdict=stretch.verdict,
            reason=stretch.reason,
        )
        for test, variants in group.tests.items()
        for parameters in variants
        for stretch in group.results
        for version in sorted(parse_versions(stretch.versions))
    ]
