"""new: what it writes loads, is linted, is found as a check, and fails until somebody fills it in."""

from __future__ import annotations

import ast
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mistakes import mistake

from conformance.catalogue import check_index, load
from conformance.catalogue.load import DATA, read
from conformance.cli import new
from conformance.model.cases import Side

ROOT = Path(__file__).parents[2]
VERSION, REFERENCE, GENERAL, OLD = "1.25/a-fact", "reference/volumes-a-fact", "general/a-fact", "1.21/a-fact"


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A copy of the catalogue's data and of some suites, in which ``new`` writes."""
    root = tmp_path / "checkout"
    data = root / "conformance" / "catalogue" / "data"
    shutil.copytree(DATA, data)
    for name in ("general", "reference", "v1_21", "v1_25"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "suites" / name, root / "suites" / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", root)
    monkeypatch.setattr(new, "DATA", data)
    monkeypatch.setattr(new, "suites_dir", lambda: root / "suites")
    return root


def catalogue(root):
    return read(root / "conformance" / "catalogue" / "data")


def checks(root):
    return check_index.checks.__wrapped__(root / "suites")


@pytest.mark.parametrize(
    ("words", "files"),
    [
        ([VERSION], ("v1.25", "v1_25/test_system.py")),
        ([VERSION, "--endpoint", "POST /volumes/create"], ("v1.25", "v1_25/test_volumes.py")),
        ([REFERENCE, "--endpoint", "GET /volumes"], ("reference/volumes", "reference/test_volumes.py")),
        ([GENERAL, "--noun", "attach"], ("general", "general/test_attach.py")),
        ([VERSION, "--endpoint", "GET /exec/{id}/json"], ("v1.25", "v1_25/test_exec.py")),
        ([OLD, "--noun", "networks"], ("v1.21", "v1_21/test_networks.py")),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_a_statement_its_mutants_and_a_failing_check_are_there(words, files, checkout, command):
    stem, suite = files

    code, out, err = command("new", *words)

    assert (code, err) == (0, "")
    data = Path("conformance", "catalogue", "data")
    written = [data / f"{stem}.toml", data / f"{stem}.mutants.toml", Path("suites", suite)]
    assert out.splitlines()[:3] == [f"wrote {path}" for path in written]
    statement = catalogue(checkout)[words[0]]
    assert "unfinished" in statement.says
    assert len(statement.mutants) == 2
    (bound,) = checks(checkout)[words[0]]
    assert bound.side is Side.SINCE
    # as if it stood in this checkout, whose packages ruff knows
    for tool in (["check"], ["format", "--check"]):
        lint = [sys.executable, "-m", "ruff", *tool, "--stdin-filename", ROOT / "suites" / suite, "-"]
        text = (checkout / "suites" / suite).read_bytes()
        subprocess.run(lint, cwd=ROOT, input=text, check=True, capture_output=True)


def test_the_check_fails_until_it_is_filled_in(checkout, command, monkeypatch):
    command("new", VERSION, "--noun", "somethings")
    monkeypatch.setattr("conformance.runner.marks.load", lambda: catalogue(checkout))
    names = runpy.run_path(str(checkout / "suites" / "v1_25" / "test_somethings.py"))

    class Api:
        def get(self, path):
            return path

    with pytest.raises(AssertionError, match="unfinished"):
        names["test_a_fact"](Api())


def test_what_was_there_stays_as_it_was(checkout, command):
    before = {path: path.read_text("utf-8") for path in checkout.rglob("*") if path.is_file()}

    command("new", OLD, "--noun", "networks")

    for path, text in before.items():
        assert path.read_text("utf-8").startswith(text.rstrip("\n")), path
    assert set(catalogue(checkout).changes) == {*load().changes, OLD}


def test_a_second_statement_goes_into_the_same_files(checkout, command, monkeypatch):
    monkeypatch.setattr(new, "load", lambda: catalogue(checkout))

    assert command("new", VERSION)[0] == 0
    assert command("new", "1.25/another-fact")[0] == 0

    assert {"1.25/a-fact", "1.25/another-fact"} <= set(catalogue(checkout).changes)
    assert {"1.25/a-fact", "1.25/another-fact"} <= set(checks(checkout))


def test_a_suite_that_imports_other_marks_gets_the_one_it_needs(checkout, command):
    suite = checkout / "suites" / "v1_25" / "test_somethings.py"
    suite.parent.mkdir(exist_ok=True)
    suite.write_text(
        '"""A suite."""\n\nfrom conformance import ABSENT, at, before\n\nX = (ABSENT, at, before)\n'
    )

    assert command("new", VERSION, "--noun", "somethings")[0] == 0

    (imported,) = [node for node in ast.parse(suite.read_text()).body if isinstance(node, ast.ImportFrom)]
    assert [alias.name for alias in imported.names] == ["ABSENT", "at", "before", "since"]


@pytest.mark.parametrize(
    "words",
    [
        ["1.19/info-booleans"],
        ["1.25/A-Fact"],
        ["1.25"],
        ["a-fact"],
        ["reference/somethings-a-fact"],
        ["reference/volumes"],
        [VERSION, "--endpoint", "GET info"],
        [VERSION, "--noun", "../x"],
    ],
    ids=" ".join,
)
def test_a_mistake_writes_nothing(words, checkout, command):
    before = sorted(checkout.rglob("*"))

    code, out, err = command("new", *words)

    assert (code, out) == (2, "")
    mistake(err)
    assert sorted(checkout.rglob("*")) == before


def test_a_function_of_that_name_is_not_written_over(checkout, command):
    suite = checkout / "suites" / "v1_25" / "test_somethings.py"
    suite.parent.mkdir(exist_ok=True)
    suite.write_text("from conformance import since\n\n\ndef test_a_fact():\n    pass\n")
    before = suite.read_text()

    code, _, err = command("new", VERSION, "--noun", "somethings")

    assert code == 2
    assert "another name" in mistake(err)
    assert suite.read_text() == before


def test_an_installed_package_is_not_written_to(checkout, command):
    (checkout / "pyproject.toml").unlink()

    code, _, err = command("new", VERSION)

    assert code == 2
    assert "checkout" in mistake(err)
