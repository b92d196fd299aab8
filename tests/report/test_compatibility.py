"""A report held against a published one: what each pair of verdicts comes to, the shares, and the command."""

from __future__ import annotations

import json

import pytest
import reports
from damages import EACH_DAMAGE
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.cli import compare as command_module
from conformance.model.cases import Side
from conformance.model.errors import Interrupted
from conformance.model.verdicts import NOT_CONFORMANT, Verdict
from conformance.report.compatibility import Relation, hold_against
from conformance.report.file import Footer
from conformance.report.render import compatibility as rendered

CONTESTED = "1.18/exec-warnings"
VOLUMES = "1.21/volumes-list"


@pytest.fixture
def hold(tmp_path):
    """Holds results against published results."""

    def call(there, here, **options):
        published = reports.report(tmp_path / "there.jsonl", there, **options.pop("published", {}))
        report = reports.report(tmp_path / "here.jsonl", here, **options.pop("report", {}))
        return hold_against("some-daemon", published, report, load(), **options)

    return call


def relations(found):
    return {standing.statement: standing.relation for standing in found.statements}


@pytest.mark.parametrize("there", list(Verdict))
@pytest.mark.parametrize("here", list(Verdict))
def test_what_two_verdicts_come_to(there, here, hold):
    found = hold([case(BOOLEANS, "1.19", there)], [case(BOOLEANS, "1.19", here)])

    judged = NOT_CONFORMANT | {Verdict.PASS}
    if there not in judged or here not in judged:
        expected = Relation.UNJUDGED
    elif here is Verdict.PASS:
        expected = Relation.DOCUMENTED if there is Verdict.PASS else Relation.BETTER
    else:
        expected = Relation.WORSE if there is Verdict.PASS else Relation.SAME
    assert relations(found) == {BOOLEANS: expected}
    assert found.outcome.code == {Relation.WORSE: 1, Relation.DOCUMENTED: 0}.get(expected, 3)


def test_a_version_is_held_against_the_nearest_that_is_not_newer(hold):
    there = [case(BOOLEANS, "1.20", Verdict.FAIL), case(BOOLEANS, "1.40")]

    assert relations(hold(there, [case(BOOLEANS, "1.39", Verdict.FAIL)])) == {BOOLEANS: Relation.SAME}
    assert relations(hold(there, [case(BOOLEANS, "1.41", Verdict.FAIL)])) == {BOOLEANS: Relation.WORSE}
    assert relations(hold(there, [case(BOOLEANS, "1.19", Verdict.FAIL)])) == {BOOLEANS: Relation.SAME}


def test_one_case_that_is_worse_makes_the_statement_worse(hold):
    there = [
        case(BOOLEANS, "1.19", parameters="Debug"),
        case(BOOLEANS, "1.19", Verdict.FAIL, parameters="SwapLimit"),
    ]
    here = [case(BOOLEANS, "1.19", Verdict.FAIL, parameters=name) for name in ("Debug", "SwapLimit")]

    found = hold(there, here)

    assert relations(found) == {BOOLEANS: Relation.WORSE}
    assert [result.case.parameters for result in found.statements[0].here] == ["Debug"]


def test_a_contested_statement_takes_part_and_a_legacy_case_only_on_request(hold):
    legacy = [case(BOOLEANS, "1.18", side=Side.BEFORE)]
    deviating = [case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE)]

    assert relations(hold([case(CONTESTED, "1.19", Verdict.FAIL)], [case(CONTESTED, "1.19")])) == {
        CONTESTED: Relation.BETTER
    }
    assert relations(hold(legacy, deviating)) == {}
    assert relations(hold(legacy, deviating, legacy=True)) == {BOOLEANS: Relation.WORSE}


def test_an_edited_statement_and_one_that_was_not_asked_are_not_compared(hold):
    found = hold(
        [case(BOOLEANS, "1.19")],
        [case(BOOLEANS, "1.19", Verdict.FAIL), case(VOLUMES, "1.21")],
        published={"header": {"statements": {BOOLEANS: "another"}}},
    )

    assert relations(found) == {BOOLEANS: Relation.EDITED, VOLUMES: Relation.UNASKED}
    assert found.outcome.code == 3
    assert found.outcome.why == "no statement could be compared"


