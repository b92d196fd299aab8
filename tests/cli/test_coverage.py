"""``coverage``: the numbers, what was not asked, and refused input. No daemon."""

import json

import pytest
import reports
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.model.versions import ApiVersion
from conformance.report.coverage_record import OperationRecord
from conformance.report.file import Footer, Header, ReportWriter, read_report

RECORD = {
    "GET /info": OperationRecord(
        statuses={"200": "1.20-1.21"},
        members={"200 .Name": "1.20-1.21"},
        undocumented={"200 .\x1b[31mNew": "1.21"},
    )
}


@pytest.fixture
def report(tmp_path):
    """A report with coverage, in the test's own directory."""
    return write(tmp_path / "r.jsonl", RECORD)


def write(path, record):
    results = [case(BOOLEANS, "1.21")]
    header = Header(
        daemon=read_report(reports.write(path, results)).header.daemon,
        versions=[ApiVersion(1, 20), ApiVersion(1, 21)],
    )
    ReportWriter(path, header).finish(results, Footer(), record)
    return path


def test_the_numbers_of_each_version_are_shown(report, command):
    code, out, _ = command("coverage", "r.jsonl", "--operation", "GET /info")

    assert code == 0
    assert "1.20" in out
    assert "1/1" in out
    assert "documented members of the operations that were asked never came" in " ".join(out.split())


def test_members_are_listed_on_request_and_cannot_steer_the_terminal(report, command):
    _, out, _ = command("coverage", "r.jsonl", "--members")

    assert "GET /info 200 .\\e[31mNew in 1.21" in out
    assert "200 .Containers in 1.20-1.21" in out


def test_json_has_every_fact(report, command):
    code, out, _ = command("coverage", "r.jsonl", "--format", "json", "--api", "1.21")
    found = json.loads(out)

    assert code == 0
    assert set(found["versions"]) == {"1.21"}
    assert found["versions"]["1.21"]["operations"]["asked"] == 1
    assert {"operation": "GET /info", "kind": "operation", "name": "", "asked": "1.21", "explained": {},
            "open": "", "listed": False} in found["facts"]  # fmt: skip


def test_the_gate_names_what_is_not_asked(report, command):
    code, _, err = command("coverage", "r.jsonl", "--gate", "--operation", "GET /containers/(id)/json")

    assert code == 1
    assert "not asked, without a reason: GET /containers/(id)/json\n" in err


def test_a_file_is_written_whole(report, command):
    code, out, _ = command("coverage", "r.jsonl", "-o", "coverage.txt")

    assert (code, out) == (0, "")
    assert "API" in (report.parent / "coverage.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("none.jsonl",), "cannot read the report"),
        (("r.jsonl", "--api", "1.30"), "--api 1.30: not in the report"),
        (("r.jsonl", "--api", "x"), "--api x: not an API version"),
        (("r.jsonl", "--operation", "GET /inf"), "unknown operation 'GET /inf'; did you mean GET /info or"),
        (("r.jsonl", "-o", "r.jsonl"), "another file"),
        (("r.jsonl", "-o", "none/c.txt"), "none/c.txt"),
    ],
)
def test_a_mistake_is_one_line(report, command, words, message):
    code, out, err = command("coverage", *words)

    assert code == 2
    assert message in mistake(err)
    assert out == ""


def test_a_report_without_coverage_is_refused(tmp_path, command):
    reports.write(tmp_path / "old.jsonl", [case(BOOLEANS, "1.19")])

    code, _, err = command("coverage", "old.jsonl")

    assert code == 2
    assert "has no coverage" in mistake(err)


def test_an_interrupted_report_has_no_coverage(tmp_path, command):
    reports.write(tmp_path / "cut.jsonl", [case(BOOLEANS, "1.19")], interrupted=True)

    code, _, err = command("coverage", "cut.jsonl")

    assert code == 3
    assert "no footer" in mistake(err)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace('"200":"1.20-1.21"', '"200":"1.20-1.22"'), "digest does not fit"),
        (lambda text: text.replace('"200":"1.20-1.21"', '"200":"lots"'), "r.jsonl:3: not a list of API versions: 'lots'"),
        (lambda text: text.replace('"statuses"', '"states"'), "r.jsonl:3: not a line of a report"),
    ],
)  # fmt: skip
def test_an_edited_report_is_refused(report, command, change, message):
    report.write_text(change(report.read_text("utf-8")), "utf-8")

    code, _, err = command("coverage", "r.jsonl")

    assert code == 2
    assert message in mistake(err)


def test_coverage_is_read_back_as_it_was_written(report):
    assert read_report(report).coverage == RECORD
