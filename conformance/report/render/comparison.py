"""A comparison of two reports for a terminal, as Markdown and as JSON: regressions first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text

from conformance.model import codec
from conformance.model.text import capitalize, one_line, plural, visible
from conformance.model.verdicts import NOT_CONFORMANT
from conformance.report.compare import Comparison, DifferenceGroup, Kind, group_alike
from conformance.report.file import Report
from conformance.report.render import labels, markdown_escape
from conformance.report.render.console import STYLES, get_outcome_style, print_hanging

TITLES = {
    Kind.REGRESSION: "Regressions: passed before, now not as documented",
    Kind.LOST: "Lost: passed before, now inconclusive",
    Kind.FIX: "Fixes: not as documented before, passes now",
    Kind.CHANGED: "Other changes of a verdict",
    Kind.NEW: "New cases",
    Kind.GONE: "Cases that are gone",
}
_LOUD = {Kind.REGRESSION: "bold red", Kind.LOST: "bold magenta", Kind.FIX: "bold green"}


def sides(comparison: Comparison) -> list[tuple[str, str]]:
    """``base`` and ``new``, each with its daemon, build, suite and start."""
    return [("base", _side(comparison.base)), ("new", _side(comparison.new))]


def _side(report: Report) -> str:
    header = report.header
    commit = header.daemon.commit
    build = f" (commit {one_line(commit, 60)})" if commit else ""
    started = f", started {visible(header.started)}" if header.started else ""
    return f"{labels.format_daemon(header.daemon)}{build}, suite {visible(header.suite_version) or 'unknown'}{started}"


def amounts(comparison: Comparison) -> str:
    """How many cases each kind has, as words: ``"2 regressions, 1 fix, 2000 the same"``."""
    parts = []
    many = {
        Kind.REGRESSION: "regressions",
        Kind.FIX: "fixes",
        Kind.LOST: "lost",
        Kind.CHANGED: "changed",
        Kind.NEW: "new",
        Kind.GONE: "gone",
    }
    for kind in Kind:
        amount = len(comparison.of(kind))
        if amount:
            parts.append(f"{amount} {kind if amount == 1 else many[kind]}")
    same = comparison.common - sum(
        len(comparison.of(kind)) for kind in Kind if kind not in (Kind.NEW, Kind.GONE)
    )
    return ", ".join([*parts, f"{same} the same"])


def verdicts(group: DifferenceGroup) -> str:
    """``pass -> fail``, or the only verdict there is."""
    verdict = " -> ".join(
        str(verdict) for verdict in (group.first.base, group.first.new) if verdict is not None
    )
    return f"{verdict} (waived)" if group.first.waived else verdict


def select_shown(kind: Kind, groups: Iterable[DifferenceGroup]) -> list[DifferenceGroup]:
    """The groups to show one by one: of cases that are new or gone, only those that are not conformant."""
    if kind not in (Kind.NEW, Kind.GONE):
        return list(groups)
    return [
        group
        for group in groups
        if group.first.counts and (group.first.new or group.first.base) in NOT_CONFORMANT
    ]


def print_comparison(comparison: Comparison, out: Console) -> None:
    """Print a comparison."""
    for name, text in sides(comparison):
        print_hanging(out, Text(f"{name}: ".ljust(6), style="dim"), Text(text, style="bold"))
    if comparison.asked:
        out.print(Text("\nThe two runs differ in what they asked:", style="yellow"))
        for note in comparison.asked:
            print_hanging(out, Text("- "), Text(visible(note)), indent=2)
    for kind in Kind:
        differences = comparison.of(kind)
        if differences:
            _kind(comparison, kind, len(differences), out)
    out.print()
    style = get_outcome_style(comparison.outcome)
    print_hanging(out, Text(), Text(f"{_sentence(comparison)} ({amounts(comparison)})", style=style))


def _sentence(comparison: Comparison) -> str:
    return f"{capitalize(comparison.outcome.why)}."


def _kind(comparison: Comparison, kind: Kind, amount: int, out: Console) -> None:
    groups = group_alike(comparison.of(kind))
    shown = select_shown(kind, groups)
    out.print()
    print_hanging(
        out, Text(), Text(f"{TITLES[kind]} ({plural(amount, 'case')})", style=_LOUD.get(kind, "bold"))
    )
    for group in shown:
        where = labels.format_versions(group.versions)
        with_ = f" with {one_line(', '.join(group.parameters), 160)}" if group.parameters else ""
        aside = "" if group.first.counts else " (not counted)"
        head = Text.assemble((visible(group.first.case.change), "bold"), f" in {where}{with_}: ")
        verdict = group.first.new or group.first.base
        head.append(verdicts(group), style=STYLES[verdict] if verdict else "")
        print_hanging(out, Text(), head + Text(aside), indent=2)
        if group.first.reason:
            print_hanging(out, Text("  "), Text(one_line(group.first.reason)), indent=2)
        if kind in (Kind.REGRESSION, Kind.LOST):
            rerun = labels.format_rerun(comparison.new.header, group.first.case)
            out.print(
                Text(f"    {rerun}", style="cyan"),
                no_wrap=True,
                overflow="ignore",
                crop=False,
                soft_wrap=True,
            )
    rest = sum(len(group.differences) for group in groups) - sum(len(group.differences) for group in shown)
    if rest:
        changes = {group.first.case.change for group in groups if group not in shown}
        print_hanging(
            out,
            Text(),
            Text(
                f"{plural(rest, 'case')} of {plural(len(changes), 'change')} without a deviation",
                style="dim",
            ),
            indent=2,
        )


def render_json(comparison: Comparison) -> bytes:
    """The comparison as one JSON object with a line feed at its end."""
    document: dict[str, Any] = {
        "outcome": {"exit_code": comparison.outcome.code, "why": comparison.outcome.why},
        **{name: _facts(report) for name, report in (("base", comparison.base), ("new", comparison.new))},
        "asked_differently": comparison.asked,
        "common": comparison.common,
        "amounts": {str(kind): len(comparison.of(kind)) for kind in Kind},
        "differences": [{"key": one.case.key, **codec.to_builtins(one)} for one in comparison.differences],
    }
    return codec.encode_indented(document)


def _facts(report: Report) -> dict[str, Any]:
    header = report.header
    return {
        "report": str(report.path),
        "daemon": msgspec.to_builtins(header.daemon),
        "suite_version": header.suite_version,
        "catalogue": header.catalogue,
        "versions": header.versions,
        "selection": header.selection,
        "started": header.started,
        "verdicts": report.finished().verdicts,
    }


def render_markdown(comparison: Comparison) -> str:
    """The comparison as Markdown, for a comment or a job summary: below 60 kB, whatever was compared."""
    sign = {0: "✅", 1: "❌"}.get(comparison.outcome.code, "❔")
    lines = [
        f"## {sign} {markdown_escape.text(_sentence(comparison))}",
        "",
        markdown_escape.text(amounts(comparison)),
        "",
    ]
    lines += [f"- {name}: {markdown_escape.text(text)}" for name, text in sides(comparison)]
    if comparison.asked:
        lines += [
            "",
            "The two runs differ in what they asked:",
            "",
            *(f"- {markdown_escape.text(note)}" for note in comparison.asked),
        ]
    for kind in Kind:
        if comparison.of(kind):
            lines += section(comparison, kind)
    return markdown_escape.fit(lines)


def section(comparison: Comparison, kind: Kind, *, level: str = "###") -> list[str]:
    """One kind of difference as lines of Markdown, under a heading of that level."""
    groups = group_alike(comparison.of(kind))
    shown = select_shown(kind, groups)
    lines = ["", f"{level} {TITLES[kind]} ({plural(len(comparison.of(kind)), 'case')})", ""]
    rows = [
        [
            markdown_escape.code(group.first.case.change),
            labels.format_versions(group.versions),
            markdown_escape.text(verdicts(group)) + ("" if group.first.counts else " (not counted)"),
            markdown_escape.text(group.first.reason),
        ]
        for group in shown
    ]
    if rows:
        lines += markdown_escape.table(["change", "API", "verdict", "seen"], rows)
    rest = sum(len(group.differences) for group in groups) - sum(len(group.differences) for group in shown)
    if rest:
        lines += ["", f"{plural(rest, 'case')} without a deviation."]
    return lines
