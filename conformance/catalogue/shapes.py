"""The shapes of request and response bodies: which members each has, in which version, of which type.

``data/shapes/documents.tsv`` holds what the documents from v1.25 on promise, ``examples.tsv`` what those before them show:
a section for each shape, a line for each member with its history. A section is read when somebody asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import unquote

from conformance.catalogue.histories import History, Place, parse_history, read_lines
from conformance.catalogue.types import Type, parse_type
from conformance.model.errors import CatalogueError
from conformance.model.versions import ApiVersion

FOLDER = Path(__file__).parent / "data" / "shapes"
_SECTION = re.compile(r"\[([A-Z]\w*)\]")


class Shape:
    """The members of an object. Raises CatalogueError, with file and line, when its section is damaged."""

    def __init__(self, name: str, lines: list[tuple[Place, str]]) -> None:
        self.name = name
        self._lines = lines
        self._at: dict[ApiVersion, Mapping[str, Type]] = {}

    @cached_property
    def histories(self) -> Mapping[str, History]:
        """Each member's history."""
        found: dict[str, History] = {}
        for place, text in self._lines:
            name, tab, history = text.partition("\t")
            name = unquote(name)
            if not tab or not name or name in found:
                raise place.refuse(f"expected a new NAME, a tab and a history, got {text!r}")
            found[name] = parse_history(history, place)
        return found

    def members(self, version: ApiVersion) -> Mapping[str, Type]:
        """The members that the shape has in `version`."""
        if version not in self._at:
            self._at[version] = {
                name: type_at(history, text)
                for name, history in self.histories.items()
                if (text := history.at(version)) is not None
            }
        return self._at[version]


class Shapes(Mapping[str, Shape]):
    """The shapes of one table by name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._shapes: dict[str, Shape] = {}
        lines: list[tuple[Place, str]] | None = None
        for number, text in enumerate(read_lines(path), 1):
            if text.startswith("["):
                place = Place(path, number)
                match = _SECTION.fullmatch(text)
                if match is None or match[1] in self._shapes:
                    raise place.refuse(f"expected the name of a new shape, such as [Port], got {text!r}")
                lines = []
                self._shapes[match[1]] = Shape(match[1], lines)
            elif lines is None:
                raise Place(path, number).refuse(
                    f"expected the name of a shape, such as [Port], got {text!r}"
                )
            else:
                lines.append((Place(path, number), text))
        if not self._shapes:
            raise CatalogueError(f"{path}: the table has no shape; run scripts/read-documents again")

    def __getitem__(self, name: str) -> Shape:
        return self._shapes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shapes)

    def __len__(self) -> int:
        return len(self._shapes)


def type_at(history: History, text: str) -> Type:
    """The type that a line of a table has; raises CatalogueError with its place."""
    try:
        return parse_type(text)
    except ValueError as error:
        raise history.place.refuse(str(error)) from None


@cache
def documented(folder: Path = FOLDER) -> Shapes:
    """What the documents with schemas promise. Raises CatalogueError with file, line and remedy."""
    return Shapes(folder / "documents.tsv")


@cache
def shown(folder: Path = FOLDER) -> Shapes:
    """What the examples of the prose documents show. Raises CatalogueError with file, line and remedy."""
    return Shapes(folder / "examples.tsv")
