"""Waivers: read strictly, laid over verdicts, suggested from a report."""

from __future__ import annotations

import datetime
import tomllib

import pytest
import reports
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.model.cases import Side
from conformance.model.errors import UsageError
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report import waivers
from conformance.report.file import Footer
from conformance.report.matrix import build
from conformance.report.outcome import Standing

TODAY = datetime.date(2025, 6, 1)
GOOD = {
    "change": f'"{BOOLEANS}"',
    "versions": '"1.19-1.21"',
    "reason": '"it says 1"',
    "expires": "2025-12-31",
}


def table(**keys: str | None) -> str:
    rows = {name: value for name, value in {**GOOD, **keys}.items() if value is not None}
    return "\n".join(["[[waiver]]", *(f"{name} = {value}" for name, value in rows.items()), ""])


@pytest.fixture
def read(tmp_path):
    path = tmp_path / "waivers.toml"

    def call(text: str, checks=None):
        path.write_text(text, "utf-8")
        return waivers.load(path, load(), TODAY, checks)

    return call


def test_a_waiver_is_read_with_its_place(read, tmp_path):
    waiver = read(
        "# ours\n\n" + table(daemon='"Docker*"', link='"https://example.com/1"', cases='["test_one[x]"]')
    )[0]

    assert (waiver.change, waiver.versions, waiver.expires) == (
        BOOLEANS,
        "1.19-1.21",
        datetime.date(2025, 12, 31),
    )
    assert (waiver.daemon, waiver.link, waiver.cases) == (
        "Docker*",
        "https://example.com/1",
        ["test_one[x]"],
    )
    assert waiver.place == f"{tmp_path}/waivers.toml:3"


def test_a_file_without_waivers_is_none(read):
    assert read("# nothing is waived\n") == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (table(change='"1.19/info-boolean"'), 2, "did you mean 1.19/info-booleans?"),
        (table(versions='"1.21-1.19"'), 3, "runs backwards"),
        (table(versions='"v1.19"'), 3, "not an API version"),
        (table(versions='""'), 3, "not an API version"),
        (table(reason='"  "'), 4, "needs a reason"),
        (table(expires="2025-05-31"), 5, "expired on 2025-05-31"),
        (table(expires='"soon"'), 5, "expires"),
        (table(expires=None), 1, "expires"),
        (table(reason=None), 1, "reason"),
        (table(link='"ISSUE-7"'), 6, "no address of a page"),
        (table(resaon='"x"'), 6, "did you mean 'reason'?"),
        (table(place='"x"'), 6, "no key 'place'"),
        (table(cases='["test_no"]'), 6, "has no test 'test_no'"),
        (table(cases='["v1_19/test_info.py::test_flag"]'), 6, "docker-conformance convert"),
        (table(cases='"x"'), 6, "cases"),
        (table().replace("[[waiver]]", "[waiver]"), 1, "two brackets"),
        (table().replace("[[waiver]]", "[[waivers]]"), 1, "no 'waivers' here"),
        (table() + "\n" + table(versions='"1.21"'), 9, "waived twice"),
        (table() + "\n" + table(change='"x/y"'), 8, "there is no change 'x/y'"),
        ("[[waiver]\n", 1, "not TOML"),
        ('x = "\n', 1, "not TOML"),
    ],
)
def test_a_mistake_is_reported_with_file_and_line(text, line, message, read, tmp_path):
    with pytest.raises(UsageError) as error:
        read(text, {BOOLEANS: ["test_flag_is_a_boolean"]})

    assert str(error.value).startswith(f"{tmp_path}/waivers.toml:{line}: ")
    assert message in str(error.value)


def test_the_last_day_still_holds(read):
    assert read(table(expires="2025-06-01"))


