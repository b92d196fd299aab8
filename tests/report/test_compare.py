"""Two reports compared: what counts as a regression, what is said, and how the command ends."""

from __future__ import annotations

import json

import pytest
import reports
from damages import EACH_DAMAGE
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.model.cases import Side
from conformance.model.errors import Interrupted
from conformance.model.verdicts import NOT_CONFORMANT, Verdict
from conformance.report.compare import Kind, compare, group_alike
from conformance.report.file import Footer
from conformance.report.outcome import USUAL, Strictness
from conformance.report.render import comparison as rendered
from conformance.report.render import markdown_escape

INFORMATIVE = "1.20/archive-errors-json"
INCONCLUSIVE = {Verdict.BLOCKED, Verdict.ERROR, Verdict.NOT_RUN}


@pytest.fixture
def compared(tmp_path):
    def call(base, new, *, left=None, right=None, strictness=USUAL):
        one = reports.report(tmp_path / "base.jsonl", base, **(left or {}))
        two = reports.report(tmp_path / "new.jsonl", new, **(right or {}))
        return compare(one, two, load(), strictness)

    return call


def one(verdict, **options):
    return [case(BOOLEANS, "1.19", verdict, **options)]


@pytest.mark.parametrize("before", list(Verdict))
@pytest.mark.parametrize("now", list(Verdict))
def test_what_two_verdicts_make(before, now, compared):
    found = compared(one(before), one(now))

    kinds = [difference.kind for difference in found.differences]
    if before is now:
        assert kinds == []
    elif before is Verdict.PASS and now in NOT_CONFORMANT:
        assert kinds == [Kind.REGRESSION]
    elif before is Verdict.PASS and now in INCONCLUSIVE:
        assert kinds == [Kind.LOST]
    elif before in NOT_CONFORMANT and now is Verdict.PASS:
        assert kinds == [Kind.FIX]
    else:
        assert kinds == [Kind.CHANGED]
    assert found.outcome.code == {(Kind.REGRESSION,): 1, (Kind.LOST,): 3}.get(tuple(kinds), 0)


def test_a_deviation_that_was_there_before_is_no_regression(compared):
    assert compared(one(Verdict.FAIL), one(Verdict.FAIL)).outcome.code == 0


def test_a_new_case_that_fails_is_reported_and_no_regression(compared):
    found = compared(one(Verdict.PASS), [*one(Verdict.PASS), case("1.21/volumes-list", "1.21", Verdict.FAIL)])

    assert [difference.kind for difference in found.differences] == [Kind.NEW]
    assert found.outcome.code == 0
    assert "1.21/volumes-list" in rendered.render_markdown(found)


def test_what_does_not_count_is_no_regression(compared):
    legacy = {"side": Side.BEFORE}
    base = [*one(Verdict.PASS), case(BOOLEANS, "1.18", **legacy), case(INFORMATIVE, "1.20")]
    new = [
        *one(Verdict.PASS),
        case(BOOLEANS, "1.18", Verdict.FAIL, **legacy),
        case(INFORMATIVE, "1.20", Verdict.FAIL),
    ]

    assert compared(base, new).outcome.code == 0
    assert [difference.kind for difference in compared(base, new).differences] == [Kind.CHANGED] * 2
    assert compared(base, new, strictness=Strictness(legacy=True)).outcome.code == 1
    assert compared(base, new, right={"header": {"strict_legacy": True}}).outcome.code == 1


def test_regressions_come_first(compared):
    base = [
        case("1.21/volumes-list", "1.21", Verdict.FAIL),
        *one(Verdict.PASS),
        case("1.19/logs-since", "1.19"),
    ]
    new = [case("1.21/volumes-list", "1.21"), *one(Verdict.FAIL)]

    assert [difference.kind for difference in compared(base, new).differences] == [
        Kind.REGRESSION,
        Kind.FIX,
        Kind.GONE,
    ]


def test_no_case_in_common_tells_nothing(compared):
    found = compared(one(Verdict.PASS), [case("1.21/volumes-list", "1.21")])

    assert found.outcome.code == 3
    assert "no case in common" in found.outcome.why


def test_versions_that_only_the_new_report_has_are_no_regression(compared):
    newer = [case(BOOLEANS, "1.40", Verdict.FAIL), case(BOOLEANS, "1.41", Verdict.BLOCKED)]

    found = compared(one(Verdict.PASS), [*one(Verdict.PASS), *newer])

    assert found.outcome.code == 0
    assert len(found.of(Kind.NEW)) == 2


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_interrupted_report_is_refused(side, compared):
    with pytest.raises(Interrupted):
        compared(one(Verdict.PASS), one(Verdict.PASS), **{side: {"interrupted": True}})


@pytest.mark.parametrize(
    ("right", "message"),
    [
        ({"header": {"versions": ["1.19", "1.20"]}}, "1.20"),
        ({"header": {"selection": {"change": [BOOLEANS]}}}, "selection by change"),
        ({"header": {"catalogue": "sha256:0"}}, "catalogue"),
        ({"header": {"suite_version": "9"}}, "now it is 9"),
        ({"header": {"strict_legacy": True}}, "legacy"),
        (
            {"header": {"host": {"capabilities": {"registry": "no docker-registry here"}}}},
            "registry is missing now: no docker-registry here",
        ),
        ({"footer": Footer(complete=False, why_incomplete="the worker died")}, "the worker died"),
    ],
)
def test_it_says_when_the_two_did_not_ask_the_same(right, message, compared):
    found = compared(
        one(Verdict.PASS),
        one(Verdict.PASS),
        left={"header": {"host": {"capabilities": {"registry": ""}}}},
        right=right,
    )

    assert any(message in note for note in found.asked)
    assert message in rendered.render_markdown(found).replace("&#45;", "-")


