"""What the documents get wrong about shapes, and what they cannot say, line by line with reason and source.

``data/shapes/overlay.toml`` has a table for each place: ``["Shape.Member"]`` or ``["GET /path 404"]``. ``is`` says with the words of
the generated tables what stands there instead, in the versions that it names. ``when`` names a condition without which a
member is not expected to come; the conditions stand in the table ``[conditions]``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from conformance.catalogue.histories import History, Place, parse_history
from conformance.catalogue.operations import Operations, operations
from conformance.catalogue.shapes import Shapes, documented
from conformance.catalogue.toml_file import TomlFile
from conformance.catalogue.types import Type, parse_type
from conformance.model.versions import ApiVersion

FILE = Path(__file__).parent / "data" / "shapes" / "overlay.toml"
_CONDITIONS = "conditions"


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"is_": "is"}):
    is_: str = ""
    when: str = ""
    new: bool = False
    reason: str
    source: str
    engines: list[str] = []


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the overlay. `owner` is a shape or an operation, `name` its member or its line.

    `new` says that no document has this place. `engines` are those whose answers showed that the line is needed.
    """

    key: str
    owner: str
    name: str
    history: History | None
    when: str
    new: bool
    reason: str
    source: str
    engines: tuple[str, ...]

    def at(self, version: ApiVersion) -> str | None:
        """What stands there instead in `version`; None where the line says nothing."""
        return self.history.at(version) if self.history is not None else None


class Overlay:
    """All lines, to be laid over the tables. ``without`` gives one that lacks a line."""

    def __init__(self, lines: list[Line], conditions: dict[str, str]) -> None:
        self.lines = lines
        self.conditions = conditions
        self._by_owner: dict[str, list[Line]] = {}
        for line in lines:
            self._by_owner.setdefault(line.owner, []).append(line)

    def names(self, owner: str) -> list[str]:
        """The lines that the overlay has of a shape or an operation."""
        return [line.name for line in self._by_owner.get(owner, ())]

    def at(self, owner: str, name: str, version: ApiVersion) -> str | None:
        """What stands instead of one line of a table; None where the overlay says nothing."""
        return next((line.at(version) for line in self._by_owner.get(owner, ()) if line.name == name), None)

    def members(self, shape: str, version: ApiVersion) -> dict[str, Type]:
        """What stands instead of the members of a shape, by member."""
        found = {line.name: line.at(version) for line in self._by_owner.get(shape, ())}
        return {name: parse_type(text) for name, text in found.items() if text is not None}

    def condition(self, shape: str, member: str) -> str:
        """The condition under which a member comes, as a sentence; "" if none is known."""
        when = next((line.when for line in self._by_owner.get(shape, ()) if line.name == member), "")
        return self.conditions.get(when, "")

    def without(self, line: Line) -> Overlay:
        """The overlay without one of its lines."""
        return Overlay([other for other in self.lines if other is not line], self.conditions)


@cache
def overlay(path: Path = FILE) -> Overlay:
    """Read the overlay. Raises CatalogueError with file, line and remedy, also for a place that no document has."""
    file = TomlFile(path)
    rows = dict(file.rows)
    conditions = file.convert(rows.pop(_CONDITIONS, {}), dict[str, str], _CONDITIONS)
    lines = []
    for key, row in rows.items():
        line = _line(file, key, file.convert(row, _Row, key), documented(), operations())
        if line.when and line.when not in conditions:
            file.refuse(
                key, f"there is no condition {line.when!r}; [conditions] has {', '.join(conditions)}", "when"
            )
        lines.append(line)
    return Overlay(lines, conditions)


def _line(file: TomlFile, key: str, row: _Row, known: Shapes, asked: Operations) -> Line:
    history = _history(file, key, row.is_) if row.is_ else None
    if history is None and not row.when:
        file.refuse(key, "expected `is` or `when`: a line says what stands there, or on which condition")
    owner, name, there = _place(file, key, known, asked)
    if there == row.new:
        what = "a document has this place: remove `new`" if row.new else "no document has this place"
        file.refuse(key, f"{what}; is the name right? A place that is missing everywhere needs `new = true`")
    return Line(
        key=key,
        owner=owner,
        name=name,
        history=history,
        when=row.when,
        new=row.new,
        reason=row.reason,
        source=row.source,
        engines=tuple(row.engines),
    )


def _place(file: TomlFile, key: str, known: Shapes, asked: Operations) -> tuple[str, str, bool]:
    """The owner and the name of a place, and whether the tables have it."""
    if " " not in key:
        owner, _, name = key.partition(".")
        if owner not in known:
            file.refuse(key, f"there is no shape {owner!r} in {known.path.name}")
        return owner, name, name in known[owner].histories
    owner, _, name = key.rpartition(" ")
    operation = asked.get(owner)
    if operation is None:
        file.refuse(key, f"there is no operation {owner!r} in operations.tsv")
    return operation.name, name, name in operation.lines


def _history(file: TomlFile, key: str, text: str) -> History:
    try:
        history = parse_history(
            text, Place(file.path, file.line(key, ("is",)), f"see the head of {file.path.name}")
        )
        for _, value in history.stretches if not key.endswith((" produces", " consumes")) else ():
            parse_type(value)
    except ValueError as error:
        file.refuse(key, str(error), "is")
    return history