def test_no_file_and_no_text_are_reported(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for name, message in (("none.toml", "cannot read"), (".", "cannot read"), ("binary", "UTF-8")):
        with pytest.raises(UsageError, match=message):
            waivers.load(tmp_path / name, load(), TODAY)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("1.19", ["1.19"], ["1.18", "1.20", "1.190"]),
        ("1.14-1.18, 1.21", ["1.14", "1.16", "1.18", "1.21"], ["1.13", "1.19", "1.22"]),
        ("1.24-1.51", ["1.24", "1.40", "1.51"], ["1.4", "1.52"]),
        ("all", ["1.0", "1.99", "2.0"], []),
    ],
)
def test_versions_of_a_waiver(text, inside, outside, read):
    waiver = read(table(versions=f'"{text}"'))[0]

    assert all(waiver.holds_in(ApiVersion.parse(version)) for version in inside)
    assert not any(waiver.holds_in(ApiVersion.parse(version)) for version in outside)


@pytest.fixture
def arranged(tmp_path, read):
    def call(results, text, **options):
        found = [{**row, "expires": str(row["expires"])} for row in map(_builtins, read(text))]
        header = {**options.pop("header", {}), "waivers": found}
        return build(reports.report(tmp_path / "r.jsonl", results, header=header, **options), load())

    return call


def _builtins(waiver):
    return {name: getattr(waiver, name) for name in waiver.__struct_fields__}


def test_a_waiver_lies_over_a_verdict_and_does_not_replace_it(arranged):
    results = [case(BOOLEANS, "1.19", Verdict.FAIL), case("1.19/logs-since", "1.19")]

    matrix = arranged(results, table())

    assert matrix.outcome.code == 0
    assert "1 case waived" in matrix.outcome.why
    assert (
        next(row for row in matrix.rows if row.id == BOOLEANS).cells[ApiVersion(1, 19)].verdict
        is Verdict.FAIL
    )
    assert matrix.excused == {Verdict.FAIL: 1}
    assert matrix.totals == {Verdict.PASS: 1}
    assert matrix.summaries[0].standing is Standing.WAIVED
    assert Standing.CONFORMANT not in {p.standing for p in matrix.profiles if p.waived}


def test_what_no_waiver_covers_stays_red(arranged):
    fail = case(BOOLEANS, "1.19", Verdict.FAIL)

    for other in (
        case("1.19/logs-since", "1.19", Verdict.FAIL),
        case(BOOLEANS, "1.22", Verdict.FAIL),
    ):
        assert arranged([fail, other], table()).outcome.code == 1
    assert arranged([fail], table(daemon='"Podman*"')).outcome.code == 1
    assert arranged([fail], table(cases='["test_other"]')).outcome.code == 1


@pytest.mark.parametrize("verdict", [Verdict.BLOCKED, Verdict.ERROR, Verdict.NOT_RUN])
def test_what_could_not_be_decided_cannot_be_waived(verdict, arranged):
    matrix = arranged([case(BOOLEANS, "1.19", verdict), case("1.19/logs-since", "1.19")], table())

    assert matrix.outcome.code == 3
    assert matrix.waived == {}


@pytest.mark.parametrize("others", [[], [Verdict.FAIL]])
def test_a_waived_case_that_passes_turns_the_run_red(others, arranged):
    results = [case(BOOLEANS, "1.19", parameters="Debug")]
    results += [case(BOOLEANS, "1.19", verdict, parameters="SwapLimit") for verdict in others]

    matrix = arranged(results, table())

    assert matrix.outcome.code == 1
    assert "Debug] passes in 1.19" in matrix.outcome.why
    assert "waivers.toml:1" in matrix.outcome.why


def test_a_waiver_may_name_the_cases(arranged):
    results = [
        case(BOOLEANS, "1.19", parameters="Debug"),
        case(BOOLEANS, "1.19", Verdict.FAIL, parameters="SwapLimit"),
    ]

    matrix = arranged(results, table(cases='["test_it[SwapLimit]"]'))

    assert matrix.outcome.code == 0


