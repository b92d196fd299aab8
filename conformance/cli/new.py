"""``new``: the three pieces of a new statement, ready to fill in: its table, its mutants and its check.

What is written loads, is linted and is collected; the check fails until it is filled in. Nothing is overwritten.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

from conformance.catalogue import Catalogue, load
from conformance.catalogue.check_index import suites_dir
from conformance.catalogue.load import DATA
from conformance.catalogue.nouns import NOUNS, noun_of_endpoint
from conformance.cli.parser import add_command
from conformance.model.errors import UsageError

_ID = re.compile(r"(general|reference|\d+\.\d+)/([a-z0-9]+(?:-[a-z0-9]+)*)")
_ENDPOINT = re.compile(r"(GET|HEAD|POST|PUT|DELETE) (/\S*)")
_LINE_LENGTH = 110

_STATEMENT = """
[{table}]
since = "{since}"
kind = "behaviour"
level = "required"
profile = "{profile}"
endpoints = ["{method} {path}"]
says = "unfinished: what the document states, in your own words."
sources = [{{ document = "{document}", section = "{section}" }}]
"""
_MUTANTS = """
{table} = [
    {{ name = "unfinished-status", fault = "status", status = 200, args = {{ to = 500 }} }},
    {{ name = "unfinished-member", fault = "drop", args = {{ member = "Unfinished" }} }},
]
"""
_CHECK = """

@since("{id}")
def {test}(api):
    # fixture: what must exist before the request; suites/fixtures has it by noun

    # exchange: the one request under test
    response = api.{verb}("{path}")

    # claim: what the document promises, and nothing stricter
    raise AssertionError(f"unfinished: expected what the document promises, got {{response}}")
