"""Digests of what the proof of a statement rests on: its table, its mutants, its checks, and the fixtures that these use.

They are computed from source files alone, so that those of another revision can be compared.
"""

from __future__ import annotations

import ast
import hashlib
import json
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from conformance.catalogue.check_index import checks
from conformance.model.errors import UsageError

#: Where a source tree has the catalogue and the suites.
CATALOGUE, SUITES = Path("conformance/catalogue/data"), Path("suites")
_MUTANTS = ".mutants"


def compute_digests(root: Path) -> dict[str, str]:
    """The digest of each statement of the source tree at `root`, by id. Raises UsageError for a file that cannot be read."""
    sources = _Suites(root / SUITES)
    digests = {}
    for change, tables in _read_tables(root / CATALOGUE).items():
        parts = [json.dumps(tables, sort_keys=True, default=str)]
        for check in checks(root / SUITES).get(change, []):
            parts += [check.id, *sources.describe(check.file, check.test)]
        digests[change] = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return digests


def _read_tables(folder: Path) -> dict[str, list[Any]]:
    """The tables of each statement: its own, then the array of its mutants."""
    found: dict[str, list[Any]] = {}
    for path in sorted(folder.rglob("*.toml")):
        prefix = _get_prefix(path.relative_to(folder))
        if prefix is None:
            continue
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{path}: {error}") from None
        for name, table in tables.items():
            found.setdefault(f"{prefix}{name}", []).append(table)
    return found


def _get_prefix(path: Path) -> str | None:
    """What the ids of the statements in a file begin with; None for a file of anything else."""
    stem = path.stem.removesuffix(_MUTANTS)
    if path.parent.name == "reference":
        return f"reference/{stem}-"
    if path.parent.name:
        return None
    if stem == "general":
        return "general/"
    return f"{stem.removeprefix('v')}/" if stem.startswith("v") and stem[1:2].isdigit() else None


class _Suites:
    """The source of the suites: what a check consists of, however its file is arranged."""

    def __init__(self, folder: Path) -> None:
        self._parts = {
            path.relative_to(folder).as_posix(): list(map(_Part, _parse(path).body))
            for path in sorted(folder.rglob("*.py"))
        }
        #: The files of fixtures that define a name.
        self._shared: dict[str, set[str]] = {}
        for file, parts in self._parts.items():
            if not Path(file).name.startswith("test_"):
                for name in chain.from_iterable(part.defines for part in parts):
                    self._shared.setdefault(name, set()).add(file)

    def describe(self, file: str, test: str) -> Iterator[str]:
        """The texts that a test consists of: itself, its file without other tests, and the files of the fixtures it uses."""
        own = [part for part in self._parts[file] if part.test in ("", test)]
        files = [self._parts[other] for other in sorted(self._find_files(own))]
        return (part.text for part in chain(own, *files))

    def _find_files(self, own: list[_Part]) -> set[str]:
        """The files with what these parts use, and with what that uses in turn."""
        found: set[str] = {"conftest.py"} & set(self._parts)
        waiting = [name for part in own for name in part.uses]
        while waiting:
            for file in self._shared.get(waiting.pop(), set()) - found:
                found.add(file)
                waiting += [name for part in self._parts[file] for name in part.uses]
        return found


class _Part:
    """A statement at the top level of a file: its text, whether it is a test, the names that it defines and uses."""

    def __init__(self, node: ast.stmt) -> None:
        self.text = ast.unparse(node)
        self.defines = set(_list_definitions(node))
        self.uses = _list_names(node)
        self.test = node.name if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") else ""


def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text("utf-8"))
    except (OSError, SyntaxError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as Python: {error}") from None


def _list_definitions(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _list_names(node: ast.stmt) -> set[str]:
    """Every name that may stand for a fixture or for something imported: arguments, names and strings."""
    found: set[str] = set()
    for child in ast.walk(node):
        match child:
            case ast.arg(arg=name) | ast.Name(id=name) | ast.Constant(value=str(name)):
                found.add(name)
    return found
