"""``operations``: which operations a daemon supports, and refused input. No daemon."""

from __future__ import annotations

import json

import pytest
import reports
from damages import EACH_DAMAGE
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.catalogue.operations import operations
from conformance.model.policy import Policy
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.coverage_record import OperationRecord
from conformance.report.file import Footer, Header, ReportWriter, read_report
from conformance.report.operation_support import Entry, Support, tabulate

INFO = "GET /info"
OTHER = "general/path-selects-the-version"
SHARED = "general/export-emits-event"


@pytest.fixture
def entries(tmp_path):
    """The entries of one operation, of a report with results and with the statuses that came, by version."""

    def call(operation, results, statuses=None, policy=Policy.EVERY_VERSION):
        path = tmp_path / "r.jsonl"
        versions = sorted({result.case.version for result in results} | {ApiVersion(1, 20)})
        writer = ReportWriter(path, Header(versions=versions, policy=policy))
        coverage = {operation: OperationRecord(statuses=statuses)} if statuses else {}
        writer.finish(results, Footer(), coverage)
        table = tabulate(read_report(path), load(), [operations()[operation]])
        return {str(version): entry for version, entry in table.rows[0].entries.items()}

    return call


def one(verdict, version="1.20", change=BOOLEANS, **options):
    return [case(change, version, verdict, **options)]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.PASS, Entry(Support.SUPPORTED)),
        (Verdict.FAIL, Entry(Support.PARTLY, f"1 of 1 statement: {BOOLEANS}")),
        (Verdict.NOT_IMPLEMENTED, Entry(Support.NOT_IMPLEMENTED, "there is no such route")),
        (Verdict.BLOCKED, Entry(Support.UNKNOWN, "not judged: blocked")),
        (Verdict.ERROR, Entry(Support.UNKNOWN, "not judged: error")),
        (Verdict.UNAVAILABLE, Entry(Support.UNKNOWN, "not judged: unavailable")),
        (Verdict.NOT_RUN, Entry(Support.UNASKED)),
    ],
)
def test_what_a_verdict_says_of_an_operation(verdict, expected, entries):
    assert entries(INFO, one(verdict))["1.20"] == expected


def test_a_statement_that_is_not_kept_among_others_makes_it_partly(entries):
    results = [*one(Verdict.PASS), *one(Verdict.FAIL, change=OTHER)]

    assert entries(INFO, results)["1.20"] == Entry(Support.PARTLY, f"1 of 2 statements: {OTHER}")


@pytest.mark.parametrize(
    ("statuses", "verdict", "expected"),
    [
        ({"501": "1.20"}, Verdict.FAIL, Entry(Support.NOT_IMPLEMENTED, "answers 501")),
        ({"403": "1.20"}, Verdict.FAIL, Entry(Support.REFUSED, "answers 403 only")),
        ({"400": "1.20"}, Verdict.PASS, Entry(Support.SUPPORTED)),
        (
            {"200": "1.20", "501": "1.20"},
            Verdict.FAIL,
            Entry(Support.PARTLY, f"1 of 1 statement: {BOOLEANS}"),
        ),
    ],
    ids=["501", "refused", "refusals are documented", "501 once"],
)
def test_what_statuses_say_of_an_operation(statuses, verdict, expected, entries):
    assert entries(INFO, one(verdict), statuses)["1.20"] == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("200", Entry(Support.ANSWERS)),
        ("404", Entry(Support.UNKNOWN, "answered 404 only, and was not judged")),
    ],
)
def test_statuses_speak_where_no_statement_was_judged(status, expected, entries):
    assert entries(INFO, one(Verdict.BLOCKED), {status: "1.20"})["1.20"] == expected


def test_a_version_has_the_entry_of_another_of_its_class(entries):
    """The documents of 1.38 and 1.39 do not differ in what ``GET /containers/(id)/top`` is."""
    operation = operations()["GET /containers/(id)/top"]
    assert operation.class_of(ApiVersion(1, 39)) == operation.class_of(ApiVersion(1, 38))
    results = [case(BOOLEANS, "1.39"), case("reference/containers-top", "1.38", Verdict.FAIL)]

    assert entries(operation.name, results)["1.39"].support is Support.PARTLY


def test_a_statement_about_two_operations_does_not_say_which_of_them_is_absent(entries):
    """The one that answered is not."""
    first, second = load()[SHARED].endpoints[:2]
    results = one(Verdict.NOT_IMPLEMENTED, "1.21", SHARED)

    assert entries(first, results, {"200": "1.21"})["1.21"] == Entry(Support.ANSWERS)
    assert entries(second, results)["1.21"].support is Support.NOT_IMPLEMENTED


def test_a_version_that_was_not_asked_has_the_entry_of_the_one_that_stands_for_it(entries):
    results = [*one(Verdict.FAIL, "1.19"), *one(Verdict.PASS, "1.21")]

    assert entries(INFO, results, policy=Policy.CLASSES)["1.20"].support is Support.PARTLY
    assert entries(INFO, results)["1.20"].support is Support.UNASKED


def test_a_version_whose_documents_lack_the_operation_has_no_entry(entries):
    assert list(entries("GET /volumes", one(Verdict.PASS, "1.21", "1.21/volumes-list"))) == ["1.21"]


@pytest.fixture
def report(tmp_path):
    return reports.write(tmp_path / "r.jsonl", one(Verdict.FAIL, "1.19"))


def test_markdown_has_a_row_for_each_operation_and_the_reasons(report, command):
    code, out, err = command("operations", "r.jsonl")

    assert (code, err) == (0, "")
    assert "| <code>GET /info</code> | partly |" in out
    assert f"in 1.19: partly, 1 of 1 statement: {BOOLEANS}" in out.replace("&#45;", "-")


def test_neighbouring_versions_share_a_column(tmp_path, command):
    reports.write(
        tmp_path / "r.jsonl", [case(BOOLEANS, version) for version in ("1.18", "1.19", "1.20", "1.21")]
    )

    _, out, _ = command("operations", "r.jsonl")

    # the archives of 1.20 are new, and the networks and volumes of 1.21
    assert "| operation | 1.18-1.19 | 1.20 | 1.21 |" in out


def test_json_has_every_entry(report, command):
    code, out, _ = command("operations", "r.jsonl", "--format", "json")

    found = json.loads(out)["operations"]
    assert code == 0
    assert found["GET /info"] == {"1.19": {"support": "partly", "reason": f"1 of 1 statement: {BOOLEANS}"}}
    assert found["GET /_ping"] == {"1.19": {"support": "not-asked", "reason": ""}}


@EACH_DAMAGE
def test_a_bad_report_is_one_line(report, command, damage, code):
    report.write_bytes(damage(report.read_bytes()))

    found, out, err = command("operations", "r.jsonl", "-o", "table.md")

    assert (found, out) == (code, "")
    assert "r.jsonl" in mistake(err)
    assert not (report.parent / "table.md").exists()


def test_the_report_is_not_written_over(report, command):
    before = report.read_bytes()

    assert command("operations", "r.jsonl", "-o", "r.jsonl")[0] == 2
    assert report.read_bytes() == before
