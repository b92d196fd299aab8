"""The digest of what the tables of shapes say of some operations: a statement that rests on them changes when they do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from conformance.catalogue.histories import History
from conformance.catalogue.operations import Operation, operations
from conformance.catalogue.overlay import Line, overlay
from conformance.catalogue.shapes import documented
from conformance.catalogue.types import Type, parse_type

#: The endpoint of a statement that is about all operations: it rests on their refusals.
_ANY = "any"


def table_digest(endpoints: Iterable[str]) -> str:
    """A short SHA-256 over the answers of `endpoints`, the shapes that they name, and the overlay's lines on both."""
    lines: set[str] = set()
    for endpoint in endpoints:
        if endpoint == _ANY:
            for operation in operations().values():
                lines |= set(_lines_of(operation, refusals=True))
        else:
            lines |= set(_lines_of(operations()[endpoint], refusals=False))
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:12]


def _lines_of(operation: Operation, *, refusals: bool) -> Iterator[str]:
    shapes: list[str] = []
    repairs = [line for line in overlay().lines if line.owner == operation.name and line.history is not None]
    written = {**operation.lines, **{line.name: line.history for line in repairs if line.history is not None}}
    for name, history in written.items():
        if name == "produces" or (name.isdigit() and (not refusals or int(name) >= 400)):
            yield f"{operation.name} {name} {_text(history)}"
            if name.isdigit():
                shapes += _shapes_in(history)
    known: set[str] = set()
    while shapes:
        name = shapes.pop()
        if name in known:
            continue
        known.add(name)
        for member, history in {**documented()[name].histories, **_repairs(name)}.items():
            yield f"{name}.{member} {_text(history)}"
            shapes += _shapes_in(history)


def _repairs(shape: str) -> dict[str, History]:
    lines: Iterable[Line] = (line for line in overlay().lines if line.owner == shape)
    return {line.name: line.history for line in lines if line.history is not None}


def _text(history: History) -> str:
    return " ".join(f"{window}:{value}" for window, value in history.stretches)


def _shapes_in(history: History) -> list[str]:
    types = (parse_type(value) for _, value in history.stretches)
    return [name for wanted in types if not wanted.example for name in _names(wanted)]


def _names(wanted: Type) -> Iterator[str]:
    for kind in wanted.kinds:
        if kind.shape:
            yield kind.shape
        for inner in (kind.items, kind.values):
            if inner is not None:
                yield from _names(inner)
