"""The findings of a report: their causes, versions, kinds and nouns, and which recorded clients need them."""

import reports
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.model.verdicts import Verdict
from conformance.report.matrix import build
from conformance.report.render import deviations
from conformance.report.render.case_groups import group_cases

START = "POST /containers/(id)/start"
NEEDED = "general/attach-chosen-streams"  # by every recorded client
OTHER = "1.14/list-bad-parameter"  # by none


def test_a_version_that_another_stands_for_belongs_to_the_finding(tmp_path):
    results = [case(BOOLEANS, "1.19", Verdict.FAIL), case(BOOLEANS, "1.24")]
    header = {"policy": "classes", "versions": ["1.19", "1.20", "1.21", "1.24"]}
    report = reports.report(tmp_path / "r.jsonl", results, header=header)
    matrix = build(report, load())

    groups = group_cases(report, matrix, load(), evidence=False)
    (finding,) = deviations.find_findings(groups.deviations, report, matrix, load())

    assert [str(version) for version in finding.versions] == ["1.19", "1.20", "1.21"]


def test_a_statement_with_two_causes_is_counted_once(tmp_path):
    required = [
        change.id for change in load().changes.values() if START in change.endpoints and not change.contested
    ]
    results = [
        case(required[0], "1.24", Verdict.NOT_IMPLEMENTED),
        case(required[0], "1.25", Verdict.FAIL, "r"),
    ]
    report = reports.report(tmp_path / "r.jsonl", results)
    matrix = build(report, load())

    groups = group_cases(report, matrix, load(), evidence=False)
    findings = deviations.find_findings(groups.deviations, report, matrix, load())

    assert len(findings) == 2
    assert [len(kind.statements) for kind in deviations.find_kinds(findings)] == [1]
    assert deviations.describe_nouns(matrix) == "containers 1 of 1"


def find(path, results, **options):
    report = reports.report(path, results, **options)
    matrix = build(report, load())
    groups = group_cases(report, matrix, load(), evidence=False)
    return deviations.find_findings(groups.deviations, report, matrix, load())


def test_a_finding_names_the_recorded_clients_that_need_it(tmp_path):
    failed = [case(NEEDED, "1.41", Verdict.FAIL), case(OTHER, "1.41", Verdict.FAIL)]

    needed, other = find(tmp_path / "r.jsonl", failed)

    assert (needed.name, other.name) == (NEEDED, OTHER)
    assert "Docker's CLI 28.2.2" in needed.clients
    assert other.clients == []


def test_no_client_needs_what_it_asks_in_a_newer_version_only(tmp_path):
    """Clients speak 1.41 to this daemon, and its cells of 1.41 passed."""
    results = [case(NEEDED, "1.24", Verdict.FAIL), case(NEEDED, "1.41")]

    (finding,) = find(tmp_path / "r.jsonl", results)

    assert finding.clients == []


def test_of_an_interrupted_report_no_client_is_named(tmp_path):
    (finding,) = find(tmp_path / "r.jsonl", [case(NEEDED, "1.41", Verdict.FAIL)], interrupted=True)

    assert finding.clients == []