def test_a_waiver_of_another_daemon_is_not_stale(arranged):
    assert arranged([case(BOOLEANS, "1.19")], table(daemon='"Podman*"')).outcome.code == 0


@pytest.mark.parametrize(
    ("results", "text", "message"),
    [
        ([case("1.19/logs-since", "1.19")], table(), "no case asks for"),
        (
            [case(BOOLEANS, "1.19", Verdict.FAIL)],
            table(cases='["test_it", "test_y"]'),
            "no case 'test_y'",
        ),
    ],
)
def test_a_waiver_of_what_a_whole_run_did_not_have_is_stale(results, text, message, arranged):
    assert message in arranged(results, text).outcome.why
    for options in ({"header": {"selection": {"change": [BOOLEANS]}}}, {"footer": Footer(complete=False)}):
        assert not arranged(results, text, **options).stale


def test_a_waiver_of_versions_that_were_not_asked_is_not_stale(arranged):
    assert not arranged([case("1.21/volumes-list", "1.22")], table()).stale


def test_legacy_cases_need_no_waiver_and_make_none_stale(arranged):
    results = [case(BOOLEANS, "1.18", side=Side.BEFORE), case(BOOLEANS, "1.19", Verdict.FAIL)]

    assert arranged(results, table(versions='"all"')).outcome.code == 0


def test_a_profile_asked_for_by_name_may_have_waivers(arranged, tmp_path):
    matrix = arranged(
        [case(BOOLEANS, "1.19", Verdict.FAIL)], table(), header={"selection": {"profile": ["system"]}}
    )

    assert matrix.profiles[0].waived == {Verdict.FAIL: 1}


DEVIATIONS = [
    case(BOOLEANS, "1.19", parameters="Debug"),
    case(BOOLEANS, "1.19", Verdict.FAIL, 'Debug is "1" \x1b[31m\\', parameters="a b/ü"),
    case(BOOLEANS, "1.20", Verdict.FAIL, parameters="Debug"),
    case(BOOLEANS, "1.21", Verdict.NOT_IMPLEMENTED, parameters="Debug"),
    case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE),
    case("1.19/logs-since", "1.20"),
]


def test_what_is_suggested_makes_the_report_green(command, tmp_path):
    evidence = {DEVIATIONS[1].case.key: ([reports.exchange(status=500)], "")}
    path = reports.write(tmp_path / "r.jsonl", DEVIATIONS, evidence=evidence)

    code, _, err = command("waivers", "suggest", "r.jsonl", "-o", "w.toml")

    assert (code, err) == (0, "")
    text = (tmp_path / "w.toml").read_text("utf-8")
    assert "GET /v1.19/info -> 500" in text
    assert DEVIATIONS[1].case.key in text
    assert "\x1b" not in text
    rows = tomllib.loads(text)["waiver"]
    assert [(row["versions"], row.get("cases")) for row in rows] == [
        ("1.19", ["test_it[a b/ü]"]),
        ("1.20-1.21", None),
    ]
    found = waivers.load(tmp_path / "w.toml", load(), datetime.datetime.now(datetime.UTC).date())
    header = {"waivers": [{**_builtins(waiver), "expires": str(waiver.expires)} for waiver in found]}
    assert build(reports.report(path, DEVIATIONS, header=header), load()).outcome.code == 0


def test_what_is_suggested_keeps_reasons_that_were_given(command, tmp_path):
    row = {
        "change": BOOLEANS,
        "versions": "1.20-1.21",
        "reason": "we know",
        "link": "https://example.com/7",
        "expires": "2099-01-01",
    }
    reports.write(tmp_path / "r.jsonl", DEVIATIONS, header={"waivers": [row]})

    rows = tomllib.loads(command("waivers", "suggest", "r.jsonl")[1])["waiver"]

    assert [(row["versions"], row["reason"]) for row in rows][1] == ("1.20-1.21", "we know")
    assert (rows[1]["link"], rows[1]["expires"]) == ("https://example.com/7", datetime.date(2099, 1, 1))
    assert rows[0]["reason"].startswith("not explained yet")


