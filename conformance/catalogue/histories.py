"""What a line of a generated table says in each version: ``TYPE``, or ``WINDOW:TYPE`` for each stretch of versions.

``-1.38:integer 1.39-:integer:int64`` is an integer up to 1.38 and one of 64 bits from 1.39 on; a version between two
stretches has nothing. The tables are written by ``scripts/read-documents``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from conformance.model.errors import CatalogueError
from conformance.model.versions import ApiVersion, Window

_OLDEST = ApiVersion(0, 0)
_WINDOW = re.compile(r"(\d+\.\d+)?(-)?(\d+\.\d+)?")
_STRETCH = re.compile(r"(?:([\d.]+|[\d.]*-[\d.]*):)?(\S+)")


class Place(NamedTuple):
    """A line of a file, for a refusal; `remedy` says what to do about it."""

    path: Path
    line: int
    remedy: str = "run scripts/read-documents again"

    def refuse(self, message: str) -> CatalogueError:
        """The error to raise for this line."""
        return CatalogueError(f"{self.path}:{self.line}: {message}; {self.remedy}")


class History(NamedTuple):
    """The stretches of a line, oldest first, with its place."""

    stretches: tuple[tuple[Window, str], ...]
    place: Place

    def at(self, version: ApiVersion) -> str | None:
        """What the line says in `version`; None if it says nothing there."""
        return next((value for window, value in self.stretches if version in window), None)


def parse_window(text: str, place: Place) -> Window:
    """Read ``1.25``, ``1.25-``, ``-1.38`` or ``1.25-1.38``; raises CatalogueError for anything else."""
    match = _WINDOW.fullmatch(text)
    if match is None or not (match[1] or match[3]) or (match[3] and not match[2]):
        raise place.refuse(f"not a window of versions: {text!r} (expected 1.25, 1.25-, -1.38 or 1.25-1.38)")
    since = ApiVersion.parse(match[1]) if match[1] else _OLDEST
    until = ApiVersion.parse(match[3]) if match[3] else None if match[2] else since
    if until is not None and since > until:
        raise place.refuse(f"the window {text} runs backwards")
    return Window(since, until)


def parse_history(text: str, place: Place) -> History:
    """Read the history of a line; raises CatalogueError, naming the part that is wrong."""
    if not text:
        raise place.refuse("expected a type after the tab, got nothing")
    if " " not in text and text[0] not in "-0123456789":  # most lines: one value for all versions
        return History(((Window(_OLDEST), text),), place)
    stretches: list[tuple[Window, str]] = []
    for part in text.split(" "):
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise place.refuse(f"expected WINDOW:TYPE, got {part!r}")
        window = Window(_OLDEST) if match[1] is None else parse_window(match[1], place)
        if stretches and not stretches[-1][0].is_after(window.since):
            raise place.refuse(f"the window of {part!r} does not follow the one before it")
        stretches.append((window, match[2]))
    return History(tuple(stretches), place)


def read_lines(path: Path) -> list[str]:
    """The lines of a table. Raises CatalogueError when it cannot be read."""
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"{path}: cannot read the table: {error}; run scripts/read-documents again"
        ) from None
