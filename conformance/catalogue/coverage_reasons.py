"""Why some documented facts are not asked, and which are known to be open.

``data/coverage-reasons.toml`` has a table for each place: an operation (``["GET /images/search"]``), a status or parameter of it
(``["POST /build query squash"]``), a member with all that is inside (``["GET /info 200 .Swarm.Cluster"]``). ``since`` and ``until``
limit it. The list ``open`` names places that have neither a case nor a reason yet; it may only become shorter. The table ``[gate]`` says in which
``versions`` (``["1.14-1.23", "1.25-"]``) every operation, status and parameter has to be asked or named here, and in which
``request-members`` every member of a request.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from conformance.catalogue.operations import Operations, operations
from conformance.catalogue.overlay import overlay
from conformance.catalogue.toml_file import TomlFile
from conformance.model.errors import CatalogueError
from conformance.model.versions import ApiVersion, Window

FILE = Path(__file__).parent / "data" / "coverage-reasons.toml"
_OPEN = "open"
_GATE = "gate"
#: Where a part of a name begins.
_PART = re.compile(r"[ .[{]")


class FactKind(enum.StrEnum):
    """What a document names."""

    OPERATION = "operation"
    STATUS = "status"
    PARAMETER = "parameter"
    REQUEST_MEMBER = "request member"
    RESPONSE_MEMBER = "response member"


class _Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    versions: list[str] = []
    request_members: list[str] = []


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: str
    since: str = ""
    until: str = ""


class CoverageReasons:
    """Reasons by place, each with the versions in which it holds, the places that are open, and the gated versions.

    Members of requests have gated versions of their own.
    """

    def __init__(
        self,
        rows: dict[str, tuple[Window, str]],
        open_places: list[str],
        gated: Iterable[Window],
        gated_members: Iterable[Window] = (),
    ) -> None:
        self._gated = tuple(gated)
        self._gated_members = tuple(gated_members)
        self.open = frozenset(open_places)
        self._rows = rows
        self._operations = {_split(place)[0] for place in (*rows, *open_places)}

    def is_gated(self, kind: FactKind, version: ApiVersion) -> bool:
        """Whether a fact of this kind has to be asked in a version, or to be named here."""
        windows = self._gated_members if kind is FactKind.REQUEST_MEMBER else self._gated
        return any(version in window for window in windows)

    def reasons(self, place: str) -> list[tuple[Window, str]]:
        """Why a place, or what it is a part of, is not asked, the nearest reason first."""
        return [self._rows[owner] for owner in self._owners(place) if owner in self._rows]

    def open_entry(self, place: str) -> str:
        """The entry of the list ``open`` that a place belongs to; "" if it belongs to none."""
        return next((owner for owner in self._owners(place) if owner in self.open), "")

    def _owners(self, place: str) -> list[str]:
        """A place, what it is a part of, and so on up to its operation."""
        operation, name = _split(place)
        if operation not in self._operations:
            return []
        cuts = [match.start() for match in _PART.finditer(name)]
        names = [name, *(name[:cut] for cut in reversed(cuts))]
        return [*(f"{operation} {part}" for part in names if part), operation]


@cache
def coverage_reasons(path: Path = FILE) -> CoverageReasons:
    """Read the reasons. Raises CatalogueError with file and line, also for a place that no document has."""
    file = TomlFile(path)
    rows = dict(file.rows)
    listed = file.convert(rows.pop(_OPEN, []), list[str], _OPEN)
    gate = file.convert(rows.pop(_GATE, {}), _Gate, _GATE)
    known = operations()
    found = {}
    for place, data in rows.items():
        row = file.convert(data, _Row, place)
        if problem := _problem(place, known):
            file.refuse(place, problem)
        found[_normal(place, known)] = (_window(file, place, row.since, row.until), row.reason)
    for place in listed:
        if problem := _problem(place, known):
            raise CatalogueError(f"{path}:{_line_of(path, place)}: [{_OPEN}] {problem}")
    gated = _gated(file, "versions", gate.versions)
    gated_members = _gated(file, "request-members", gate.request_members)
    return CoverageReasons(found, [_normal(place, known) for place in listed], gated, gated_members)


def _gated(file: TomlFile, word: str, texts: list[str]) -> list[Window]:
    """The windows of a list such as ``["1.14-1.23", "1.25-"]``."""
    parts = ((text, text.partition("-")) for text in texts)
    return [
        _window(file, _GATE, since, until if "-" in text else since, word)
        for text, (since, _, until) in parts
    ]


def _window(file: TomlFile, table: str, since: str, until: str, word: str = "") -> Window:
    first = _bound(file, table, word or "since", since or "0.0")
    return Window(first, _bound(file, table, word or "until", until) if until else None)


def _bound(file: TomlFile, table: str, word: str, text: str) -> ApiVersion:
    try:
        return ApiVersion.parse(text)
    except ValueError as error:
        file.refuse(table, str(error), word)


def _line_of(path: Path, place: str) -> int:
    lines = path.read_text("utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if f'"{place}"' in line), 1)


def _split(place: str) -> tuple[str, str]:
    """The operation and the rest of a place."""
    method, _, rest = place.partition(" ")
    path, _, name = rest.partition(" ")
    return f"{method} {path}", name


def _problem(place: str, known: Operations) -> str:
    operation, name = _split(place)
    if operation not in known:
        return f"there is no operation {operation!r} in operations.tsv"
    line = name if name.startswith(("query ", "header ")) else name.partition(" ")[0]
    documented = {*known[operation].lines, *overlay().names(known[operation].name)}
    if line and not line.startswith(".") and line not in documented:
        return f"no document has {line!r} for {operation}"
    return ""


def _normal(place: str, known: Operations) -> str:
    """The place with the operation's own name, whatever its path parameters are called."""
    operation, name = _split(place)
    return f"{known[operation].name} {name}".strip()
