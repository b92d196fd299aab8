"""``list``: the documented statements by version and noun, and how many checks each has."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from conformance.catalogue import Catalogue, Change, load
from conformance.catalogue.check_index import Check, checks
from conformance.catalogue.nouns import NOUNS, noun_of
from conformance.cli.paragraphs import hanging
from conformance.cli.parser import add_command, check_noun, check_profile
from conformance.model.errors import UsageError
from conformance.model.text import break_name, plural
from conformance.model.versions import parse_selection

#: Columns that a row needs beside its id: its window and its checks.
_BESIDE_IDS = 24


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "list",
        list_statements,
        description="List the documented statements of the API by version and noun: the versions in which each holds, and how many\n"
        "checks it has. Filters may be combined.",
        examples=[
            "docker-conformance list --api 1.19",
            "docker-conformance list --noun containers --text volume",
            "docker-conformance list --totals",
            "docker-conformance list --unchecked",
            "docker-conformance list --json",
        ],
    )
    parser.add_argument(
        "--api",
        "--version",
        metavar="VERSIONS",
        help="only what these versions of the API changed, as in 1.19 or 1.18-1.20",
    )
    parser.add_argument(
        "--noun", metavar="NOUN", help="only statements about containers, images, networks, ..."
    )
    parser.add_argument("--profile", metavar="NAME", help="only the statements of a profile")
    parser.add_argument(
        "--text",
        metavar="WORDS",
        help="only statements with all these words in their id, prose or endpoints",
    )
    parser.add_argument(
        "--unchecked",
        action="store_true",
        help="only statements without a check, with the reason if it has one",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--totals", action="store_true", help="only how many there are of each noun")
    form.add_argument("--json", action="store_true", help="as JSON, with all that the catalogue has")


def list_statements(options: argparse.Namespace) -> int:
    """Print the statements that the filters leave; returns 0."""
    catalogue, known = load(), checks()
    found = list(_selected(options, catalogue, known))
    if options.json:
        rows = [_as_json(change, known.get(change.id, [])) for change in found]
        json.dump(rows, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        lines = _totals(found, known) if options.totals else _lines(found, known)
        sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _selected(
    options: argparse.Namespace, catalogue: Catalogue, known: dict[str, list[Check]]
) -> Iterable[Change]:
    changes: Iterable[Change] = catalogue.changes.values()
    if options.profile is not None:
        check_profile(options.profile, catalogue)
        changes = catalogue.in_profile(options.profile)
    if options.api is not None:
        try:
            versions = {str(version) for version in parse_selection(options.api, catalogue.versions)}
        except ValueError as error:
            raise UsageError(f"--api {error}") from None
        changes = [change for change in changes if _version(change) in versions]
    if options.noun is not None:
        check_noun(options.noun)
        changes = [change for change in changes if noun_of(change) == options.noun]
    if options.text is not None:
        words = options.text.casefold().split()
        changes = [change for change in changes if all(word in _text(change) for word in words)]
    if options.unchecked:
        changes = [change for change in changes if change.id not in known]
    return changes


def _version(change: Change) -> str:
    """The part of the id that names the file: a version, ``general`` or ``reference``."""
    return change.id.partition("/")[0]


def _text(change: Change) -> str:
    prose = [change.id, change.says, change.before or "", change.after or "", change.note, *change.endpoints]
    return " ".join(" ".join(prose).casefold().split())


def _lines(changes: list[Change], known: dict[str, list[Check]]) -> Iterator[str]:
    """The statements under a heading for each version and noun, then the totals."""
    width = max((len(change.id) for change in changes), default=0)
    columns = shutil.get_terminal_size().columns
    narrow = columns < width + _BESIDE_IDS
    versions = list(dict.fromkeys(map(_version, changes)))
    ordered = sorted(changes, key=lambda change: (versions.index(_version(change)), noun_of(change)))
    for (version, noun), group in groupby(ordered, lambda change: (_version(change), noun_of(change))):
        yield f"{version} {noun}"
        for change in group:
            window, state = str(change.window), _state(change, len(known.get(change.id, [])))
            if narrow:
                yield from (f"  {part}" for part in break_name(change.id, columns - 2))
                yield hanging(f"    {window.ljust(9)}  ", state)
            else:
                yield hanging(f"  {change.id.ljust(width)}  {window.ljust(9)}  ", state)
    yield _sum(changes, known)


def _totals(changes: list[Change], known: dict[str, list[Check]]) -> Iterator[str]:
    """How many statements each noun has, and all together."""
    for noun in NOUNS:
        mine = [change for change in changes if noun_of(change) == noun]
        if mine:
            bound = sum(len(known.get(change.id, [])) for change in mine)
            yield f"{noun.ljust(10)}  {plural(len(mine), 'statement'):>15}  {plural(bound, 'check'):>11}"
    yield _sum(changes, known)


def _sum(changes: list[Change], known: dict[str, list[Check]]) -> str:
    checked = sum(change.id in known for change in changes)
    untestable = sum(bool(change.untestable) and change.id not in known for change in changes)
    unchecked = len(changes) - checked - untestable
    return hanging(
        "",
        f"{plural(len(changes), 'statement')}: {checked} with a check, {untestable} untestable, {unchecked} without a check",
    )


def _state(change: Change, amount: int) -> str:
    if amount:
        return plural(amount, "check")
    return f"untestable: {change.untestable}" if change.untestable else "no check"


def _as_json(change: Change, bound: list[Check]) -> dict[str, Any]:
    return {
        "id": change.id,
        "since": str(change.since),
        "until": str(change.until) if change.until else None,
        "noun": noun_of(change),
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
        "checks": [
            {"check": check.id, "side": str(check.side), "file": check.file, "line": check.line}
            for check in bound
        ],
    }
