"""What became of each statement: of mixed verdicts, and the same amounts in the headline and in the profile of all statements."""

import pytest

from conformance.catalogue import load
from conformance.model.verdicts import Verdict
from conformance.report import compact
from conformance.report.client_support import judge_profiles
from conformance.report.matrix import build
from conformance.report.statements import StatementVerdict, count_by_noun, count_statements, judge_statement
from tests.support.reports import BOOLEANS, case, report, waiver

CONTESTED = next(change.id for change in load().changes.values() if change.contested)
FAIL, PASS = Verdict.FAIL, Verdict.PASS


@pytest.mark.parametrize(
    ("change", "verdicts", "became"),
    [
        (BOOLEANS, [PASS, FAIL], StatementVerdict.DEVIATES),
        (BOOLEANS, [PASS, Verdict.BLOCKED], StatementVerdict.KEPT),
        (BOOLEANS, [Verdict.UNAVAILABLE, Verdict.BLOCKED], StatementVerdict.BLOCKED),
        (BOOLEANS, [Verdict.UNAVAILABLE, Verdict.NOT_RUN], StatementVerdict.LACKING),
        (BOOLEANS, [Verdict.ERROR, Verdict.NOT_RUN], StatementVerdict.UNJUDGED),
        (BOOLEANS, [Verdict.NOT_RUN], StatementVerdict.UNASKED),
        (CONTESTED, [PASS, FAIL], StatementVerdict.CONTESTED),
        (CONTESTED, [PASS], StatementVerdict.KEPT),
    ],
)
def test_a_statement_becomes_what_its_cases_say(change, verdicts, became, tmp_path):
    results = [case(change, f"1.{24 + number}", verdict) for number, verdict in enumerate(verdicts)]
    matrix = build(report(tmp_path / "r.jsonl", results), load())

    assert [judge_statement(row, matrix) for row in matrix.rows] == [became]


def test_a_waived_deviation_is_set_apart(tmp_path):
    results = [case(BOOLEANS, "1.24", FAIL), case(BOOLEANS, "1.25")]
    found = report(tmp_path / "r.jsonl", results, header={"waivers": [waiver("1.24")]})
    matrix = build(found, load())

    assert judge_statement(matrix.rows[0], matrix) is StatementVerdict.WAIVED


@pytest.mark.parametrize("name", compact.published_names())
def test_the_profile_of_all_statements_has_the_amounts_of_the_headline(name):
    found = compact.read_published(name)
    # A statement that has left the catalogue since is in no profile.
    found.results = [result for result in found.results if result.case.change in load().changes]
    matrix = build(found, load())
    amounts = count_statements(matrix)

    (full,) = [one for one in judge_profiles(found, matrix, load()) if one.name == "full"]
    assert (full.kept, len(full.judged)) == (amounts.kept, amounts.judged)


@pytest.mark.parametrize("name", compact.published_names())
def test_the_nouns_add_up_to_the_headline(name):
    found = compact.read_published(name)
    matrix = build(found, load())
    whole, nouns = count_statements(matrix), count_by_noun(matrix).values()

    for amount in ("asked", "total", "judged", "failed", "contested", "unjudged", "kept"):
        assert sum(getattr(one, amount) for one in nouns) == getattr(whole, amount), amount
