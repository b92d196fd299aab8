"""Which checks there are: read from the suites' source, without running or importing them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from conformance.model.cases import Side, check_id
from conformance.model.errors import UsageError

_SIDES = {str(side): side for side in Side}


class Check(msgspec.Struct, frozen=True):
    """A check as its source has it: the statement and the side of it that it asks for, the test function, file and line.

    `file` is relative to the suites' folder.
    """

    change: str
    test: str
    side: Side
    file: str
    line: int

    @property
    def id(self) -> str:
        """The check's name: ``STATEMENT::test_name``."""
        return check_id(self.change, self.test)


def suites_dir() -> Path:
    """Where the suites are: inside an installed package, beside it in a checkout. Raises UsageError if nowhere."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "suites", package.parent / "suites"):
        if (folder / "conftest.py").is_file():
            return folder
    raise UsageError("the suites are not installed beside the package; reinstall docker-api-conformance")


@cache
def checks(folder: Path | None = None) -> dict[str, list[Check]]:
    """All checks by the id of their statement, in the order of files and lines.

    Raises UsageError for a file that is not valid Python.
    """
    found: dict[str, list[Check]] = {}
    root = folder or suites_dir()
    for path in sorted(root.rglob("test_*.py")):
        try:
            tree = ast.parse(path.read_text("utf-8"))
        except (OSError, SyntaxError, ValueError) as error:
            raise UsageError(f"{path}: cannot be read as Python: {error}") from None
        for check in _of(tree, path.relative_to(root).as_posix()):
            found.setdefault(check.change, []).append(check)
    return found


def _of(tree: ast.AST, file: str) -> Iterator[Check]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _of(node, file)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for side, change in filter(None, map(_binding, node.decorator_list)):
                yield Check(change=change, test=node.name, side=side, file=file, line=node.lineno)


def _binding(node: ast.expr) -> tuple[Side, str] | None:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(change)), *_]) if name in _SIDES:
            return _SIDES[name], change
    return None
