"""The table of operations and versions as Markdown and as JSON."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from conformance.model import codec
from conformance.model.versions import ApiVersion
from conformance.report.coverage_record import write_versions
from conformance.report.file import Report
from conformance.report.operation_support import Entry, OperationRow, OperationTable, Support
from conformance.report.render import labels, markdown_escape

_WORDS = {
    Support.SUPPORTED: "yes",
    Support.PARTLY: "partly",
    Support.NOT_IMPLEMENTED: "no",
    Support.REFUSED: "refused",
    Support.ANSWERS: "answers",
    Support.UNKNOWN: "?",
    Support.UNASKED: "-",
}
_LEGEND = (
    "yes: every statement that was judged is kept; partly: some are not; no: not implemented (501, or the route is proven to be "
    "absent); refused: every request was refused; answers: it succeeds, but no statement about it was judged; ?: asked, but not "
    "judged; -: not asked; empty: not documented in that version. A version that was not judged has the word of another between "
    "which and it no document changes the operation."
)


def render_markdown(report: Report, table: OperationTable) -> str:
    """The table, with a column for each stretch of versions in which nothing differs, and the reasons below it."""
    lines = [
        f"# Operations of {markdown_escape.text(labels.format_daemon(report.header.daemon))}",
        "",
        markdown_escape.text(_LEGEND),
        "",
    ]
    stretches = _stretches(table)
    rows = [
        [markdown_escape.code(row.operation), *(_word(row.entries.get(stretch[0])) for stretch in stretches)]
        for row in table.rows
    ]
    lines += markdown_escape.table(["operation", *map(labels.format_versions, stretches)], rows)
    reasons = [
        f"- {markdown_escape.code(row.operation)} in {labels.format_versions(versions)}: "
        f"{markdown_escape.text(_word(entry))}, {markdown_escape.text(entry.reason)}"
        for row in table.rows
        for entry, versions in _by_entry(row).items()
        if entry.reason
    ]
    if reasons:
        lines += ["", "## Reasons", "", *reasons]
    return markdown_escape.fit(lines)


def _word(entry: Entry | None) -> str:
    return "" if entry is None else _WORDS[entry.support]


def _stretches(table: OperationTable) -> list[list[ApiVersion]]:
    """Neighbouring versions of the report in which every operation has the same support."""

    def column(version: ApiVersion) -> list[str]:
        return [_word(row.entries.get(version)) for row in table.rows]

    return [list(group) for _, group in groupby(table.versions, key=column)]


def _by_entry(row: OperationRow) -> dict[Entry, list[ApiVersion]]:
    found: dict[Entry, list[ApiVersion]] = {}
    for version, entry in row.entries.items():
        found.setdefault(entry, []).append(version)
    return found


def render_json(report: Report, table: OperationTable) -> bytes:
    """The table as one JSON object with a line feed at its end."""
    document: dict[str, Any] = {
        "report": str(report.path),
        "daemon": codec.to_builtins(report.header.daemon),
        "versions": write_versions(table.versions),
        "operations": {
            row.operation: {
                str(version): {"support": str(entry.support), "reason": entry.reason}
                for version, entry in row.entries.items()
            }
            for row in table.rows
        },
    }
    return codec.encode_indented(document)