def test_suggest_says_what_no_waiver_covers(command, tmp_path):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19", Verdict.ERROR)])

    code, out, err = command("waivers", "suggest", "r.jsonl")

    assert code == 0
    assert "[[waiver]]" not in out
    assert "1 error" in err


def test_check_says_which_waivers_are_no_longer_true(command, tmp_path):
    (tmp_path / "w.toml").write_text(table(expires="2999-01-01"))
    reports.write(tmp_path / "bad.jsonl", [case(BOOLEANS, "1.19", Verdict.FAIL)])
    reports.write(tmp_path / "good.jsonl", [case(BOOLEANS, "1.19")])

    assert command("waivers", "check", "w.toml")[0] == 0
    assert command("waivers", "check", "w.toml", "--report", "bad.jsonl")[0] == 0
    code, _, err = command("waivers", "check", "w.toml", "--report", "good.jsonl")
    assert code == 1
    assert "w.toml:1" in err


@pytest.mark.parametrize(
    "argv",
    [
        ["waivers"],
        ["waivers", "check"],
        ["waivers", "check", "none.toml"],
        ["waivers", "check", "expired.toml"],
        ["waivers", "suggest", "none.jsonl"],
        ["waivers", "suggest", "r.jsonl", "--expires", "soon"],
        ["waivers", "suggest", "r.jsonl", "--expires", "2001-01-01"],
        ["run", "--waivers", "expired.toml"],
        ["run", "--waivers", "none.toml"],
    ],
    ids=" ".join,
)
def test_a_mistake_is_one_line(argv, command, tmp_path):
    (tmp_path / "expired.toml").write_text(table(expires="2001-01-01"))
    reports.write(tmp_path / "r.jsonl", DEVIATIONS)

    code, out, err = command(*argv)

    assert (code, out) == (2, "")
    mistake(err)
    if "expired.toml" in argv:
        assert "expired.toml:5: " in err


def test_reports_show_waived_deviations_as_such(command, tmp_path):
    row = {
        "change": BOOLEANS,
        "versions": "1.19",
        "reason": "we know",
        "expires": "2099-01-01",
        "place": "w.toml:1",
    }
    results = [case(BOOLEANS, "1.19", Verdict.FAIL), case("1.19/logs-since", "1.19")]
    reports.write(tmp_path / "r.jsonl", results, header={"waivers": [row]})
    reports.write(tmp_path / "stale.jsonl", [case(BOOLEANS, "1.19")], header={"waivers": [row]})

    code, out, _ = command("matrix", "r.jsonl")
    assert code == 0
    assert "fail (waived)" in out
    assert "we know" in out
    assert command("junit", "r.jsonl", "-o", "r.xml")[0] == 0
    assert "<failure" not in (tmp_path / "r.xml").read_text()
    code, out, _ = command("matrix", "stale.jsonl")
    assert code == 1
    assert "no longer true" in out
    assert command("junit", "stale.jsonl", "-o", "stale.xml")[0] == 0
    assert "<failure" in (tmp_path / "stale.xml").read_text()


def test_a_regression_that_is_waived_is_none(command, tmp_path):
    row = {"change": BOOLEANS, "versions": "1.19", "reason": "we know", "expires": "2099-01-01"}
    reports.write(tmp_path / "a.jsonl", [case(BOOLEANS, "1.19")])
    reports.write(tmp_path / "b.jsonl", [case(BOOLEANS, "1.19", Verdict.FAIL)], header={"waivers": [row]})

    code, out, _ = command("compare", "a.jsonl", "b.jsonl")

    assert code == 0
    assert "fail (waived)" in out


def test_a_header_with_a_waiver_that_is_none_is_reported(command, tmp_path):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19")], header={"waivers": [{"change": 7}]})

    code, _, err = command("matrix", "r.jsonl")

    assert code == 2
    assert "header has an invalid waiver" in err
