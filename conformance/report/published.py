"""The published results: reports of real daemons, and an explanation of each row that is red in them.

``python -m conformance.report.published FOLDER`` writes FOLDER/README.md. With ``--from DIRECTORY`` it takes new reports from there
first, makes FOLDER/index.html of them and records how long each check takes; with ``--compact DIRECTORY`` it writes the compact form
of each report there, for the package to carry. ``scripts/publish`` does all of it.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from conformance.catalogue import Catalogue, durations, load
from conformance.catalogue.check_index import checks, suites_dir
from conformance.model.errors import ConformanceError, UsageError
from conformance.model.verdicts import NOT_CONFORMANT, Result
from conformance.report import compact, matrix
from conformance.report.file import Report, read_report, write_whole
from conformance.report.outcome import Strictness, counts, get_strictness, is_narrowed
from conformance.report.render import html, html_data, index
from conformance.report.staleness import staleness

EXPLANATIONS = "explanations.toml"
_NAME = re.compile(r"[a-z0-9]+([.+-][a-z0-9]+)*")


def read_reports(folder: Path) -> dict[str, Report]:
    """The reports of a folder by name, in their order."""
    paths = [path for path in folder.glob("*.jsonl") if not path.name.endswith(".evidence.jsonl")]
    return {path.stem: read_report(path) for path in sorted(paths, key=_natural)}


def _natural(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.stem)]


def find_deviations(report: Report, catalogue: Catalogue) -> dict[str, list[Result]]:
    """The results that are not conformant and count, or would count if they were not contested, by change."""
    found: dict[str, list[Result]] = {}
    strictness = get_strictness(report.header) | Strictness(contested=True)
    for result in report.results:
        change = catalogue.changes.get(result.case.change)
        if result.verdict in NOT_CONFORMANT and counts(result, change, strictness):
            found.setdefault(result.case.change, []).append(result)
    return found


def find_obstacles(report: Report, catalogue: Catalogue) -> list[str]:
    """Why a new report cannot be published; empty if it can."""
    why = []
    if report.header.catalogue != catalogue.digest:
        why.append("it was made with another catalogue")
    if is_narrowed(report.header):
        why.append("it is of a selection only")
    found = staleness(report, catalogue)
    why += [f"not every check of {name} ran" for name in (*found.missing, *found.recheck)]
    if not report.finished().complete:
        why.append(f"its run is incomplete: {report.finished().why_incomplete}")
    return why


def read_explanations(folder: Path) -> dict[str, dict[str, str]]:
    """What the daemon does, in one sentence, by report and change. Raises UsageError for an invalid file."""
    path = folder / EXPLANATIONS
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), dict[str, dict[str, str]])
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: not a file of explanations: {error}") from None


def find_unexplained(
    reports: dict[str, Report], explained: dict[str, dict[str, str]], catalogue: Catalogue
) -> Iterable[str]:
    """Red changes without an explanation, and explanations of changes that are not red. Edited statements are left out."""
    for name, report in reports.items():
        changes = find_deviations(report, catalogue)
        mine = explained.get(name, {})
        edited = staleness(report, catalogue).edited
        for change in [*changes, *(change for change in mine if change not in changes)]:
            if change in edited:
                continue
            if change not in changes:
                yield f"[{name}] {change!r} is explained and not red"
            elif not mine.get(change, "").strip():
                yield f"[{name}] {change!r} is red and has no explanation"
    yield from (f"[{name}] is explained and not published" for name in explained if name not in reports)


def render_index(folder: Path, catalogue: Catalogue) -> str:
    """The index of the published reports as Markdown."""
    explained = read_explanations(folder)
    reports = read_reports(folder)
    entries = [
        index.PublishedReport(
            name,
            report,
            matrix.build(report, catalogue),
            find_deviations(report, catalogue),
            explained.get(name, {}),
            staleness(report, catalogue),
        )
        for name, report in reports.items()
    ]
    return index.render_index(entries, catalogue)


def write_compact(reports: dict[str, Report], folder: Path) -> None:
    """Write the compact form of published reports, and remove that of others."""
    folder.mkdir(exist_ok=True)
    for name in set(compact.published_names(folder)) - reports.keys():
        compact.path_of(name, folder).unlink()
    for name, report in reports.items():
        write_whole(compact.path_of(name, folder), compact.encode_compact(report))


def publish(source: Path, folder: Path, catalogue: Catalogue) -> None:
    """Publish the reports of `source`: copy them, write the page with their evidence, record durations."""
    for name, report in read_reports(source).items():
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{report.path}: not a name for a published report (lower-case words, digits, dots and hyphens)"
            )
        for why in find_obstacles(report, catalogue):
            raise UsageError(f"{report.path}: cannot be published: {why}")
    folder.mkdir(exist_ok=True)
    for name, report in read_reports(source).items():
        write_whole(folder / f"{name}.jsonl", report.path.read_bytes())
    merged = read_reports(folder)
    for name in merged:
        if (source / f"{name}.jsonl").exists():  # there its evidence lies beside it
            merged[name] = read_report(source / f"{name}.jsonl")
    parts = [
        html_data.prepare(report, matrix.build(report, catalogue), catalogue) for report in merged.values()
    ]
    write_whole(folder / "index.html", html.render_page(parts, catalogue).encode())
    known = {check.id for bound in checks().values() for check in bound}
    results = [result for report in merged.values() for result in report.results]
    seconds = durations.recorded([result for result in results if result.case.check in known])
    write_whole(
        suites_dir() / durations.FILE, msgspec.json.format(msgspec.json.encode(seconds), indent=1) + b"\n"
    )


def main(argv: list[str] | None = None) -> int:
    """Write the index, after publishing new reports if there are any; returns 0, or 2 with one line for a mistake."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.report.published", description="Write the index of published reports."
    )
    parser.add_argument("folder", type=Path, help="where the published reports are")
    parser.add_argument("--from", dest="source", type=Path, help="take new reports from this directory first")
    parser.add_argument(
        "--compact", type=Path, help="write the compact form of each report to this directory"
    )
    options = parser.parse_args(argv)
    catalogue = load()
    try:
        if options.source is not None:
            publish(options.source, options.folder, catalogue)
        write_whole(options.folder / "README.md", render_index(options.folder, catalogue).encode())
        reports = read_reports(options.folder)
        if options.compact is not None:
            write_compact(reports, options.compact)
        missing = list(find_unexplained(reports, read_explanations(options.folder), catalogue))
    except (ConformanceError, OSError) as error:
        sys.stderr.write(f"publish: {' '.join(str(error).split())}\n")
        return 2
    for line in missing:
        sys.stderr.write(f"publish: {options.folder / EXPLANATIONS}: {line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
