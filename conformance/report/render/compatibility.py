"""A daemon held against a published one, for a terminal, as Markdown and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from rich.console import Console

from conformance.model import codec
from conformance.model.text import one_line, plural, visible
from conformance.model.verdicts import Result, worst
from conformance.report.compatibility import Compatibility, Relation, Share, StatementRelation
from conformance.report.render import labels, markdown_escape
from conformance.report.render.console import Printer, get_outcome_style

_SHOWN = (Relation.WORSE, Relation.BETTER, Relation.SAME)
_NOT_COMPARED = {
    Relation.UNASKED: "not asked of {name} when it was published",
    Relation.EDITED: "edited since",
    Relation.UNJUDGED: "not judged on both daemons",
}


def _daemons(found: Compatibility) -> tuple[str, str]:
    """This daemon and the published one; two of the same name are told apart."""
    here = visible(found.report.header.daemon.name) or "this daemon"
    there = visible(found.published.header.daemon.name) or found.name
    return (f"this {here}" if here == there else here), there


def _titles(found: Compatibility) -> dict[Relation, str]:
    here, there = _daemons(found)
    return {
        Relation.WORSE: f"What {there} does and {here} does not",
        Relation.BETTER: f"What {here} does and {there} does not",
        Relation.SAME: "Deviations that both have",
    }


def _sentence(found: Compatibility) -> str:
    here, there = _daemons(found)
    if found.total is None:
        return "No statement could be compared."
    return f"Of what {there} does, {here} {found.outcome.why}."


def _not_compared(found: Compatibility) -> str:
    amounts = Counter(standing.relation for standing in found.statements)
    parts = [
        f"{amounts[relation]} {words.format(name=found.name)}"
        for relation, words in _NOT_COMPARED.items()
        if amounts[relation]
    ]
    return f"Statements that were not compared: {', '.join(parts)}." if parts else ""


def _verdict(results: Iterable[Result]) -> str:
    return str(worst(result.verdict for result in results))


def _reason(standing: StatementRelation) -> str:
    results = standing.here or standing.there
    return one_line(next((result.reason for result in results if result.reason), ""))


def _share_line(share: Share) -> str:
    return f"{share.kept} of {plural(share.of, 'statement')}, {share.percent} %"


def print_compatibility(found: Compatibility, out: Console) -> None:
    """Print what one daemon does and the other does not, the share of each profile, and the verdict."""
    printer = Printer(out)
    header = found.published.header
    published = f"{labels.format_daemon(header.daemon)}, published {header.started[:10]}"
    printer.print_field("this daemon", labels.format_daemon(found.report.header.daemon))
    printer.print_field("compared with", published)
    for relation in _SHOWN:
        standings = found.of(relation)
        if not standings:
            continue
        printer.print_heading(f"{_titles(found)[relation]} ({plural(len(standings), 'statement')})")
        for standing in standings:
            verdict = _verdict(standing.here or standing.there)
            printer.print_line(
                f"{visible(standing.statement)} in {labels.format_versions(standing.versions)}: {verdict}",
                style="bold red" if relation is Relation.WORSE else "",
                indent=2,
            )
            if relation is not Relation.SAME and _reason(standing):
                printer.print_line(_reason(standing), indent=4)
    if found.shares:
        printer.print_heading(f"Of what {_daemons(found)[1]} does, by profile")
        wide = max(len(share.profile) for share in found.shares)
        for share in found.shares:
            printer.print_line(f"{share.profile.ljust(wide)}  {_share_line(share)}", indent=2)
    printer.print_line()
    if _not_compared(found):
        printer.print_line(_not_compared(found), style="dim")
    printer.print_line(_sentence(found), style=get_outcome_style(found.outcome))


def render_markdown(found: Compatibility) -> str:
    """The same as Markdown, below 60 kB."""
    sign = {0: "✅", 1: "❌"}.get(found.outcome.code, "❔")
    lines = [f"## {sign} {markdown_escape.text(_sentence(found))}", ""]
    if _not_compared(found):
        lines += [markdown_escape.text(_not_compared(found)), ""]
    if found.shares:
        rows = [[markdown_escape.code(share.profile), _share_line(share)] for share in found.shares]
        lines += markdown_escape.table(["profile", "share"], rows)
    for relation in _SHOWN:
        standings = found.of(relation)
        if standings:
            title = f"{_titles(found)[relation]} ({plural(len(standings), 'statement')})"
            lines += ["", f"### {markdown_escape.text(title)}", "", *_table(standings)]
    return markdown_escape.fit(lines)


def _table(standings: list[StatementRelation]) -> list[str]:
    rows = [
        [
            markdown_escape.code(standing.statement),
            labels.format_versions(standing.versions),
            _verdict(standing.here or standing.there),
            markdown_escape.text(_reason(standing)),
        ]
        for standing in standings
    ]
    return markdown_escape.table(["statement", "API", "verdict", "seen"], rows)


def render_json(found: Compatibility) -> bytes:
    """The same as one JSON object with a line feed at its end; it has every statement."""
    document: dict[str, Any] = {
        "outcome": {"exit_code": found.outcome.code, "why": found.outcome.why},
        "report": str(found.report.path),
        "daemon": codec.to_builtins(found.report.header.daemon),
        "with": found.name,
        "published": found.published.header.started,
        "total": _share_json(found.total) if found.total else None,
        "profiles": {share.profile: _share_json(share) for share in found.shares},
        "statements": {
            standing.statement: {
                "relation": str(standing.relation),
                "here": [_result_json(result) for result in standing.here],
                "there": [_result_json(result) for result in standing.there],
            }
            for standing in found.statements
        },
    }
    return codec.encode_indented(document)


def _share_json(share: Share) -> dict[str, int]:
    return {"kept": share.kept, "of": share.of, "percent": share.percent}


def _result_json(result: Result) -> dict[str, str]:
    return {"case": result.case.key, "verdict": str(result.verdict), "reason": result.reason}
