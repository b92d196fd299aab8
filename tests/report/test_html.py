"""The page as a file: self-contained, safe, small, the same for the same report. What a browser makes of it is tested apart."""

from __future__ import annotations

import html as escaping
import json
import re

import pytest
import reports
from mistakes import mistake
from reports import BOOLEANS, case, waiver

from conformance.catalogue import load
from conformance.model.cases import Side
from conformance.model.verdicts import Verdict
from conformance.report.coverage_record import OperationRecord
from conformance.report.file import Footer
from conformance.report.matrix import build
from conformance.report.render import html, html_data

NASTY = "</script><script>alert(1)</script><!-- <b> & ' \" ${x} {{ 7*7 }} {% raw %} \u2028 \x1b[31m \u202e"
RESULTS = [
    case(BOOLEANS, "1.18", Verdict.FAIL, "old", side=Side.BEFORE),
    case(BOOLEANS, "1.19", Verdict.FAIL, "Debug is 1", parameters="Debug"),
    case(BOOLEANS, "1.20", Verdict.FAIL, "Debug is 1", parameters="Debug"),
    case("1.19/logs-since", "1.21"),
]


@pytest.fixture
def made(tmp_path):
    def call(*sets, **options):
        parts = []
        for index, results in enumerate(sets):
            found = reports.report(tmp_path / f"r{index}.jsonl", results, **options)
            parts.append(html_data.prepare(found, build(found, load()), load()))
        return html.render_page(parts, load())

    return call


def data_of(page: str) -> dict:
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1]
    )


def test_nothing_is_loaded_from_elsewhere_or_sent_anywhere(made):
    page = made(RESULTS)

    assert not re.search(r"<(link|img|iframe|object|embed|script[^>]*src)\b", page)
    assert not re.search(r"\b(fetch|XMLHttpRequest|sendBeacon|WebSocket|import)\s*\(", page)
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_the_script_is_the_one_that_the_policy_allows(made):
    page = made(RESULTS)

    assert len(re.findall(r"<script>", page)) == 1
    assert "script-src 'sha256-" in page
    assert "unsafe-inline" not in re.search(r"script-src [^;]*", page)[0]
    assert not re.search(r"<[^>]+\son\w+=", page.partition('<script type="application/json"')[0])


def test_text_of_a_daemon_cannot_leave_its_place(made):
    results = [
        case(BOOLEANS, "1.19", Verdict.FAIL, NASTY, parameters=NASTY, test="test_x"),
        case("9.9/<b>", "1.19"),
    ]
    evidence = {results[0].case.key: ([reports.exchange(text=NASTY, fault=NASTY, curl=NASTY)], f"E {NASTY}")}
    header = {
        "daemon": {"engine": NASTY, "version": NASTY, "url": NASTY},
        "host": {NASTY: NASTY},
        "suite_version": NASTY,
    }

    page = made(
        results,
        evidence=evidence,
        header=header,
        footer=Footer(leaks=[NASTY], complete=False, why_incomplete=NASTY),
    )

    assert page.count("<script") == 2
    assert page.count("</script>") == 2
    assert "{{ 7*7 }}" in escaping.unescape(page)
    for character in ("\x1b", "\u202e", "\u2028"):
        assert character not in page
    assert any(text.startswith("</script><script>alert(1)") for text in data_of(page)["texts"])


def test_the_first_screen_needs_no_script(made):
    page = made(
        [case(BOOLEANS, "1.19"), case(BOOLEANS, "1.20"), case(BOOLEANS, "1.21", Verdict.FAIL)]
    ).partition("<script")[0]
    text = re.sub(r"\s+", " ", escaping.unescape(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2])))

    assert (
        "keeps 0 % of the statements of Docker's API documents (0 of 1); 1 deviates. It conforms to API 1.19-1.20 and does not"
        in text
    )
    assert "1.20 conformant newest fully conformant" in text
    assert text.count("newest fully conformant") == 1
    assert "1 fail" in text
    assert "not-implemented the daemon has no such route" in text


def test_a_case_has_its_numbers(made):
    data = data_of(made(RESULTS, evidence={RESULTS[1].case.key: ([reports.exchange()], "")}))

    report = data["reports"][0]
    rows = [report["cases"][at : at + 11] for at in range(0, len(report["cases"]), 11)]
    change, version, side, check, parameters, verdict, reason, milliseconds, evidence, waiver, counted = rows[
        1
    ]
    assert data["changes"][change]["id"] == BOOLEANS
    assert (report["versions"][version], data["sides"][side]) == ("1.19", "since")
    assert (data["texts"][parameters], data["texts"][reason]) == ("Debug", "Debug is 1")
    assert data["texts"][check].endswith("::test_it")
    assert (data["verdicts"][verdict]["name"], milliseconds, waiver, counted) == ("fail", 250, -1, 1)
    assert report["evidence"][evidence]["case"] == 1
    assert rows[2][8] == evidence  # it failed alike, so it shares the exchange
    assert rows[0][10] == 0


def test_the_same_report_gives_the_same_page(made):
    assert made(RESULTS) == made(RESULTS)


def test_waived_cases_carry_their_waiver(made):
    known = waiver("1.19-1.20", link="javascript:alert(1)", place="")
    report = data_of(made(RESULTS, header={"waivers": [known]}))["reports"][0]

    assert report["waivers"] == [
        {"reason": "we know", "link": "javascript:alert(1)", "expires": "2099-01-01", "place": ""}
    ]
    assert next(group["title"] for group in report["groups"]) == "Not as documented, waived"


