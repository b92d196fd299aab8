"""list and show: the catalogue for a reader, and the checks that are found in the suites' source."""

from __future__ import annotations

import argparse
import ast
import json
import re
import textwrap
from functools import partial

import pytest
import reports
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.catalogue import check_index, load
from conformance.catalogue.nouns import noun_of
from conformance.cli import show
from conformance.model.cases import Side
from conformance.model.errors import UsageError
from conformance.model.verdicts import Verdict
from conformance.report.known_results import known_results
from conformance.report.published import read_reports, write_compact


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


def test_list_is_grouped_by_version_and_noun(command):
    _, out, _ = command("list", "--api", "1.15-1.16")

    lines = out.splitlines()
    headings = [line for line in lines if line and not line.startswith(" ")][:-1]
    assert headings[:3] == ["1.15 containers", "1.15 exec", "1.15 images"]
    assert headings == sorted(headings)
    assert next(line for line in lines[lines.index("1.15 exec") :] if "exec-create " in line)


def test_list_of_a_noun(command):
    rows = json.loads(command("list", "--noun", "exec", "--json")[1])

    assert {row["noun"] for row in rows} == {"exec"}
    assert {"1.15/exec-create", "1.15/exec-start"} <= {row["id"] for row in rows}


def test_list_breaks_no_word_on_a_narrow_terminal(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")

    _, out, _ = command("list", "--noun", "registry")

    assert max(map(len, out.splitlines())) <= 40
    assert "  general/auth-checks-credentials\n    1.14-      1 check\n" in out


def test_list_of_words_takes_those_that_have_them_all(command):
    rows = json.loads(command("list", "--text", "Json BOOLEANS ipv4", "--json")[1])

    assert [row["id"] for row in rows] == [BOOLEANS]


def test_list_unchecked_shows_what_a_report_says_it_shows(command, tmp_path):
    """The sentence of the terminal about changes without a check names this command."""
    _, out, _ = command("list", "--unchecked")

    untestable = [change.id for change in load().changes.values() if change.untestable]
    assert untestable
    assert all(name in out for name in untestable)
    assert out.splitlines()[-1].endswith(f"{len(untestable)} untestable, 0 without a check")


def test_show_has_what_is_documented_and_its_checks(command):
    code, out, _ = command("show", BOOLEANS)

    change = load()[BOOLEANS]
    assert code == 0
    assert change.says in " ".join(out.split())
    assert change.before in " ".join(out.split())
    for check in check_index.checks()[BOOLEANS]:
        assert f"{check.test} ({check.side}), suites/{check.file}:{check.line}" in out


def test_show_has_what_the_published_daemons_do(command, tmp_path, monkeypatch):
    reports.write(
        tmp_path / "reports" / "some-daemon.jsonl",
        [
            case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE),
            case(BOOLEANS, "1.19", parameters="Debug"),
            case(BOOLEANS, "1.19", Verdict.FAIL, parameters="SwapLimit"),
            case(BOOLEANS, "1.20"),
            case("1.19/logs-since", "1.21", Verdict.BLOCKED),
        ],
    )
    reports.write(tmp_path / "reports" / "other.jsonl", [case("1.19/logs-since", "1.21")])
    write_compact(read_reports(tmp_path / "reports"), tmp_path / "results")
    monkeypatch.setattr(show, "known_results", partial(known_results, folder=tmp_path / "results"))

    _, out, _ = command("show", BOOLEANS)

    assert [line for line in out.splitlines() if "result:" in line] == [
        "  result:     some-daemon: fail in 1.18-1.19, pass in 1.20"
    ]


def test_every_change_can_be_shown(monkeypatch, capsys):
    monkeypatch.setattr(show, "known_results", lambda statement: {})

    for name in load().changes:
        assert show.show_statement(argparse.Namespace(id=name)) == 0
        assert capsys.readouterr().out.startswith(f"{name}\n")


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


def test_list_totals_counts_the_statements_of_each_noun(command):
    _, out, _ = command("list", "--totals", "--api", "1.21")

    lines = out.splitlines()
    amounts = {line.split()[0]: int(line.split()[1]) for line in lines[:-1]}
    whole = [change for change in load().changes if change.startswith("1.21/")]
    assert sum(amounts.values()) == len(whole)
    assert amounts["volumes"] == sum(noun_of(load()[name]) == "volumes" for name in whole)
    assert lines[-1].startswith(f"{len(whole)} statements: ")


def test_totals_and_json_exclude_each_other(command):
    code, out, err = command("list", "--totals", "--json")

    assert (code, out) == (2, "")
    assert "not allowed with" in mistake(err)
