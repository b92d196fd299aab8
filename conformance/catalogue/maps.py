"""Which members of answers are maps from names that users choose (``data/maps.toml``), such as labels."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from conformance.catalogue.toml_file import TomlFile

FILE = Path(__file__).parent / "data" / "maps.toml"


@cache
def _names() -> frozenset[str]:
    """Read the names. Raises CatalogueError with file and line if the file is invalid."""
    file = TomlFile(FILE, arrays=True)
    return file.convert(file.rows["maps"], frozenset[str], "maps")


def is_map(name: str) -> bool:
    """Whether a member of this name is a map."""
    return name in _names()


def get_map_name(owner: str, member: str) -> str:
    """The name by which a member of the object that is called `owner` may be a map."""
    return f"{owner}.{member}" if f"{owner}.{member}" in _names() else member
