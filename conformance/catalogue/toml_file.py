"""A TOML file of the catalogue: its tables, and the line of each, so that every refusal says where to look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec
import tomli

from conformance.model import codec
from conformance.model.errors import CatalogueError

T = TypeVar("T")
#: What is wrong with a row: the word to look for, and a sentence.
Problem = tuple[str, str]


class TomlFile:
    """A file whose top level is tables (``[name]``) or arrays (``name = [``). Raises CatalogueError if it is not TOML."""

    def __init__(self, path: Path, *, arrays: bool = False) -> None:
        self.path = path
        self._head = re.compile(r'"?([^\s"=]+)"?\s*=\s*\[' if arrays else r'\["?([^"\]]+)"?\]')

    @cached_property
    def _text(self) -> str:
        try:
            return self.path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CatalogueError(f"{self.path}: {error}") from None

    @cached_property
    def rows(self) -> dict[str, Any]:
        """What stands at the top level, by name."""
        try:
            return tomli.loads(self._text)
        except tomli.TOMLDecodeError as error:
            # tomli says "(at line 3, column 5)" or "(at end of document)"
            where = re.search(r"at line (\d+)", str(error))
            number = where[1] if where else max(1, len(self._text.splitlines()))
            raise CatalogueError(f"{self.path}:{number}: {error}") from None

    def line(self, table: str, words: Iterable[str] = ()) -> int:
        """The line of the first of `words` that stands inside `table`, or of the table's head."""
        head, inside = 1, False
        found: dict[str, int] = {}
        for number, line in enumerate(self._text.splitlines(), 1):
            start = self._head.match(line)
            if start is not None:
                inside = start[1] == table
                head = number if inside else head
            for word in filter(None, words) if inside else ():
                if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", line):
                    found.setdefault(word, number)
        return next((found[word] for word in words if word in found), head)

    def refuse(self, table: str, message: str, *words: str) -> NoReturn:
        """Raise CatalogueError with the line of the first of `words` inside `table`."""
        raise CatalogueError(f"{self.path}:{self.line(table, words)}: [{table}] {message}")

    def convert(self, row: Any, kind: type[T], table: str, word: str = "") -> T:
        """Convert a row to a struct; `word` is where the row stands, if its error names no member."""
        try:
            return codec.convert(row, kind)
        except msgspec.ValidationError as error:
            self.refuse(table, str(error), *re.findall(r"(?:`|\.)(\w+)", str(error)), word)


def read_structs(
    path: Path, kind: type[T], find_problems: Callable[[T], Iterable[Problem]] = lambda _: ()
) -> dict[str, T]:
    """The tables of a file as structs, by name. Raises CatalogueError with file and line for the first thing that is wrong."""
    file = TomlFile(path)
    found = {name: file.convert(row, kind, name) for name, row in file.rows.items()}
    for name, value in found.items():
        for word, message in find_problems(value):
            file.refuse(name, message, word)
    return found
