"""Shards of one run joined into its report: no gap, no overlap, one suite, one catalogue, one daemon build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from conformance.catalogue import Catalogue
from conformance.model.errors import UsageError
from conformance.model.shard import Shard
from conformance.model.verdicts import Result
from conformance.report import matrix
from conformance.report.coverage_record import CoverageRecord
from conformance.report.coverage_recorder import CoverageRecorder
from conformance.report.evidence import encode_evidence, evidence_path, read_evidence
from conformance.report.file import Footer, Header, Report, ReportWriter

# Facts that are equal for one build of a daemon on several machines.
_BUILD = ("engine", "version", "commit", "os", "arch", "oldest", "newest", "storage_driver")
_SAME = ("suite_version", "catalogue", "versions", "waivers", "policy", "strict_legacy", "strict_contested")


def merge(reports: list[Report], catalogue: Catalogue, path: Path) -> Report:
    """Join shards and write the whole report with its evidence to `path`.

    Raises Interrupted for a shard without a footer, and UsageError, naming the file, for reports that are not shards of one run.
    """
    for report in reports:
        report.finished()
    shards = [_shard(report) for report in reports]
    _verify_complete(reports, shards)
    for report in reports[1:]:
        _verify_same_run(reports[0], report)
    header, results, footer = _header(reports), _results(reports), _footer(reports)
    footer.totals = dict(Counter(str(result.verdict) for result in results))
    whole = Report(header=header, results=results, footer=footer, path=path, coverage=_coverage(reports))
    footer.exit_code = matrix.build(whole, catalogue).outcome.code
    _write(whole, reports, results, footer)
    return whole


def _shard(report: Report) -> Shard:
    text = report.header.selection.get("shard")
    if not text:
        raise UsageError(f"{report.path}: not a shard: its run had no --shard")
    try:
        return Shard.parse(str(text))
    except ValueError as error:
        raise UsageError(f"{report.path}:1: {error}") from None


def _verify_complete(reports: list[Report], shards: list[Shard]) -> None:
    total = shards[0].total
    seen: dict[int, Path] = {}
    for report, shard in zip(reports, shards, strict=True):
        if shard.total != total:
            raise UsageError(f"{report.path}: it is shard {shard}, but {reports[0].path} is one of {total}")
        if shard.number in seen:
            raise UsageError(f"{report.path}: shard {shard} twice; it is {seen[shard.number]} too")
        seen[shard.number] = report.path
    missing = [f"{number}/{total}" for number in range(1, total + 1) if number not in seen]
    if missing:
        raise UsageError(f"there is a gap: shard {', '.join(missing)} is missing")


def _verify_same_run(first: Report, other: Report) -> None:
    for name in _SAME:
        if getattr(first.header, name) != getattr(other.header, name):
            raise UsageError(
                f"{other.path}: not of one run with {first.path}: another {name.replace('_', ' ')}"
            )
    for name in _BUILD:
        left, right = getattr(first.header.daemon, name), getattr(other.header.daemon, name)
        if left != right:
            raise UsageError(
                f"{other.path}: another daemon than in {first.path}: {name} is {right!r}, not {left!r}"
            )
    if _selection(first.header) != _selection(other.header):
        raise UsageError(f"{other.path}: another selection than in {first.path}")
    left, right = (report.header.host.capabilities for report in (first, other))
    for name in left:
        if bool(left[name]) != bool(right.get(name, "")):
            raise UsageError(
                f"{other.path}: its host differs from that of {first.path} in {name}, so the two asked different things"
            )


def _selection(header: Header) -> dict[str, Any]:
    return {name: value for name, value in header.selection.items() if name != "shard"}


def _header(reports: list[Report]) -> Header:
    headers = [report.header for report in reports]
    return msgspec.structs.replace(
        headers[0],
        selection=_selection(headers[0]),
        started=min(header.started for header in headers),
        run="+".join(header.run for header in headers),
        workers=sum(max(1, header.workers) for header in headers),
    )


def _results(reports: list[Report]) -> list[Result]:
    """All results in the order of the collection; raises UsageError for a gap or an overlap."""
    placed: dict[int, Result] = {}
    keys: dict[str, Path] = {}
    collected = reports[0].finished().collected
    for report in reports:
        footer = report.finished()
        if footer.collected != collected or len(footer.positions) != len(report.results):
            raise UsageError(f"{report.path}: it collected other cases than {reports[0].path}")
        for place, result in zip(footer.positions, report.results, strict=True):
            if place in placed or result.case.key in keys:
                raise UsageError(
                    f"{report.path}: overlap: {result.case.key} is in {keys.get(result.case.key, 'another shard')} too"
                )
            placed[place] = result
            keys[result.case.key] = report.path
    if sorted(placed) != list(range(collected)):
        raise UsageError(f"there is a gap: the shards have {len(placed)} of {collected} cases")
    return [placed[place] for place in sorted(placed)]


def _footer(reports: list[Report]) -> Footer:
    footers = [report.finished() for report in reports]
    return Footer(
        ended=max(footer.ended for footer in footers),
        seconds=max(footer.seconds for footer in footers),
        daemon_seconds=round(sum(footer.daemon_seconds for footer in footers), 3),
        leaks=[leak for footer in footers for leak in footer.leaks],
        complete=all(footer.complete for footer in footers),
        why_incomplete="; ".join(footer.why_incomplete for footer in footers if footer.why_incomplete),
        died="; ".join(footer.died for footer in footers if footer.died),
        running=sorted({key for footer in footers for key in footer.running}),
        log=[line for footer in footers for line in footer.log],
    )


def _coverage(reports: list[Report]) -> CoverageRecord | None:
    """The coverage of all shards; None if one of them has none."""
    recorder = CoverageRecorder()
    for report in reports:
        if report.coverage is None:
            return None
        recorder.merge(report.coverage)
    return recorder.record()


def _write(whole: Report, reports: list[Report], results: list[Result], footer: Footer) -> None:
    """Write report and evidence beside their places, then move both there."""
    draft = whole.path.parent / f".{whole.path.name.removesuffix('.jsonl')}.merging.jsonl"
    taken = {path.resolve() for report in reports for path in (report.path, evidence_path(report.path))}
    if whole.path.resolve() in taken or evidence_path(whole.path).resolve() in taken:
        raise UsageError(f"{whole.path}: that is one of the shards; name another file")
    try:
        writer = ReportWriter(draft, whole.header)
        for line in _evidence(reports):
            writer.evidence(line)
        writer.finish(results, footer, whole.coverage)
        evidence_path(draft).replace(evidence_path(whole.path))
        draft.replace(whole.path)
    finally:
        draft.unlink(missing_ok=True)
        evidence_path(draft).unlink(missing_ok=True)


def _evidence(reports: list[Report]) -> Iterable[bytes]:
    for report in reports:
        yield from map(encode_evidence, read_evidence(report.path))
