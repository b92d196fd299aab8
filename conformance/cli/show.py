"""``show``: one statement with its documents, its checks and the results that are published."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from conformance.catalogue import Catalogue, Change, load
from conformance.catalogue.check_index import checks
from conformance.cli.paragraphs import hanging
from conformance.cli.parser import add_command, check_change
from conformance.report.known_results import known_results
from conformance.report.render.labels import format_versions


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "show",
        show_statement,
        description="Show one statement: what the documents say inside and outside its window, where they say it,\n"
        "its checks with file and line, and what the published daemons do.",
        examples=["docker-conformance show 1.19/info-booleans"],
    )
    parser.add_argument("id", metavar="ID", help="a statement, as in 1.19/info-booleans")


def show_statement(options: argparse.Namespace) -> int:
    """Print one statement; returns 0."""
    catalogue = load()
    check_change(options.id, catalogue)
    sys.stdout.write(f"{options.id}\n")
    for name, text in _rows(catalogue[options.id], catalogue):
        if text:
            sys.stdout.write(hanging(f"  {name}: ".ljust(14), text) + "\n")
    return 0


def _rows(change: Change, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield "holds in", f"API {change.window}" if change.until else f"API {change.since} and newer"
    yield "kind", f"{change.kind}, {change.level}, profile {change.profile}"
    yield "endpoints", ", ".join(change.endpoints)
    yield "says", change.says
    yield "before", change.before or ""
    yield "after", change.after or ""
    if change.replaced_by:
        yield "after", f"{change.replaced_by} takes over: {catalogue[change.replaced_by].says}"
    for source in change.sources:
        yield "source", catalogue.place(source)
    for erratum in change.errata:
        yield "erratum", erratum
    yield "note", change.note
    yield "needs", ", ".join(change.needs)
    yield "untestable", change.untestable
    if change.contested:
        yield "contested", f"{change.contested.reason} ({', '.join(change.contested.engines)})"
    if change.seen == "emulated":
        yield "seen", "with emulators only: no genuine engine has shown yet that the checks pass"
    bound = checks().get(change.id, [])
    for check in bound:
        yield "check", f"{check.test} ({check.side}), suites/{check.file}:{check.line}"
    if not bound and not change.untestable:
        yield "check", "none yet"
    for name, verdicts in known_results(change.id).items():
        parts = (f"{verdict} in {format_versions(verdicts[verdict])}" for verdict in sorted(verdicts))
        yield "result", f"{name}: {', '.join(parts)}"
