"""Reads the catalogue's TOML files and refuses what is wrong with file and line.

Statements stand in ``general.toml``, ``v1.NN.toml`` and ``reference/NOUN.toml``, a table each; the mutants of a file in
``NAME.mutants.toml`` beside it, an array for each statement. A new file needs no code.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from conformance.catalogue.disk_cache import read_through
from conformance.catalogue.toml_file import TomlFile, read_structs
from conformance.catalogue.verify import (
    mutant_problems,
    profile_problems,
    reference_problems,
    statement_problems,
)
from conformance.model.changes import Catalogue, Change, Document, Need, Profile
from conformance.model.errors import CatalogueError
from conformance.model.mutants import Mutant
from conformance.model.versions import ApiVersion

DATA = Path(__file__).parent / "data"
_MUTANTS = ".mutants"


class StatementFile(NamedTuple):
    """A file of statements: an id is `prefix` and the name of the table; `version` is that of the file, if it has one."""

    path: Path
    prefix: str
    version: ApiVersion | None = None


@cache
def load(folder: Path = DATA) -> Catalogue:
    """The catalogue in `folder`; the package's own comes from the user's cache if it is there.

    Raises CatalogueError, naming file and line, for the first thing that is wrong.
    """
    return read_through(lambda: read(folder)) if folder == DATA else read(folder)


def read(folder: Path) -> Catalogue:
    """Read all files of `folder`. Raises CatalogueError, naming file and line, for the first thing that is wrong."""
    documents = read_structs(folder / "documents.toml", Document)
    profiles = read_structs(folder / "profiles.toml", Profile, profile_problems)
    needs = read_structs(folder / "needs.toml", Need)
    known = Catalogue([], documents, profiles, needs)
    places: dict[str, tuple[TomlFile, str]] = {}
    changes: list[Change] = []
    for source in _files(folder):
        file = TomlFile(source.path)
        found = _statements(source, file, known)
        places |= {change.id: (file, name) for name, change in found.items()}
        changes += _with_mutants(source.path, found).values()
    catalogue = Catalogue(changes, documents, profiles, needs)
    for change in changes:
        file, name = places[change.id]
        for word, message in reference_problems(change, catalogue):
            file.refuse(name, message, word)
    return catalogue


def _files(folder: Path) -> Iterator[StatementFile]:
    """The files of statements in the catalogue's order: general, reference by noun, versions from the oldest."""
    numbered = []
    for path in filter(_has_statements, folder.glob("v*.toml")):
        try:
            numbered.append((ApiVersion.parse(path.stem.removeprefix("v")), path))
        except ValueError as error:
            raise CatalogueError(f"{path}: {error}") from None
    if (folder / "general.toml").exists():
        yield StatementFile(folder / "general.toml", "general/")
    for path in sorted(filter(_has_statements, (folder / "reference").glob("*.toml"))):
        yield StatementFile(path, f"reference/{path.stem}-")
    for version, path in sorted(numbered):
        yield StatementFile(path, f"{version}/", version)


def _has_statements(path: Path) -> bool:
    """Whether a file holds statements; raises CatalogueError for a file of mutants that belongs to none."""
    if not path.stem.endswith(_MUTANTS):
        return True
    if not _beside(path, path.stem.removesuffix(_MUTANTS)).exists():
        raise CatalogueError(f"{path}: there is no {path.stem.removesuffix(_MUTANTS)}.toml beside it")
    return False


def _beside(path: Path, stem: str) -> Path:
    return path.with_name(f"{stem}.toml")


def _statements(source: StatementFile, file: TomlFile, known: Catalogue) -> dict[str, Change]:
    """The statements of a file by the names of their tables."""
    found = {}
    for name, row in file.rows.items():
        if isinstance(row, dict):
            row = {"id": source.prefix + name, **row}
            if "mutants" in row:
                file.refuse(name, f"mutants stand in {source.path.stem}{_MUTANTS}.toml", "mutants")
        change = file.convert(row, Change, name)
        for word, message in statement_problems(change, name, source.version, known):
            file.refuse(name, message, word)
        found[name] = change
    return found


def _with_mutants(path: Path, statements: dict[str, Change]) -> dict[str, Change]:
    """The statements of the file at `path`, each with its mutants."""
    beside = _beside(path, path.stem + _MUTANTS)
    if not beside.exists():
        return statements
    file = TomlFile(beside, arrays=True)
    found = dict(statements)
    for name, rows in file.rows.items():
        if name not in statements:
            file.refuse(name, f"there is no statement {name!r} in {path.name}")
        mutants = [
            file.convert(row, Mutant, name, str(row.get("name", "")) if isinstance(row, dict) else "")
            for row in file.convert(rows, list, name)
        ]
        for word, message in mutant_problems(statements[name], mutants):
            file.refuse(name, message, word)
        found[name] = msgspec.structs.replace(statements[name], mutants=mutants)
    return found
