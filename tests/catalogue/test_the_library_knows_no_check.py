"""The library knows no check: outside the catalogue's data it names no change and no fixture of the suites.

Looked at are identifiers and strings of the code, and the text of its other files. Docstrings, comments and what the command
line shows as help and examples are for readers and may name a change. Of fixtures only names of several words are looked
for, as a single word (``registry``, ``key``) cannot be told from any other use of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from conformance.catalogue import load

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "conformance"
#: Arguments whose text is help for a reader.
HELP = frozenset({"help", "examples", "description", "metavar"})
#: What may be the id of a change (also of one behind a slash), and what may be the name of a fixture.
ID, NAME = re.compile(r"(?<![\w.-])(?=([\w.]+/[\w-]+))"), re.compile(r"(?<![\w.-])\w+(?![\w-])")


def library_files() -> list[Path]:
    data = LIBRARY / "catalogue" / "data"
    return [
        path
        for path in sorted(LIBRARY.rglob("*"))
        if path.is_file()
        and path.suffix in (".py", ".toml", ".js", ".j2", ".css", ".json", ".tsv")
        and data not in path.parents
        and path != LIBRARY / "model" / "versions.toml"
    ]


def fixture_names() -> set[str]:
    """The fixtures that the suites define, of several words."""
    return {
        node.name
        for path in (ROOT / "suites").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and any(map(is_fixture, node.decorator_list))
        if "_" in node.name.strip("_")
    }


def is_fixture(mark: ast.expr) -> bool:
    return ast.unparse(mark.func if isinstance(mark, ast.Call) else mark) == "pytest.fixture"


@cache
def words(path: Path) -> list[str]:
    """The identifiers and strings of a file, without what is written for readers."""
    return list(find_words(path))


def find_words(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield text
        return
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in HELP:
            node.value = ast.Constant(value=None)
        elif (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            node.body[0] = ast.Pass()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(word)) | ast.Name(id=word) | ast.Attribute(attr=word):
                yield word
            case (
                ast.arg(arg=word)
                | ast.FunctionDef(name=word)
                | ast.ClassDef(name=word)
                | ast.alias(name=word)
            ):
                yield word
            case ast.keyword(arg=str(word)):
                yield word


def named(names: set[str]) -> set[tuple[str, str]]:
    """Which files of the library name which of `names`."""
    return {
        (path.relative_to(LIBRARY).as_posix(), match)
        for path in library_files()
        for word in words(path)
        for match in (*ID.findall(word), *NAME.findall(word))
        if match in names
    }


def test_the_library_names_no_change():
    assert named(set(load().changes)) == set()


def test_the_library_names_no_fixture_of_the_suites():
    assert named(fixture_names()) == set()


def test_what_is_looked_for_would_be_found(tmp_path, monkeypatch):
    """Of each kind of place one, and what is for readers beside it."""
    (tmp_path / "a.py").write_text(
        '"""Like 1.2/in-docstring."""\n'
        "def own_container(terminal_exec, *, help=''):\n"
        "    return f'{1}1.2/in-string', self.archive_source, call(pullable_images=1)\n"
        "add(help='1.2/in-help', examples=['1.2/in-example'])  # 1.2/in-comment\n"
    )
    (tmp_path / "b.toml").write_text('x = "1.2/in-data"\n')
    monkeypatch.setitem(globals(), "LIBRARY", tmp_path)

    places = ("docstring", "string", "help", "example", "comment", "data")
    found = named({f"1.2/in-{place}" for place in places} | fixture_names())

    assert {word for _, word in found} == {
        "1.2/in-string",
        "1.2/in-data",
        "own_container",
        "terminal_exec",
        "archive_source",
        "pullable_images",
    }
