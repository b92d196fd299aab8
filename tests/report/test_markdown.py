"""A report as Markdown and as a badge: what stands first, what is safe, how long it gets."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import reports
from mistakes import mistake
from reports import BOOLEANS, case, waiver

from conformance.catalogue import load
from conformance.model.cases import Side
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.compare import compare
from conformance.report.file import Footer, Report
from conformance.report.matrix import build
from conformance.report.render import badge, markdown, markdown_escape
from conformance.report.render.headline import describe_report, find_newest_conformant
from conformance.report.statements import count_statements

GOOD = [case(BOOLEANS, version) for version in ("1.19", "1.20", "1.21")]
MIXED = [
    case(BOOLEANS, "1.19"),
    case(BOOLEANS, "1.20", Verdict.FAIL, "Debug is 1"),
    case("1.19/logs-since", "1.21", Verdict.BLOCKED),
]
NASTY = (
    "<script>alert(1)</script> | **x** `y` @someone #99 https://evil.example [a](b) </details> \x1b[31m\u202e"
)
WAIVER = waiver("1.20", reason="we | know")


@pytest.fixture
def report(tmp_path):
    def call(results, name="r.jsonl", **options) -> Report:
        return reports.report(tmp_path / name, results, **options)

    return call


def page(report: Report, base=None) -> str:
    compared = compare(base, report, load()) if base else None
    return markdown.render_markdown(report, build(report, load()), load(), compared)


def text_of(report: Report) -> str:
    return describe_report(report, build(report, load()))


def test_the_sentence_has_the_share_first_and_then_the_verdict(report):
    message = text_of(report(MIXED))

    assert message == (
        "Docker 20.10.24 keeps 0 % of the statements of Docker's API documents (0 of 1); 1 deviates. "
        "It conforms to API 1.19, does not conform to API 1.20 and is inconclusive in API 1.21. "
        "Not judged: 1 statement (a request failed)."
    )


@pytest.mark.parametrize(
    ("results", "options", "message"),
    [
        (
            GOOD,
            {},
            "keeps 100 % of the statements of Docker's API documents (1 of 1). It conforms to API 1.19-1.21.",
        ),
        (GOOD, {"interrupted": True}, "interrupted"),
        (
            GOOD,
            {"footer": Footer(complete=False, why_incomplete="the worker died")},
            "The run is incomplete: the worker died.",
        ),
        (
            MIXED[:2],
            {"header": {"waivers": [WAIVER]}},
            "1 waived. It conforms to API 1.19 and conforms but for waivers to API 1.20.",
        ),
        (
            [case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE), *GOOD],
            {},
            "keeps 100 % of the statements of",
        ),
        (
            [case("1.20/archive-errors-json", "1.20", Verdict.FAIL), *GOOD],
            {},
            "keeps 100 % of the statements of",
        ),
        ([case(BOOLEANS, "1.14", Verdict.UNSERVED), *GOOD], {}, "does not serve API 1.14"),
        (GOOD, {"header": {"policy": "edges"}}, "It was a quick run (--quick), so no version is"),
        (
            [case("1.14/import-with-two-tags-is-an-error", "1.20", Verdict.FAIL), *GOOD],
            {},
            "Not counted: 1 statement that no tested release of Docker Engine keeps either.",
        ),
        ([MIXED[2]], {}, "none of 1 statement could be judged. It is inconclusive in API 1.21."),
    ],
)
def test_the_sentence_says_what_the_run_came_to(results, options, message, report):
    assert message in text_of(report(results, **options))


SELECTED = {"header": {"selection": {"change": [BOOLEANS]}}}


@pytest.mark.parametrize(
    ("results", "message"),
    [
        (GOOD, "statements asked: no deviation seen."),
        (MIXED[:2], "statements asked: 1 deviates."),
        ([MIXED[2]], "statements asked: none could be judged."),
    ],
)
def test_of_a_selection_nothing_says_that_the_daemon_conforms(results, message, report):
    found = report(results, **SELECTED)
    matrix = build(found, load())

    assert message in text_of(found)
    renderings = (text_of(found), page(found), badge.render_badge(found, matrix), matrix.outcome.why)
    for text in renderings:
        assert not re.search(r"(?<!not )conform(s|ant)", text.replace("Not conformant", "")), text
    assert "#2e7d32" not in badge.render_badge(found, matrix)
    assert "\u2705" not in page(found)
    assert find_newest_conformant(matrix) is None


def test_a_selected_profile_has_its_standing(report):
    found = report(GOOD, header={"selection": {"profile": ["system"]}})

    assert re.search(r"no deviation seen\. Profile system: incomplete\.$", text_of(found))


def test_a_share_is_whole_only_if_all_is_kept(report):
    kept = [case(change, "1.24") for change in list(load().changes)[:2000]]
    kept = [result for result in kept if result.case.change != BOOLEANS]

    found = report([*kept, case(BOOLEANS, "1.24", Verdict.FAIL)])
    amounts = count_statements(build(found, load()))

    assert amounts.failed == 1
    assert amounts._replace(judged=2000, failed=1).share == "99.9 %"
    assert amounts._replace(judged=200000, failed=1).share == "99.9 %"
    assert amounts._replace(judged=2000, failed=0).share == "100 %"
    assert amounts._replace(judged=200, failed=20).share == "90 %"


def test_the_newest_conformant_version_is_by_number(report):
    found = report(
        [case(BOOLEANS, version) for version in ("1.9", "1.21", "1.100")]
        + [case(BOOLEANS, "1.101", Verdict.FAIL)]
    )

    assert find_newest_conformant(build(found, load())) == ApiVersion(1, 100)
    assert find_newest_conformant(build(report([MIXED[1]]), load())) is None


def test_the_news_come_first(report):
    text = page(report(MIXED), base=report([case(BOOLEANS, "1.19"), case(BOOLEANS, "1.20")], "base.jsonl"))

    order = [
        text.index(part)
        for part in (
            "## ❌",
            "1 regression",
            "Regressions",
            "| API |",
            "### Not as documented",
            "### Blocked: 1 case, by cause",
        )
    ]
    assert order == sorted(order)


def test_a_finding_has_sentence_exchange_and_command(report):
    results = [case(BOOLEANS, "1.20", Verdict.FAIL, "Debug is 1")]
    text = page(report(results, evidence={results[0].case.key: ([reports.exchange()], "detail")}))

    assert "> GET /v1.19/info" in text
    assert "docker-conformance run" in text
    assert markdown_escape.text(load()[BOOLEANS].says) in text


def test_text_of_a_daemon_is_shown_as_it_is(report):
    results = [case(BOOLEANS, "1.20", Verdict.FAIL, NASTY, parameters=NASTY)]
    evidence = {results[0].case.key: ([reports.exchange(text=f"``` {NASTY}\n```\n<b>")], NASTY)}
    text = page(report(results, evidence=evidence, header={"daemon": {"engine": NASTY, "version": "`"}}))

    outside = []
    fence = None
    for line in text.splitlines():
        if fence is None and line.startswith("```"):
            fence = line.rstrip("abcdefghijklmnopqrstuvwxyz")
        elif fence is not None:
            fence = None if line == fence else fence
        else:
            outside.append(line)
    assert fence is None
    rest = "\n".join(outside)
    for bad in ("<script", "**x", "`", "@someone", "#99", "https://", "[a]", "\x1b", "\u202e"):
        assert bad not in rest, bad
    assert rest.count("<details>") == rest.count("</details>")


def test_however_bad_it_stays_below_the_limit(report):
    results = [case(change, "1.21", Verdict.FAIL, f"{change} {'x' * 200}") for change in load().changes]
    evidence = {result.case.key: ([reports.exchange(text="y" * 3000)], "z") for result in results}

    text = page(report(results, evidence=evidence))

    assert len(text.encode()) < markdown_escape.LIMIT
    assert "more lines. The report has all." in text
    assert text.count("<details>") == text.count("</details>")


def test_waived_stale_uncovered_and_legacy_have_their_places(report):
    results = [
        MIXED[1],
        case("1.19/logs-since", "1.20", Verdict.UNAVAILABLE, "no registry"),
        case(BOOLEANS, "1.18", Verdict.FAIL, "old", side=Side.BEFORE),
        case("1.21/volumes-list", "1.21"),
    ]
    text = page(
        report(
            results,
            header={
                "waivers": [
                    WAIVER,
                    {**WAIVER, "change": "1.21/volumes-list", "versions": "1.21", "place": "w.toml:9"},
                ]
            },
        )
    )

    assert "we &#124; know" in text
    assert "w.toml:9" in text
    assert "no registry" in text
    assert "Not counted: legacy" in text


@pytest.mark.parametrize(
    ("results", "options", "message", "colour"),
    [
        (GOOD, {}, "1 of 1 statement", "#2e7d32"),
        (MIXED, {}, "0 of 1 statement, conforms up to 1.19", "#b3261e"),
        ([GOOD[0], MIXED[2]], {}, "1 of 1 statement, inconclusive", "#5f6368"),
        (MIXED[:2], {"header": {"waivers": [WAIVER]}}, "0 of 1 statement, 1 waived", "#8a6d00"),
        (GOOD, {"interrupted": True}, "interrupted", "#5f6368"),
    ],
)
def test_a_badge_has_numbers(results, options, message, colour, report):
    found = report(results, **options)

    root = ElementTree.fromstring(badge.render_badge(found, build(found, load())))

    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == [
        f"Docker API {'1.19-1.21' if len(results) == 3 else '1.19-1.20' if results[-1] is MIXED[1] else '1.19, 1.21'}",
        message,
    ]
    assert colour in {element.get("fill") for element in root}
    assert root.get("aria-label")


def test_a_badge_of_a_nasty_daemon_is_still_xml(report):
    found = report(GOOD, header={"daemon": {"engine": NASTY, "version": "\x00\ud7ff"}})

    root = ElementTree.fromstring(badge.render_badge(found, build(found, load())))

    assert "<script>" in root.get("aria-label")


@pytest.mark.parametrize("name", ["markdown", "badge"])
def test_the_commands_write_files(name, command, tmp_path):
    reports.write(tmp_path / "r.jsonl", MIXED)

    assert command(name, "r.jsonl", "-o", "out") == (0, "", "")
    assert (tmp_path / "out").stat().st_size > 100


@pytest.mark.parametrize("name", ["markdown", "badge"])
def test_an_interrupted_report_is_code_3_and_said(name, command, tmp_path):
    reports.write(tmp_path / "r.jsonl", MIXED, interrupted=True)

    code, _, err = command(name, "r.jsonl", "-o", "out")

    assert code == 3
    assert "interrupted" in err
    assert "interrupted" in (tmp_path / "out").read_text()


@pytest.mark.parametrize(
    "argv",
    [
        ["markdown"],
        ["markdown", "none.jsonl"],
        ["markdown", "r.jsonl", "--base", "none.jsonl"],
        ["badge", "r.jsonl"],
        ["badge", "r.jsonl", "-o", "."],
    ],
    ids=" ".join,
)
def test_a_mistake_is_one_line(argv, command, tmp_path):
    reports.write(tmp_path / "r.jsonl", MIXED)

    code, _, err = command(*argv)

    assert code == 2
    mistake(err)