"""
_SUITE = '''"""Unfinished: what {title} says of {noun}."""

from conformance import since
'''


class New(NamedTuple):
    """A new statement: the words that fill the texts above, and the files that take them."""

    words: dict[str, str]
    statements: Path
    mutants: Path
    suite: Path


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "new",
        start,
        description="Start a new statement in a checkout of the suite: write its table and two mutants into the catalogue and a check\n"
        "into the suites, ready to fill in. The check fails until it is. docs/writing-checks.md has an example.",
        examples=[
            "docker-conformance new 1.25/some-fact --endpoint 'GET /exec/(id)/json'",
            "docker-conformance new reference/containers-some-fact --endpoint 'GET /containers/json'",
        ],
    )
    parser.add_argument(
        "id", metavar="ID", help="VERSION/NAME, reference/NOUN-NAME or general/NAME, in lower-case words"
    )
    parser.add_argument(
        "--endpoint", metavar="ENDPOINT", default="GET /info", help="what is asked (default 'GET /info')"
    )
    parser.add_argument(
        "--noun", metavar="NOUN", help="the check goes to test_NOUN.py (default: the noun of id or endpoint)"
    )


def start(options: argparse.Namespace) -> int:
    """Write the pieces and print the next steps; returns 0."""
    new = _parse(options, load())
    name = new.words["id"]
    statement, mutants = _STATEMENT.format(**new.words), _MUTANTS.format(**new.words)
    head = f"{new.words['title'][0].upper()}{new.words['title'][1:]}"
    texts = {
        new.statements: _text(new.statements, f"# {head}\n") + statement,
        new.mutants: _text(new.mutants, f"# {head}: how a broken daemon would violate each statement.\n")
        + mutants,
        new.suite: _importing_since(_text(new.suite, _SUITE.format(**new.words)), new)
        + _CHECK.format(**new.words),
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        sys.stdout.write(f"wrote {path.relative_to(_checkout())}\n")
    sys.stdout.write(
        "Next: replace what is 'unfinished' in these files, then\n"
        f"  docker-conformance run --change {name}\n"
        f"  docker-conformance prove {name}\n"
        "  scripts/test --fast\n"
    )
    return 0


def _parse(options: argparse.Namespace, catalogue: Catalogue) -> New:
    """Read the arguments. Raises UsageError for an invalid name, and for one that is taken."""
    match = _ID.fullmatch(options.id)
    if match is None:
        raise UsageError(
            f"invalid id {options.id!r}: expected VERSION/NAME, reference/NOUN-NAME or general/NAME in lower-case words"
        )
    if options.id in catalogue:
        raise UsageError(f"{options.id} exists ('docker-conformance show {options.id}'); choose another name")
    # the catalogue writes parameters of a path as (id), the documents from 1.25 on as {id}
    endpoint = _ENDPOINT.fullmatch(options.endpoint.replace("{", "(").replace("}", ")"))
    if endpoint is None:
        raise UsageError(
            f"--endpoint: expected a method and a path as in 'GET /info', got {options.endpoint!r}"
        )
    group, table = match.groups()
    noun = noun_of_endpoint(options.endpoint)
    stem, folder = group, group
    since, document, section = str(catalogue.versions[0]), "reference-1.14", "unfinished"
    title = "the general statements"
    if group == "reference":
        noun, _, table = table.partition("-")
        if noun not in NOUNS or not table:
            raise UsageError(
                f"invalid id {options.id!r}: expected reference/NOUN-NAME, where NOUN is one of {', '.join(sorted(NOUNS))}"
            )
        stem, title = f"reference/{noun}", "the reference"
    elif group != "general":
        stem, folder = f"v{group}", f"v{group.replace('.', '_')}"
        since, document, section, title = group, "changelog", f"v{group}", f"API v{group}"
    noun = options.noun or noun
    if not re.fullmatch(r"[a-z][a-z0-9_]*", noun):
        raise UsageError(f"--noun: expected a lower-case word, got {noun!r}")
    words = {
        "id": options.id,
        "table": table,
        "noun": noun.replace("_", " "),
        "test": f"test_{match[2].replace('-', '_')}",
        "title": title,
        "since": since,
        "profile": noun if noun in catalogue.profiles else "core",
        "document": document,
        "section": section,
        "method": endpoint[1],
        "verb": endpoint[1].lower(),
        "path": endpoint[2],
    }
    return New(
        words,
        DATA / f"{stem}.toml",
        DATA / f"{stem}.mutants.toml",
        _checkout() / "suites" / folder / f"test_{noun}.py",
    )


def _checkout() -> Path:
    """The folder of the checkout. Raises UsageError for an installed package."""
    root = suites_dir().parent
    if not (root / "pyproject.toml").is_file():
        raise UsageError("'new' writes into a checkout: clone the repository and run scripts/prepare there")
    return root


def _text(path: Path, start_of_new: str) -> str:
    """The text of a file, or `start_of_new` if there is no such file. Raises UsageError if it cannot be read."""
    try:
        return path.read_text("utf-8") if path.exists() else start_of_new
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from None


def _importing_since(source: str, new: New) -> str:
    """The source of a suite, with ``since`` imported. Raises UsageError if it already has the new check's function."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise UsageError(f"{new.suite}: not valid Python: {error}") from None
    if any(isinstance(node, ast.FunctionDef) and node.name == new.words["test"] for node in tree.body):
        raise UsageError(
            f"{new.suite} has a {new.words['test']} already; choose another name or another --noun"
        )
    found = (node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "conformance")
    node = next(found, None)
    if node is None:
        raise UsageError(f"{new.suite} imports nothing from conformance; choose another --noun")
    names = {alias.name for alias in node.names}
    if "since" in names:
        return source
    # the order that ruff keeps: constants, then the rest
    ordered = sorted({*names, "since"}, key=lambda name: (not name.isupper(), name))
    line = f"from conformance import {', '.join(ordered)}"
    if len(line) > _LINE_LENGTH:
        line = "from conformance import (\n" + "".join(f"    {name},\n" for name in ordered) + ")"
    lines = source.splitlines()
    lines[node.lineno - 1 : node.end_lineno] = [line]
    return "\n".join(lines) + "\n"
