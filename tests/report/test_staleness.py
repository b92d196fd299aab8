"""Which rows of a report are out of date: an edited statement makes its own rows stale, a new one makes none."""

from __future__ import annotations

import msgspec
import pytest
import reports
from reports import BOOLEANS, case

from conformance.catalogue import Catalogue, load
from conformance.catalogue.check_index import checks
from conformance.model.verdicts import Verdict
from conformance.report import published
from conformance.report.compare import compare
from conformance.report.matrix import build
from conformance.report.render import html, html_data, labels
from conformance.report.staleness import staleness

SINCE = "1.19/logs-since"


@pytest.fixture
def whole(tmp_path):
    """A report of every check in one version, a deviation among them."""
    bad = [case(BOOLEANS, "1.19", Verdict.FAIL, test=checks()[BOOLEANS][0].test)]
    results = [
        case(check.change, "1.19", test=check.test)
        for bound in checks().values()
        for check in bound
        if check.change != BOOLEANS
    ]
    return reports.report(tmp_path / "docker-1.jsonl", bad + results)


def edited(change: str, **facts) -> Catalogue:
    """The catalogue with other facts for one change, or without it."""
    now = load()
    changes = (
        {**now.changes, change: msgspec.structs.replace(now[change], **facts)} if facts else dict(now.changes)
    )
    if not facts:
        del changes[change]
    return Catalogue(list(changes.values()), now.documents, now.profiles, now.needs)


def test_a_report_of_today_is_not_stale(whole):
    found = staleness(whole, load())

    assert found.known
    assert (found.edited, found.missing) == ([], [])
    assert labels.describe_staleness(found) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"says": "Something else is so."},
        {"level": "optional"},
        {"until": "1.30"},
        {"needs": ["registry"]},
        {"endpoints": ["GET /version"]},
        {"before": "It was another thing."},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_an_edited_statement_makes_its_own_rows_stale(whole, facts):
    found = staleness(whole, edited(BOOLEANS, **facts))

    assert found.edited == [BOOLEANS]
    assert found.missing == []
    assert labels.describe_staleness(found) == [
        f"Out of date, as edited since this run: 1 statement ({BOOLEANS})."
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"note": "x"},
        {"errata": ["x"]},
        {"mutants": []},
        {"says": load()[BOOLEANS].says.replace(",", " ").upper()},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_what_changes_no_question_makes_nothing_stale(whole, facts):
    assert staleness(whole, edited(BOOLEANS, **facts)).edited == []


def test_a_statement_that_is_gone_is_stale(whole):
    assert staleness(whole, edited(BOOLEANS)).edited == [BOOLEANS]


def test_a_new_statement_is_missing_and_makes_nothing_stale(whole):
    rest = [result for result in whole.results if result.case.change != SINCE]
    older = msgspec.structs.replace(
        whole,
        results=rest,
        header=msgspec.structs.replace(
            whole.header, statements={k: v for k, v in whole.header.statements.items() if k != SINCE}
        ),
    )

    found = staleness(older, load())

    assert found.missing == [SINCE]
    assert found.edited == []


def test_a_new_check_makes_the_rows_of_its_statement_stale(whole):
    results = [result for result in whole.results if result.case.test != checks()[SINCE][0].test]

    found = staleness(msgspec.structs.replace(whole, results=results), load())

    assert SINCE in {*found.recheck, *found.missing}


def test_of_a_selection_nothing_is_missing(tmp_path):
    report = reports.report(
        tmp_path / "r.jsonl", [case(SINCE, "1.19")], header={"selection": {"change": [SINCE]}}
    )

    assert staleness(report, load()).missing == []


def test_a_report_without_digests_says_so(tmp_path):
    found = staleness(
        reports.report(tmp_path / "r.jsonl", [case(SINCE, "1.19")], header={"statements": {}}), load()
    )

    assert not found.known
    assert "no digests" in labels.describe_staleness(found)[0]


def test_a_page_says_which_rows_are_out_of_date(whole):
    catalogue = edited(BOOLEANS, level="optional")

    page = html.render_page([html_data.prepare(whole, build(whole, catalogue), catalogue)], catalogue)

    assert f"Out of date, as edited since this run: 1 statement ({BOOLEANS})." in page


@pytest.mark.parametrize("facts", [{"level": "informative"}, {"says": "Something else is so."}])
def test_explanations_of_stale_rows_are_left_alone(whole, facts):
    known = {"docker-1": whole}

    assert (
        list(
            published.find_unexplained(
                known, {"docker-1": {BOOLEANS: "It keeps numbers."}}, edited(BOOLEANS, **facts)
            )
        )
        == []
    )
    assert list(published.find_unexplained(known, {}, edited(BOOLEANS, **facts))) == []
    assert len(list(published.find_unexplained(known, {}, load()))) == 1


def test_a_comparison_names_the_statements_that_were_edited_between(tmp_path):
    results = [case(SINCE, "1.19"), case(BOOLEANS, "1.19")]
    base = reports.report(
        tmp_path / "a.jsonl",
        results,
        header={"catalogue": "sha256:0", "statements": {SINCE: "0", BOOLEANS: load().digests[BOOLEANS]}},
    )

    notes = compare(base, reports.report(tmp_path / "b.jsonl", results), load()).asked

    assert notes == [f"these statements were edited between the runs: {SINCE}"]