def test_equal_questions_need_no_word(compared):
    assert compared(one(Verdict.PASS), one(Verdict.FAIL)).asked == []


def test_alike_differences_are_reported_once(compared):
    base = [
        case(BOOLEANS, version, parameters=name)
        for version in ("1.19", "1.20", "1.21")
        for name in ("Debug", "SwapLimit")
    ]
    new = [
        case(BOOLEANS, version, Verdict.FAIL, parameters=name)
        for version in ("1.19", "1.20", "1.21")
        for name in ("Debug", "SwapLimit")
    ]

    groups = group_alike(compared(base, new).differences)

    assert [(list(map(str, group.versions)), group.parameters) for group in groups] == [
        (["1.19", "1.20", "1.21"], ["Debug", "SwapLimit"])
    ]


NASTY = (
    '<script>alert(1)</script> | **x** `y` @someone #99 https://evil.example [a](b) \x1b[31m\u202e $x$ "q"'
)


def test_markdown_shows_text_of_a_daemon_as_it_is(compared):
    page = rendered.render_markdown(compared(one(Verdict.PASS), one(Verdict.FAIL, reason=NASTY)))

    row = next(line for line in page.splitlines() if "alert" in line)
    for bad in ("<script", "**x", "`y", "@someone", "#99", "https://", "[a]", "\x1b", "\u202e", "$x"):
        assert bad not in row
    assert row.count("|") == 5


def test_markdown_stays_below_its_limit(compared):
    base = [case(change, "1.21", parameters=str(number)) for change in load().changes for number in range(3)]
    new = [
        case(change, "1.21", Verdict.FAIL, "x" * 300, parameters=str(number), test=f"test_{number}")
        for change in load().changes
        for number in range(3)
    ]

    page = rendered.render_markdown(compared(base, new))

    assert len(page.encode()) < markdown_escape.LIMIT
    assert "more lines" in page


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_the_command_tells_the_regression_in_every_form(form, command, tmp_path):
    reports.write(tmp_path / "a.jsonl", one(Verdict.PASS))
    reports.write(tmp_path / "b.jsonl", one(Verdict.FAIL, reason="Debug is 1"))

    code, out, err = command("compare", "a.jsonl", "b.jsonl", "--format", form)

    assert (code, err) == (1, "")
    assert BOOLEANS in out.replace("&#45;", "-")
    assert "Debug is 1" in out
    written = command("compare", "a.jsonl", "b.jsonl", "--format", form, "-o", "news")
    assert written == (1, "", "")
    assert "Debug is 1" in (tmp_path / "news").read_text("utf-8")


def test_json_has_every_difference(command, tmp_path):
    reports.write(tmp_path / "a.jsonl", [*one(Verdict.PASS), case("1.21/volumes-list", "1.21")])
    reports.write(tmp_path / "b.jsonl", one(Verdict.FAIL))

    document = json.loads(command("compare", "a.jsonl", "b.jsonl", "--format", "json")[1])

    assert document["outcome"]["exit_code"] == 1
    assert document["amounts"] == {"regression": 1, "lost": 0, "fix": 0, "changed": 0, "new": 0, "gone": 1}
    assert [(row["kind"], row["base"], row["new"]) for row in document["differences"]] == [
        ("regression", "pass", "fail"),
        ("gone", "pass", None),
    ]


def test_the_daemons_and_suites_of_both_sides_are_named(command, tmp_path):
    reports.write(tmp_path / "a.jsonl", one(Verdict.PASS), header={"suite_version": "0.8"})
    reports.write(
        tmp_path / "b.jsonl",
        one(Verdict.PASS),
        header={"daemon": {"engine": "Podman Engine", "version": "5.4", "commit": "abc"}},
    )

    code, out, _ = command("compare", "a.jsonl", "b.jsonl")

    assert code == 0
    assert "Docker 20.10.24, suite 0.8" in out
    assert "Podman Engine 5.4 (commit abc), suite 0.1.0" in out


@EACH_DAMAGE
@pytest.mark.parametrize("side", [0, 1])
def test_a_bad_report_is_one_line(damage, code, side, command, tmp_path):
    names = ["a.jsonl", "b.jsonl"]
    for name in names:
        reports.write(tmp_path / name, one(Verdict.PASS))
    path = tmp_path / names[side]
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()

    found, out, err = command("compare", *names, "-o", "news")

    assert (found, out) == (code, "")
    mistake(err)
    assert names[side] in err
    assert path.read_bytes() == before
    assert not (tmp_path / "news").exists()


def test_a_place_that_cannot_be_written_is_one_line(command, tmp_path):
    reports.write(tmp_path / "a.jsonl", one(Verdict.PASS))

    code, _, err = command("compare", "a.jsonl", "a.jsonl", "-o", "no/such/place")

    assert code == 2
    assert "cannot write" in err