def test_shares_are_of_what_the_published_daemon_keeps(hold):
    there = [case(BOOLEANS, "1.19"), case(VOLUMES, "1.21"), case("1.19/logs-since", "1.19", Verdict.FAIL)]
    here = [case(BOOLEANS, "1.19"), case(VOLUMES, "1.21", Verdict.FAIL), case("1.19/logs-since", "1.19")]

    found = hold(there, here)

    assert (found.total.kept, found.total.of, found.total.percent) == (1, 2, 50)
    shares = {share.profile: share.percent for share in found.shares}
    assert (shares["networks-volumes"], shares["system"], shares["full"]) == (0, 100, 50)
    assert "images" not in shares


def test_what_the_published_daemon_keeps_and_could_not_be_judged_here_is_no_success(hold):
    found = hold(
        [case(BOOLEANS, "1.19"), case(VOLUMES, "1.21")],
        [case(BOOLEANS, "1.19"), case(VOLUMES, "1.21", Verdict.BLOCKED)],
    )

    assert found.outcome.code == 3
    assert "1 statement could not be judged here" in found.outcome.why


def test_an_incomplete_run_is_no_success(hold):
    footer = Footer(complete=False, why_incomplete="the worker died")

    found = hold([case(BOOLEANS, "1.19")], [case(BOOLEANS, "1.19")], report={"footer": footer})

    assert found.outcome.code == 3
    assert found.outcome.why.endswith("but the run is incomplete: the worker died")


def test_an_interrupted_report_is_refused(hold):
    with pytest.raises(Interrupted):
        hold([case(BOOLEANS, "1.19")], [case(BOOLEANS, "1.19")], report={"interrupted": True})


def test_markdown_shows_text_of_a_daemon_as_it_is(hold):
    found = hold([case(BOOLEANS, "1.19")], [case(BOOLEANS, "1.19", Verdict.FAIL, "<script>|x")])

    assert "<script" not in rendered.render_markdown(found)


@pytest.fixture
def with_published(command, tmp_path, monkeypatch):
    """The command, with one published daemon that keeps a statement."""
    published = reports.report(tmp_path / "published.jsonl", [case(BOOLEANS, "1.19")])
    monkeypatch.setattr(command_module, "published_names", lambda: ["some-daemon"])
    monkeypatch.setattr(command_module, "read_published", lambda name: published)
    return command


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_the_command_says_what_works_there_and_not_here(form, with_published, tmp_path):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19", Verdict.FAIL, "Debug is 1")])
    words = ("compare", "--with", "some-daemon", "r.jsonl", "--format", form)

    code, out, err = with_published(*words)

    assert (code, err) == (1, "")
    assert "Debug is 1" in out
    assert with_published(*words, "-o", "news") == (1, "", "")
    assert "Debug is 1" in (tmp_path / "news").read_text("utf-8")


def test_json_has_every_statement(with_published, tmp_path):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19"), case(VOLUMES, "1.21")])

    code, out, _ = with_published("compare", "r.jsonl", "--with", "some-daemon", "--format", "json")

    document = json.loads(out)
    assert code == document["outcome"]["exit_code"] == 0
    assert document["total"] == {"kept": 1, "of": 1, "percent": 100}
    assert {name: row["relation"] for name, row in document["statements"].items()} == {
        BOOLEANS: "as-documented",
        VOLUMES: "unasked",
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("r.jsonl", "--with", "some-demon"),
            "unknown published report 'some-demon'; did you mean some-daemon?",
        ),
        (("r.jsonl", "r.jsonl", "--with", "some-daemon"), "expected 1 report, got 2"),
        (("r.jsonl",), "expected 2 reports, got 1"),
        (("r.jsonl", "r.jsonl", "r.jsonl"), "expected 2 reports, got 3"),
        (("r.jsonl", "--with", "some-daemon", "-o", "r.jsonl"), "another file"),
        (("none.jsonl", "--with", "some-daemon"), "cannot read the report"),
    ],
)
def test_a_mistake_is_one_line(with_published, tmp_path, words, message):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19")])

    code, out, err = with_published("compare", *words)

    assert (code, out) == (2, "")
    assert message in mistake(err)


@EACH_DAMAGE
def test_a_bad_report_is_one_line(with_published, damage, code, tmp_path):
    path = reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19")])
    path.write_bytes(damage(path.read_bytes()))

    found, out, err = with_published("compare", "r.jsonl", "--with", "some-daemon", "-o", "news")

    assert (found, out) == (code, "")
    assert "r.jsonl" in mistake(err)
    assert not (tmp_path / "news").exists()
