"""Reads the catalogue's TOML files and refuses what is wrong with file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from conformance.model.changes import Catalogue, Change, Document, Profile
from conformance.model.errors import CatalogueError
from conformance.model.mutants import problems
from conformance.model.versions import ApiVersion

DATA = Path(__file__).parent / "data"
NEEDS = frozenset(
    [
        "registry",
        "private-daemon",
        "tls-listener",
        "daemon-host",
        "memory-cgroup",
        "swap-accounting",
        "cpu-cfs",
        "cpu-shares",
        "cpuset",
        "freezer",
        "kernel-memory",
        "memory-cgroup-v1",
        "blkio-weight",
        "cgroupfs",
        "docker-cli",
    ]
)
#: That the daemon serves a version, in which alone an effect can be seen.
_SERVED = re.compile(r"api-(\d+\.\d+)")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ENDPOINT = re.compile(r"(GET|HEAD|POST|PUT|DELETE|any) ?(/\S*)?")
T = TypeVar("T")


@cache
def load(folder: Path = DATA) -> Catalogue:
    """Read all files of `folder`. Raises CatalogueError, naming file and line, for the first thing that is wrong."""
    documents = {
        name: _convert(row, Document, folder / "documents.toml", name)
        for name, row in _read(folder / "documents.toml").items()
    }
    profiles = {
        name: _convert(row, Profile, folder / "profiles.toml", name)
        for name, row in _read(folder / "profiles.toml").items()
    }
    changes = []
    for path, prefix in _files(folder):
        for name, row in _read(path).items():
            change = _convert(
                {"id": f"{prefix}/{name}", **row} if isinstance(row, dict) else row, Change, path, name
            )
            _verify(change, prefix, documents, profiles, path, name)
            changes.append(change)
    return Catalogue(changes, documents, profiles)


def _files(folder: Path) -> list[tuple[Path, str]]:
    numbered = []
    for path in folder.glob("v*.toml"):
        try:
            numbered.append((ApiVersion.parse(path.stem.removeprefix("v")), path))
        except ValueError as error:
            raise CatalogueError(f"{path}: {error}") from None
    general = [(folder / "general.toml", "general")] if (folder / "general.toml").exists() else []
    return general + [(path, str(version)) for version, path in sorted(numbered)]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: {error}") from None
    except tomllib.TOMLDecodeError as error:
        # tomllib says "(at line 3, column 5)", also for a table that stands twice
        where = re.search(r"at line (\d+)", str(error))
        raise CatalogueError(f"{path}:{where[1] if where else 1}: {error}") from None


def _line(path: Path, table: str, word: str = "") -> int:
    """The line of `word` inside `table`, or of the table's head: where the eye should go."""
    head = 1
    inside = False
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith("["):
            inside = line.strip() in (f"[{table}]", f'["{table}"]')
            head = number if inside else head
        if inside and word and re.search(rf"\b{re.escape(word)}\b", line):
            return number
    return head


def _convert(row: Any, kind: type[T], path: Path, table: str) -> T:
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        named = re.search(r"(?:`|\$\.)(\w+)", str(error))
        raise CatalogueError(
            f"{path}:{_line(path, table, named[1] if named else '')}: [{table}] {error}"
        ) from None


def _verify(
    change: Change,
    prefix: str,
    documents: dict[str, Document],
    profiles: dict[str, Profile],
    path: Path,
    table: str,
) -> None:
    """Refuse the first thing that is wrong with a change, with file and line."""
    if not _ID.fullmatch(table):
        raise CatalogueError(
            f"{path}:{_line(path, table)}: [{table}] an id is made of lower-case words and hyphens"
        )
    found = chain(
        _wrong_window(change, prefix),
        _wrong_references(change, profiles),
        _wrong_sources(change, documents),
        _wrong_mutants(change),
    )
    for word, message in found:
        raise CatalogueError(f"{path}:{_line(path, table, word)}: [{table}] {message}")


# Each yields pairs: the word where the eye should go, and a sentence.


def _wrong_window(change: Change, prefix: str) -> Iterator[tuple[str, str]]:
    for name in ("since", "until"):
        value = getattr(change, name)
        try:
            if value is not None:
                ApiVersion.parse(value)
        except ValueError as error:
            yield name, f"{name}: {error}"
    if change.until is not None and change.window.since > ApiVersion.parse(change.until):
        yield "until", f"the window runs backwards: {change.since} to {change.until}"
    if prefix != "general" and change.since != prefix:
        yield "since", f"since is {change.since}, but this is the file of {prefix}"
    if change.after is not None and change.until is None:
        yield "after", "has `after` without `until`"


def _wrong_references(change: Change, profiles: dict[str, Profile]) -> Iterator[tuple[str, str]]:
    if change.profile not in profiles:
        yield "profile", f"there is no profile {change.profile!r}; profiles.toml has {', '.join(profiles)}"
    for need in change.needs:
        if need not in NEEDS and not _SERVED.fullmatch(need):
            yield need, f"there is no need {need!r}; there are {', '.join(sorted(NEEDS))} and api-MAJOR.MINOR"
    for endpoint in change.endpoints:
        if not _ENDPOINT.fullmatch(endpoint):
            yield "endpoints", f"not an endpoint: {endpoint!r}"


def _wrong_sources(change: Change, documents: dict[str, Document]) -> Iterator[tuple[str, str]]:
    if not change.sources:
        yield "sources", "names no source"
    for source in change.sources:
        if source.document not in documents:
            yield source.document, f"there is no document {source.document!r} in documents.toml"
            continue
        bullets = documents[source.document].bullets.get(source.section)
        if bullets is not None and source.item is not None and not 1 <= source.item <= bullets:
            yield "sources", f"{source.document} {source.section} has {bullets} items, not {source.item}"


def _wrong_mutants(change: Change) -> Iterator[tuple[str, str]]:
    names = [mutant.name for mutant in change.mutants]
    if len(names) != len(set(names)):
        yield "mutants", "two mutants have one name"
    for mutant in change.mutants:
        yield from problems(mutant)
        if mutant.side != "since" and getattr(change, mutant.side) is None:
            yield (
                mutant.name,
                f"mutant {mutant.name} is of the side {mutant.side}, of which the change says nothing",
            )
