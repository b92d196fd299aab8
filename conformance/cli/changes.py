"""``list`` and ``show``: the catalogue for a reader, with the checks that ask for each change."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from rich.text import Text

from conformance.catalogue import Catalogue, Change, load
from conformance.catalogue.check_index import Check, checks
from conformance.cli.common import add, known_change, known_profile
from conformance.model.errors import UsageError
from conformance.model.text import plural
from conformance.model.versions import ApiVersion
from conformance.report.render import terminal


def register(commands: Any) -> None:
    """Add the two commands."""
    parser = add(
        commands,
        "list",
        list_changes,
        summary="the documented changes, their windows and their checks",
        teaches="List the documented changes of the API: the versions in which each holds, and how many checks ask for it.",
        examples=[
            "docker-conformance list --api 1.19",
            "docker-conformance list --unchecked",
            "docker-conformance list --json",
        ],
    )
    parser.add_argument(
        "--unchecked", action="store_true", help="only changes without a check, and why if there is a reason"
    )
    parser.add_argument("--profile", metavar="NAME", help="only the changes of a profile")
    parser.add_argument("--api", metavar="VERSION", help="only what this version of the API changed")
    parser.add_argument("--json", action="store_true", help="as JSON, with all that the catalogue has")
    parser = add(
        commands,
        "show",
        show_change,
        summary="one change: what is documented, where, and what checks it",
        teaches="Show one change: what the documents say inside and below its window, where they say it, and its checks.",
        examples=["docker-conformance show 1.19/info-booleans"],
    )
    parser.add_argument("id", metavar="ID", help="a change, as in 1.19/info-booleans")


def _selected(options: argparse.Namespace, catalogue: Catalogue) -> list[Change]:
    changes = list(catalogue.changes.values())
    if options.profile is not None:
        known_profile(options.profile, catalogue)
        changes = catalogue.in_profile(options.profile)
    if options.api is not None:
        try:
            wanted = ApiVersion.parse(options.api)
        except ValueError as error:
            raise UsageError(f"--api: {error}") from None
        if wanted not in catalogue.versions:
            known = f"{catalogue.versions[0]} to {catalogue.versions[-1]}"
            raise UsageError(f"--api: the catalogue has no changes of {wanted} (it has {known})")
        changes = [change for change in changes if change.id.partition("/")[0] == str(wanted)]
    return changes


def list_changes(options: argparse.Namespace) -> int:
    """Print the changes; returns 0."""
    catalogue = load()
    known = checks()
    changes = _selected(options, catalogue)
    if options.unchecked:
        changes = [change for change in changes if change.id not in known]
    if options.json:
        rows = [_as_json(change, known.get(change.id, [])) for change in changes]
        json.dump(rows, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
        return 0
    out = terminal.console()
    widest = max((len(change.id) for change in changes), default=0)
    for change in changes:
        amount = len(known.get(change.id, []))
        missing = f"untestable: {change.untestable}" if change.untestable else "no check"
        state = plural(amount, "check") if amount else missing
        terminal.hang(
            out,
            Text(f"{change.id.ljust(widest)}  {str(change.window).ljust(9)}  "),
            Text(state, style="" if amount else "dim"),
        )
    checked = sum(change.id in known for change in changes)
    untestable = sum(bool(change.untestable) and change.id not in known for change in changes)
    terminal.hang(
        out,
        Text(),
        Text(
            f"{len(changes)} changes: {checked} with a check, {untestable} untestable, {len(changes) - checked - untestable} without a check"
        ),
    )
    return 0


def _as_json(change: Change, bound: list[Check]) -> dict[str, Any]:
    return {
        "id": change.id,
        "since": change.since,
        "until": change.until,
        "kind": change.kind,
        "level": change.level,
        "profile": change.profile,
        "endpoints": change.endpoints,
        "says": change.says,
        "before": change.before,
        "after": change.after,
        "sources": [
            {"document": row.document, "section": row.section, "item": row.item} for row in change.sources
        ],
        "needs": change.needs,
        "errata": change.errata,
        "note": change.note,
        "untestable": change.untestable,
        "checks": [{"check": check.check, "side": str(check.side)} for check in bound],
    }


def show_change(options: argparse.Namespace) -> int:
    """Print one change; returns 0."""
    catalogue = load()
    known_change(options.id, catalogue)
    change = catalogue[options.id]
    out = terminal.console()
    terminal.hang(out, Text(), Text(change.id, style="bold"))
    rows = [
        ("holds in", f"API {change.window}" if change.until else f"API {change.since} and newer"),
        ("kind", f"{change.kind}, {change.level}, profile {change.profile}"),
        ("endpoints", ", ".join(change.endpoints)),
        ("says", change.says),
        ("before", change.before or ""),
        ("after", change.after or ""),
    ]
    rows += [("source", catalogue.place(source)) for source in change.sources]
    rows += [("erratum", erratum) for erratum in change.errata]
    rows += [("note", change.note), ("needs", ", ".join(change.needs)), ("untestable", change.untestable)]
    bound = checks().get(change.id, [])
    rows += [("check", f"{check.check} ({check.side})") for check in bound]
    if not bound and not change.untestable:
        rows.append(("check", "none yet"))
    for name, text in rows:
        if text:
            terminal.hang(out, Text(f"  {name}: ".ljust(14), style="dim"), Text(text))
    return 0
