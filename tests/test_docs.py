"""What the documents name exists: files, tests, modules and command lines."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import shutil
import tomllib
from functools import cache
from pathlib import Path

import pytest

from conformance.catalogue import check_index, load
from conformance.catalogue.load import DATA
from conformance.cli import main as cli
from conformance.cli.commands import SUMMARIES

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
]
ROOMS = ("conformance", "suites", "tests", "scripts", "docs", "reports", "examples", "benchmarks", ".ci")
#: Words in capitals stand for a name of the reader's own, ``v1.NN`` and ``v1_NN`` for a version.
PLACEHOLDER = re.compile(r"[A-Z]{2,}|\*|<|\.\.\.")


@cache
def text(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def code(document: str) -> list[str]:
    """All code of a document: each line of its blocks, and what stands between backticks."""
    blocks = re.findall(r"^( *)```\w*\n(.*?)^\1```", text(document), re.DOTALL | re.MULTILINE)
    prose = re.sub(r"^( *)```\w*\n.*?^\1```", "", text(document), flags=re.DOTALL | re.MULTILINE)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    return [line.strip() for _, block in blocks for line in block.splitlines()] + spans


def named_paths(document: str) -> list[str]:
    """The paths of this repository in a document's code, with the test's name where it has one."""
    pattern = rf"(?<![\w./-])(?:{'|'.join(map(re.escape, ROOMS))})/[\w./-]*(?:::\w+)?"
    return [
        found
        for line in code(document)
        if not line.startswith("docker-conformance")
        for word in line.split()
        if not PLACEHOLDER.search(word)
        for found in re.findall(pattern, word)
    ]


def command_lines(document: str) -> list[str]:
    lines = (line.partition(" #")[0].strip() for line in code(document))
    return [line for line in lines if line.startswith("docker-conformance ")]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_exists(document):
    for name in named_paths(document):
        path, _, test = name.rstrip(".").partition("::")
        assert (ROOT / path).exists(), name
        assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)\)", text(document)):
        if not target.startswith("https://"):
            assert ((ROOT / document).parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_module_exists(document):
    for line in code(document):
        for name in re.findall(r"(?<![\w./-])conformance(?:\.\w+)+", line):
            parent, _, last = name.rpartition(".")
            assert hasattr(importlib.import_module(parent), last) or importlib.import_module(name), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_line_parses(document):
    for line in command_lines(document):
        words = shlex.split(re.split(r" (?:--|\|) ", line)[0])[1:]
        if words[0] in SUMMARIES and all(map(str.isalpha, words)):  # a command is named, not called
            continue
        assert callable(cli.build_parser([words[0]]).parse_args(words).command), line


def test_the_documents_have_paths_and_commands():
    """The patterns above find something."""
    assert sum(len(named_paths(document)) for document in DOCUMENTS) > 40
    assert sum(len(command_lines(document)) for document in DOCUMENTS) > 25


def test_every_command_is_in_the_readme_or_its_documents():
    everything = "\n".join(map(text, DOCUMENTS))

    assert [name for name in SUMMARIES if f"docker-conformance {name}" not in everything] == []


def test_the_explanation_that_contributing_shows_is_toml():
    block = re.search(r"```toml\n(.*?)```", text("CONTRIBUTING.md"), re.DOTALL)[1]

    assert tomllib.loads(re.sub(r"^   ", "", block, flags=re.MULTILINE)) == {
        "podman-5.4.2": {"1.19/info-booleans": "It answers integers in every version."}
    }


def blocks(document: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(document), re.DOTALL | re.MULTILINE)


def test_the_example_of_writing_checks_loads_and_its_check_is_found(tmp_path):
    data, suites = tmp_path / "data", tmp_path / "suites"
    data.mkdir()
    suites.mkdir()
    for name in ("documents.toml", "profiles.toml", "needs.toml"):
        shutil.copy(DATA / name, data)
    statement, mutants = blocks("docs/writing-checks.md", "toml")
    (data / "v1.25.toml").write_text(statement)
    (data / "v1.25.mutants.toml").write_text(mutants)
    (check,) = blocks("docs/writing-checks.md", "python")
    (suites / "test_exec.py").write_text(check)

    (change,) = load.__wrapped__(data).changes.values()
    (bound,) = check_index.checks.__wrapped__(suites)[change.id]

    assert len(change.mutants) == 2
    assert bound.test in {node.name for node in ast.parse(check).body if isinstance(node, ast.FunctionDef)}
    assert f"docker-conformance new {change.id} " in text("docs/writing-checks.md")


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if name.startswith("docs/")])
def test_a_document_is_short(document):
    assert len(text(document).splitlines()) < 120
