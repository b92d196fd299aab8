"""list and show: the catalogue for a reader, and the checks that are found in the suites' source."""

from __future__ import annotations

import ast
import json
import re
import textwrap

import pytest
from reports import BOOLEANS

from conformance.catalogue import check_index, load
from conformance.model.cases import Side
from conformance.model.errors import UsageError


def test_list_shows_every_change_with_its_window(command):
    code, out, _ = command("list")

    assert code == 0
    assert {line.split()[0] for line in out.splitlines() if "/" in line.split()[0]} >= set(load().changes)
    assert re.search(rf"^  {BOOLEANS} +1\.19- ", out, re.MULTILINE)


def test_list_unchecked_has_no_change_with_a_check(command):
    checked = set(check_index.checks())

    rows = json.loads(command("list", "--unchecked", "--json")[1])

    assert {row["id"] for row in rows} == set(load().changes) - checked


def test_list_as_json_holds_what_the_catalogue_has(command):
    rows = {row["id"]: row for row in json.loads(command("list", "--json")[1])}

    change = load()[BOOLEANS]
    assert rows[BOOLEANS]["says"] == change.says
    assert rows[BOOLEANS]["checks"][0]["check"] == f"{BOOLEANS}::test_flag_is_a_boolean"
    assert rows[BOOLEANS]["checks"][0]["file"] == "v1_19/test_info.py"


def test_list_of_a_profile_and_a_version(command):
    rows = json.loads(command("list", "--profile", "system", "--api", "1.19", "--json")[1])

    assert {(row["profile"], row["since"]) for row in rows} == {("system", "1.19")}


def test_show_has_what_is_documented_and_its_checks(command):
    code, out, _ = command("show", BOOLEANS)

    change = load()[BOOLEANS]
    assert code == 0
    assert change.says in " ".join(out.split())
    assert change.before in " ".join(out.split())
    assert all(check.test in out for check in check_index.checks()[BOOLEANS])


def test_every_change_can_be_shown(command):
    for name in load().changes:
        assert command("show", name)[0] == 0


def test_checks_are_found_in_the_source(tmp_path):
    (tmp_path / "v9").mkdir()
    (tmp_path / "v9" / "test_it.py").write_text(
        textwrap.dedent(
            """
            from conformance import before, since

            @since("9.9/a-change")
            @pytest.mark.parametrize("x", [1])
            def test_one(api): pass

            @before("9.9/a-change")
            def test_two(api): pass

            def test_bound_to_nothing(): pass

            class TestGroup:
                @since("9.9/other")
                def test_three(self, api): pass
            """
        )
    )

    found = check_index.checks(tmp_path)

    assert [(check.id, check.file, check.side) for check in found["9.9/a-change"]] == [
        ("9.9/a-change::test_one", "v9/test_it.py", Side.SINCE),
        ("9.9/a-change::test_two", "v9/test_it.py", Side.BEFORE),
    ]
    assert [check.id for check in found["9.9/other"]] == ["9.9/other::test_three"]


def test_a_suite_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "test_broken.py").write_bytes(b"\xff")

    with pytest.raises(UsageError, match=r"test_broken\.py"):
        check_index.checks(tmp_path)


def bindings(tree):
    """The marks of each test function, as Python reads them."""
    for node in ast.walk(tree):
        for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            match mark:
                case ast.Call(func=ast.Name(id=side), args=[ast.Constant(value=str(change)), *_]) if (
                    side in list(Side)
                ):
                    yield change, node.name, side, node.lineno


def test_every_check_that_python_reads_is_found():
    root = check_index.suites_dir()
    expected = {
        (*binding, path.relative_to(root).as_posix())
        for path in root.rglob("test_*.py")
        for binding in bindings(ast.parse(path.read_text("utf-8")))
    }

    found = [check for bound in check_index.checks().values() for check in bound]

    assert len(found) == len(expected)
    assert {
        (check.change, check.test, str(check.side), check.line, check.file) for check in found
    } == expected
