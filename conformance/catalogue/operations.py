"""The operations that the reference documents name: since when, and in which versions they are described alike.

``data/operations.tsv`` has a line for each operation: its name, the documents' own id for it, the versions that have it and
the versions in which a class begins. Between two of the latter no document changes anything about the operation; of
versions whose documents are prose, each is a class of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from conformance.catalogue.histories import History, Place, parse_history, parse_window, read_lines
from conformance.model.errors import CatalogueError
from conformance.model.versions import ApiVersion, Window

FILE = Path(__file__).parent / "data" / "operations.tsv"
_NAME = re.compile(r"(GET|HEAD|POST|PUT|DELETE) (/\S*)")
_PREFIX = re.compile(r"/v\d+\.\d+(?=/)")


@dataclass(frozen=True)
class Operation:
    """A method and a path, such as ``GET /containers/(id)/json``. `id` is "" for what no document names."""

    name: str
    id: str
    windows: tuple[Window, ...]
    classes: tuple[ApiVersion, ...]
    lines: Mapping[str, History]

    def __contains__(self, version: object) -> bool:
        """Whether a document of this version has the operation."""
        return any(version in window for window in self.windows)

    def class_of(self, version: ApiVersion) -> ApiVersion:
        """The first of the versions that describe the operation as this one does. ValueError outside its windows."""
        if version not in self:
            raise ValueError(f"API {version} has no {self.name}")
        return self.classes[bisect_right(self.classes, version) - 1]

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.name.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path with its parameters in parentheses."""
        return self.name.partition(" ")[2]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a request's path matches; the name of an image or a plugin may have slashes."""
        parts = re.split(r"\((\w+)\)", self.path)
        return re.compile("".join(
            re.escape(part) if index % 2 == 0 else ".+" if part == "name" else "[^/]+"
            for index, part in enumerate(parts)
        ))  # fmt: skip


class Operations(Mapping[str, Operation]):
    """All operations by name. The names of path parameters do not matter: ``(id)`` and ``(name)`` are one."""

    def __init__(self, operations: list[Operation]) -> None:
        self._by_key = {_key(operation.name): operation for operation in operations}
        # the most literal pattern first: /images/json is no image called json
        self._by_method: dict[str, list[Operation]] = {}
        for operation in sorted(
            operations, key=lambda operation: (operation.path.count("("), -len(operation.path))
        ):
            self._by_method.setdefault(operation.method, []).append(operation)

    def __getitem__(self, name: str) -> Operation:
        return self._by_key[_key(name)]

    def __iter__(self) -> Iterator[str]:
        return (operation.name for operation in self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def match(self, method: str, target: str) -> Operation | None:
        """The operation that a request asks for; `target` may have a version and a query. None if there is none."""
        path = _PREFIX.sub("", target.partition("?")[0], count=1)
        found = (o for o in self._by_method.get(method, ()) if o.pattern.fullmatch(path))
        return next(found, None)


@cache
def operations(path: Path = FILE) -> Operations:
    """Read the table of operations. Raises CatalogueError with file, line and remedy for the first thing that is wrong."""
    found: dict[str, Operation] = {}
    lines: dict[str, History] = {}
    for number, text in enumerate(read_lines(path), 1):
        place = Place(path, number)
        if text.startswith("\t"):
            name, tab, history = text[1:].partition("\t")
            if not tab or not name or name in lines or not found:
                raise place.refuse(
                    f"expected a new NAME, a tab and a history below an operation, got {text!r}"
                )
            lines[name] = parse_history(history, place)
        else:
            lines = {}
            operation = _head(text, place, lines)
            if found.setdefault(_key(operation.name), operation) is not operation:
                raise place.refuse(f"{operation.name} stands twice")
    if not found:
        raise CatalogueError(f"{path}: the table has no operation; run scripts/read-documents again")
    return Operations(list(found.values()))


def _head(text: str, place: Place, lines: Mapping[str, History]) -> Operation:
    fields = text.split("\t")
    if len(fields) != 4 or not _NAME.fullmatch(fields[0]):
        raise place.refuse(
            f"expected METHOD PATH, id, windows and classes with tabs between them, got {text!r}"
        )
    name, identifier, life, begins = fields
    windows = tuple(parse_window(part, place) for part in life.split(" "))
    try:
        classes = tuple(ApiVersion.parse(part) for part in begins.split(" "))
    except ValueError as error:
        raise place.refuse(str(error)) from None
    if list(classes) != sorted(set(classes)) or any(window.since not in classes for window in windows):
        raise place.refuse("classes: expected ascending versions that begin with the windows'")
    return Operation(name, "" if identifier == "-" else identifier, windows, classes, lines)


def _key(name: str) -> str:
    return re.sub(r"\(.*?\)", "()", name)
