"""``findings``: each finding in a line by kind, its filters, and refused input. No daemon."""

from __future__ import annotations

import json

import pytest
import reports
from damages import EACH_DAMAGE
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.model.verdicts import Verdict

NEEDED = "general/attach-chosen-streams"  # by every recorded client
RESULTS = [
    case(BOOLEANS, "1.19", Verdict.FAIL, "Debug: expected a boolean, got 1"),
    case(NEEDED, "1.41", Verdict.FAIL, f"written: expected '', got '{'err ' * 60}'"),
    case("1.20/archive-put-not-dir", "1.41", Verdict.FAIL, "expected status 400, got 500"),
    case("1.20/archive-get", "1.41"),
]


@pytest.fixture
def report(tmp_path):
    return reports.write(tmp_path / "r.jsonl", RESULTS)


def found(out: str) -> list[str]:
    """The statements of JSON."""
    return [one["name"] for one in json.loads(out)["findings"]]


def test_each_finding_is_listed_below_its_kind_and_the_needed_ones_have_a_star(report, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    code, out, err = command("findings", "r.jsonl")

    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert max(map(len, lines)) <= 80
    place = lines.index("other types (1 statement)")
    assert lines[place + 1] == f"* {BOOLEANS}  1.19  Debug: expected a boolean, got 1"
    place = next(at for at, line in enumerate(lines) if line.startswith(f"* {NEEDED}"))
    assert lines[place + 1].startswith("      expected '', got 'err err")
    assert "  system      50 %" not in out
    assert "  containers  33.3 %  1 of 3 kept; 2 deviate" in lines
    assert "Listed: 3 statements." in lines


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (["--kind", "other types"], [BOOLEANS]),
        (["--noun", "containers"], [NEEDED, "1.20/archive-put-not-dir"]),
        (["--noun", "containers", "--needed"], [NEEDED]),
        (["--profile", "streams"], [NEEDED]),
        (["--noun", "volumes"], []),
    ],
)
def test_filters_choose(filters, left, report, command):
    code, out, _ = command("findings", "r.jsonl", "--format", "json", *filters)

    assert code == 0
    assert found(out) == left


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (["--kind", "bad requests"], "did you mean bad requests accepted"),
        (["--noun", "container"], "did you mean containers"),
        (["--profile", "cor"], "did you mean core"),
    ],
)
def test_a_filter_that_is_misspelt_is_one_line(filters, said, report, command):
    code, out, err = command("findings", "r.jsonl", *filters)

    assert (code, out) == (2, "")
    assert said in mistake(err)


@EACH_DAMAGE
def test_a_bad_report_is_one_line(report, command, damage, code):
    report.write_bytes(damage(report.read_bytes()))

    got, _, err = command("findings", "r.jsonl")

    assert got == code
    assert "r.jsonl" in mistake(err)


@pytest.mark.parametrize(
    ("selection", "shown"), [({}, True), ({"change": [BOOLEANS]}, False), ({"profile": ["core"]}, True)]
)
def test_of_a_part_that_is_no_profile_no_share_is_shown(selection, shown, tmp_path, command):
    reports.write(tmp_path / "r.jsonl", RESULTS, header={"selection": selection})

    out = {name: command(name, "r.jsonl")[1] for name in ("findings", "matrix")}
    command("html", "r.jsonl", "-o", "page.html")

    page = (tmp_path / "page.html").read_text("utf-8")
    assert {name: "By noun" in text for name, text in out.items()} == {"findings": shown, "matrix": shown}
    assert ("What it keeps, by noun" in page) is shown


def test_a_report_without_a_deviation_has_no_finding(tmp_path, command):
    reports.write(tmp_path / "r.jsonl", RESULTS[-1:])

    code, out, _ = command("findings", "r.jsonl")

    assert code == 0
    assert "No finding." in out.splitlines()
