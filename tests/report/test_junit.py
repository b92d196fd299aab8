"""A report as JUnit XML, as a CI server reads it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import reports
from reports import BOOLEANS, case, exchange

from conformance.catalogue import load
from conformance.cli.files import write_output
from conformance.model.cases import Side
from conformance.model.errors import UsageError
from conformance.model.verdicts import Verdict
from conformance.report.evidence import evidence_path
from conformance.report.matrix import build
from conformance.report.render import junit


@pytest.fixture
def written(tmp_path):
    def write(results, **options) -> ElementTree.Element:
        report = reports.report(tmp_path / "r.jsonl", results, **options)
        return ElementTree.fromstring(junit.render_junit(report, build(report, load()), load()))

    return write


def test_a_suite_per_version_and_a_case_per_case(written):
    root = written(
        [
            case(BOOLEANS, "1.19", parameters="Debug"),
            case(BOOLEANS, "1.19", parameters="SwapLimit"),
            case(BOOLEANS, "1.20"),
        ]
    )

    assert [(suite.get("name"), suite.get("tests")) for suite in root] == [
        ("API v1.19", "2"),
        ("API v1.20", "1"),
    ]
    assert [element.get("name") for element in root[0].iter("testcase")] == [
        case(BOOLEANS, "1.19", parameters="Debug").case.key,
        case(BOOLEANS, "1.19", parameters="SwapLimit").case.key,
    ]


@pytest.mark.parametrize(
    ("verdict", "tag"),
    [
        (Verdict.PASS, None),
        (Verdict.FAIL, "failure"),
        (Verdict.NOT_IMPLEMENTED, "failure"),
        (Verdict.ERROR, "error"),
        (Verdict.BLOCKED, "error"),
        (Verdict.UNSERVED, "skipped"),
        (Verdict.UNAVAILABLE, "skipped"),
        (Verdict.NOT_RUN, "skipped"),
    ],
)
def test_each_verdict_becomes_an_element_with_its_reason(written, verdict, tag):
    root = written([case(BOOLEANS, "1.19", verdict, "why it is so" if tag else "")])

    found = list(root[0].find("testcase"))

    assert [element.tag for element in found] == ([tag] if tag else [])
    if tag:
        assert found[0].get("message") == f"{verdict}: why it is so"


def test_totals_are_the_sums(written):
    root = written(
        [case(BOOLEANS, version, verdict) for version, verdict in zip(reports.VERSIONS, Verdict, strict=True)]
    )

    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "8",
        "failures": "2",
        "errors": "2",
        "skipped": "3",
    }
    assert float(root.get("time")) == pytest.approx(2.0)


def test_a_failure_has_the_sentence_and_the_exchange(written):
    failing = case(BOOLEANS, "1.19", Verdict.FAIL, "Debug is 1")

    root = written([failing], evidence={failing.case.key: ([exchange()], "detail of the assertion")})

    text = root[0].find("testcase").find("failure").text
    assert load()[BOOLEANS].says in text
    assert "> GET /v1.19/info" in text
    assert "curl --include" in text
    assert "detail of the assertion" in text


def test_what_does_not_count_is_no_failure_and_says_so(written):
    root = written([case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE), case(BOOLEANS, "1.19")])

    assert root.get("failures") == "0"
    assert root[0].find("testcase").find("skipped").get("message").startswith("does not count (legacy)")


def test_the_daemon_is_in_the_properties(written):
    root = written([case(BOOLEANS, "1.19")])

    properties = {element.get("name"): element.get("value") for element in root[0].find("properties")}

    assert properties["daemon.version"] == reports.DAEMON["version"]
    assert properties["catalogue"] == load().digest


def test_characters_that_xml_cannot_hold_are_spelled_out(written):
    failing = case(BOOLEANS, "1.19", Verdict.FAIL, "nul \x00 esc \x1b ffff \uffff <&\"'>")

    root = written([failing], evidence={failing.case.key: ([exchange(text="\x00\x08")], "detail\x0b")})

    assert (
        root[0].find("testcase").find("failure").get("message")
        == "fail: nul \\x00 esc \\e ffff \\uffff <&\"'>"
    )


def test_an_interrupted_run_is_not_green(written):
    root = written([case(BOOLEANS, "1.19")], interrupted=True)

    assert root.get("errors") == "1"
    assert "interrupted" in root[-1].find("testcase").find("error").get("message")


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    report = reports.report(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19")])
    target = tmp_path / "taken"
    target.mkdir()

    with pytest.raises(UsageError, match="taken: cannot write the file"):
        write_output(target, junit.render_junit(report, build(report, load()), load()))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.evidence.jsonl", "r.jsonl", "taken"]


def test_evidence_that_cannot_be_read_is_one_line(tmp_path):
    report = reports.report(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19", Verdict.FAIL)])
    beside = evidence_path(report.path)
    beside.unlink()
    beside.mkdir()

    with pytest.raises(UsageError, match=r"r\.evidence\.jsonl: cannot read the evidence: Is a directory"):
        junit.render_junit(report, build(report, load()), load())
