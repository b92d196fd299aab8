"""A file of waivers that makes a report green, each with what was seen; the user then gives the reasons."""

from __future__ import annotations

import datetime
import glob
from collections.abc import Iterable

from conformance.catalogue import Catalogue
from conformance.model.text import one_line, plural, visible
from conformance.model.verdicts import NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.evidence import read_evidence
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import counts
from conformance.report.render import labels
from conformance.report.waivers import Waiver


def suggest(report: Report, matrix: Matrix, catalogue: Catalogue, expires: datetime.date) -> str:
    """Waivers as TOML for every counted deviation of a report. Waivers of the report that still hold are kept."""
    by_change: dict[str, list[Result]] = {}
    for result in report.results:
        change = catalogue.changes.get(result.case.change)
        if change is not None and counts(result, change, matrix.strictness):
            by_change.setdefault(result.case.change, []).append(result)
    tables: list[list[str]] = []
    evidence = _last_requests(report, [result for results in by_change.values() for result in results])
    for results in by_change.values():
        for versions, failed, whole in _alike(results):
            tables.append(_table(report, matrix, versions, failed, whole, evidence, expires))
    head = [
        f"# Known deviations of {_comment(labels.format_daemon(report.header.daemon))}, suggested from a run of {_comment(report.header.started)}.",
        "# Give each its reason, and a link to where it is followed. A waived case that passes turns the run red.",
    ]
    return "\n".join([*head, *(line for table in tables for line in ["", *table]), ""])


def _alike(results: list[Result]) -> Iterable[tuple[list[ApiVersion], list[Result], bool]]:
    """Versions in which the same cases fail: versions, failed results, and whether no other case passed there."""
    groups: dict[tuple[frozenset[str], bool], tuple[list[ApiVersion], list[Result]]] = {}
    for version in dict.fromkeys(result.case.version for result in results):
        inside = [result for result in results if result.case.version == version]
        failed = [result for result in inside if result.verdict in NOT_CONFORMANT]
        whole = all(result.verdict is not Verdict.PASS for result in inside)
        if failed:
            key = (frozenset() if whole else frozenset(result.case.local_id for result in failed), whole)
            versions, all_failed = groups.setdefault(key, ([], []))
            versions.append(version)
            all_failed += failed
    for (_, whole), (versions, failed) in groups.items():
        yield versions, failed, whole


def _table(
    report: Report,
    matrix: Matrix,
    versions: list[ApiVersion],
    failed: list[Result],
    whole: bool,
    evidence: dict[str, str],
    expires: datetime.date,
) -> list[str]:
    first = failed[0]
    stale = {entry.waiver.place for entry in matrix.stale}
    known = next(
        (w for result in failed if (w := matrix.waived.get(result.case.key)) and w.place not in stale), None
    )
    lines = [f"# {_comment(line)}" for line in _describe(failed, evidence)]
    lines += [
        "[[waiver]]",
        f"change = {_string(first.case.change)}",
        f"versions = {_string(labels.format_versions(versions))}",
    ]
    lines.append(f"daemon = {_string(known.daemon if known and known.daemon else _pattern(report))}")
    if not whole:
        names = dict.fromkeys(result.case.local_id for result in failed)
        lines += ["cases = [", *(f"    {_string(name)}," for name in names), "]"]
    lines.append(
        f"reason = {_string(known.reason if known else 'not explained yet; seen: ' + one_line(first.reason, 200))}"
    )
    lines.append(f"link = {_string(known.link)}" if known and known.link else '# link = "https://..."')
    lines.append(f"expires = {known.expires if known else expires}")
    return lines


def _describe(failed: list[Result], evidence: dict[str, str]) -> Iterable[str]:
    reasons: dict[str, list[Result]] = {}
    for result in failed:
        reasons.setdefault(f"{result.verdict}: {one_line(result.reason, 200)}", []).append(result)
    for reason, results in list(reasons.items())[:4]:
        yield f"{plural(len(results), 'case')} {reason}"
        yield f"  e.g. {results[0].case.key}"
        if results[0].case.key in evidence:
            yield f"  {evidence[results[0].case.key]}"
    if len(reasons) > 4:
        yield f"and {len(reasons) - 4} more reasons"


def _last_requests(report: Report, results: list[Result]) -> dict[str, str]:
    """The last request of each failed case with its status."""
    wanted = {result.case.key for result in results if result.verdict in NOT_CONFORMANT}
    found = {}
    for evidence in read_evidence(report.path):
        if evidence.key in wanted and evidence.asked:
            last = evidence.asked[-1]
            status = last.response.status if last.response is not None else last.fault or "no response"
            found[evidence.key] = one_line(f"{last.method} {last.target} -> {status}", 200)
    return found


def _pattern(report: Report) -> str:
    return glob.escape(report.header.daemon.name) or "*"


def _comment(text: str) -> str:
    return one_line(text, 400)


def _string(text: str) -> str:
    """A basic string of TOML."""
    escaped = "".join(
        f"\\{character}"
        if character in '"\\'
        else f"\\U{ord(character):08x}"
        if visible(character) != character
        else character
        for character in text
    )
    return f'"{escaped}"'


def count_waivers(waivers: Iterable[Waiver]) -> str:
    """How many waivers there are, and when the first of them expires."""
    listed = list(waivers)
    if not listed:
        return "no waiver"
    return f"{plural(len(listed), 'waiver')}; the first expires on {min(waiver.expires for waiver in listed)}"