def test_texts_have_a_budget():
    texts = html_data.Texts(1000)
    places = [texts.intern(f"{index} " + "x" * 300) for index in range(2000)]

    assert sum(map(len, texts.table)) < 30_000
    assert texts.table[places[0]].startswith("0 xxx")
    assert texts.table[places[-1]] == "…"


def test_exchanges_have_a_budget_and_failures_go_first(made, monkeypatch):
    monkeypatch.setattr(html_data, "EVIDENCE_BUDGET", 1200)
    results = [case("1.21/volumes-list", version) for version in ("1.21", "1.22", "1.23")] + [RESULTS[1]]
    evidence = {result.case.key: ([reports.exchange(text="y" * 300)], "") for result in results}

    report = data_of(made(results, evidence=evidence))["reports"][0]

    assert report["evidence"][0]["case"] == 3
    assert 1 <= len(report["evidence"]) < 4


def test_the_command_writes_one_file(command, tmp_path):
    reports.write(tmp_path / "a.jsonl", RESULTS)
    reports.write(tmp_path / "b.jsonl", RESULTS, header={"daemon": {"engine": "Podman", "version": "5"}})

    assert command("html", "a.jsonl", "b.jsonl", "-o", "page.html") == (0, "", "")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<title>2 daemons compared</title>" in page


def test_an_interrupted_report_is_code_3_and_said(command, tmp_path):
    reports.write(tmp_path / "r.jsonl", RESULTS, interrupted=True)

    code, _, err = command("html", "r.jsonl", "-o", "page.html")

    assert code == 3
    assert "interrupted" in err
    assert "the run was interrupted, so it is not judged" in (tmp_path / "page.html").read_text("utf-8")


@pytest.mark.parametrize(
    "argv",
    [
        ["html"],
        ["html", "-o", "x"],
        ["html", "none.jsonl", "-o", "x"],
        ["html", "r.jsonl"],
        ["html", "r.jsonl", "-o", "no/such"],
    ],
    ids=" ".join,
)
def test_a_mistake_is_one_line(argv, command, tmp_path):
    reports.write(tmp_path / "r.jsonl", RESULTS)

    code, out, err = command(*argv)

    assert (code, out) == (2, "")
    mistake(err)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("place", ["case", "header"])
def test_a_report_with_a_version_that_is_none_is_reported_with_its_line(place, command, tmp_path):
    path = reports.write(
        tmp_path / "r.jsonl",
        [RESULTS[1], case(BOOLEANS, "1.20", parameters="x")],
        header={"versions": ["1.99"]},
    )
    old = '"version":"1.20"' if place == "case" else '"versions":["1.99"]'
    path.write_text(path.read_text().replace(old, old.replace("1.20", "new").replace("1.99", "new")))

    code, _, err = command("html", "r.jsonl", "-o", "x")

    assert code == 2
    assert f"r.jsonl:{3 if place == 'case' else 1}: not a line of a report: not an API version" in err


def test_damaged_evidence_is_reported_with_its_line(command, tmp_path):
    reports.write(tmp_path / "r.jsonl", RESULTS)
    (tmp_path / "r.evidence.jsonl").write_text("{\n")

    code, _, err = command("html", "r.jsonl", "-o", "x")

    assert code == 2
    assert "r.evidence.jsonl:1" in err


def test_the_page_says_what_was_asked_of_the_documents(tmp_path):
    noted = OperationRecord(
        statuses={"200": "1.19"}, members={"200 .NCPU": "1.19"}, undocumented={"200 .NoSuchMember": "1.19"}
    )

    found = reports.report(tmp_path / "r.jsonl", RESULTS)
    found.coverage = {"GET /info": noted}
    page = html.render_page([html_data.prepare(found, build(found, load()), load())], load())

    section = re.search(r'id="coverage-0".*?</section>', page, re.DOTALL)[0]
    assert "documented members never came" in section
    assert re.search(r"<dt>GET /info</dt><dd>[^<]*, Containers, ", section)
    assert re.search(r"1 members? .*?no document knows.*?NoSuchMember", section, re.DOTALL)


def test_a_page_without_a_record_of_coverage_says_so(made):
    assert "does not say what was asked of the documents" in made(RESULTS)


def test_statements_are_held_against_the_newest_docker_engine(tmp_path):
    def part(name, results, engine, newest):
        daemon = {**reports.DAEMON, "engine": engine, "version": name, "newest": newest}
        found = reports.report(tmp_path / f"{name}.jsonl", results, header={"daemon": daemon})
        return html_data.prepare(found, build(found, load()), load())

    failed = case(BOOLEANS, "1.21", Verdict.FAIL)
    parts = [
        part("old", [case(BOOLEANS, "1.21")], "Docker Engine", "1.21"),
        part("new", [failed, case("1.19/logs-since", "1.21")], "Docker Engine", "1.51"),
        part("other", [failed, case("1.19/logs-since", "1.21", Verdict.FAIL)], "Podman Engine", "1.60"),
    ]

    data = data_of(html.render_page(parts, load()))

    names = {str(place): change["id"] for place, change in enumerate(data["changes"])}
    relations = {
        report["name"]: {names[place]: said for place, said in report.get("relations", {}).items()}
        for report in data["reports"]
    }
    assert data["reports"][data["reference"]]["name"] == "Docker Engine new"
    assert relations == {
        "Docker Engine old": {BOOLEANS: "better"},
        "Docker Engine new": {},
        "Podman Engine other": {BOOLEANS: "same", "1.19/logs-since": "worse"},
    }


def test_without_a_docker_engine_or_with_one_report_nothing_is_held_against_it(made):
    assert data_of(made(RESULTS))["reference"] is None
