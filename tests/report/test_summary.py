"""The first screen of a run: what it has, its order, and that it fits 24 lines of 80 columns."""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path

import pytest
import reports
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.model.cases import Side
from conformance.model.leaks import describe_removed
from conformance.model.verdicts import Verdict
from conformance.report.file import Footer
from conformance.report.matrix import build
from conformance.report.render import console, summary

START = "POST /containers/(id)/start"
NEEDED = "general/attach-chosen-streams"  # by every recorded client
OTHER = "1.14/list-bad-parameter"  # by none


@pytest.fixture
def shown(tmp_path):
    def show(results, *, width: int = 80, page: Path | None = Path("r.html"), **options) -> str:
        report = reports.report(tmp_path / "r.jsonl", results, **options)
        out = io.StringIO()
        report.path = Path("r.jsonl")
        summary.print_summary(
            report, build(report, load()), load(), console.make_console(out, width), page=page
        )
        return out.getvalue()

    return show


def everything(verdict=Verdict.FAIL):
    """Every statement in every version of the page, all of one verdict."""
    return [
        case(change, version, verdict, f"expected status 400, got 500: {'a long message ' * 9}")
        for change in load().changes
        for version in reports.VERSIONS
    ]


def test_a_good_daemon_is_a_few_lines(shown):
    text = shown([case(BOOLEANS, "1.19"), case(BOOLEANS, "1.20"), case(BOOLEANS, "1.21")])

    assert text.splitlines() == [
        "Docker 20.10.24 keeps 100 % of the statements of Docker's API documents (1 of",
        "1). It conforms to API 1.19-1.21.",
        "  API 1.19-1.21  conformant  1 kept",
        "",
        "Page:     r.html",
        "In full:  docker-conformance matrix r.jsonl",
    ]


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.NOT_IMPLEMENTED, Verdict.BLOCKED, Verdict.ERROR])
def test_the_worst_daemon_fits_the_screen(verdict, shown):
    footer = Footer(
        leaks=["container x"] * 9, foreign=["image y vanished"] * 9, log=["out of memory"], complete=True
    )

    text = shown([*everything(verdict), case(BOOLEANS, "1.24", Verdict.UNAVAILABLE)], footer=footer)

    assert len(text.splitlines()) <= 24
    assert max(map(len, text.splitlines())) <= 80
    assert "docker-conformance matrix r.jsonl" in text


def test_findings_are_one_line_each_with_versions_and_what_came(shown):
    text = shown(
        [
            case(BOOLEANS, "1.19", Verdict.FAIL, "Debug: expected a boolean, got 1"),
            *(
                case("1.14/list-bad-parameter", f"1.{minor}", Verdict.FAIL, "got 200")
                for minor in (14, 15, 16)
            ),
            case("1.20/archive-get", "1.20"),
        ]
    )

    lines = [" ".join(line.split()) for line in text.splitlines()]
    first = lines.index("2 statements deviate; real clients need the first:")
    assert lines[first + 1 : first + 3] == [
        f"{BOOLEANS} 1.19 Debug: expected a boolean, got 1",
        "1.14/list-bad-parameter 1.14-1.16 got 200",
    ]


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        ([OTHER], "1 statement deviates:"),
        ([OTHER, "1.24/create-hostname-valid"], "2 statements deviate, the required ones first:"),
        ([NEEDED], "1 statement deviates; real clients need it:"),
        ([NEEDED, BOOLEANS], "2 statements deviate; real clients need them:"),
        ([NEEDED, BOOLEANS, OTHER], "3 statements deviate; real clients need the first 2:"),
    ],
)
def test_the_heading_says_which_findings_come_first(failed, said, shown):
    assert said in shown([case(name, "1.41", Verdict.FAIL) for name in failed]).splitlines()


def test_statements_about_a_missing_operation_are_one_finding(shown):
    required = [
        change
        for change in load().changes.values()
        if change.level == "required" and not change.contested and change.endpoints[:1] == [START]
    ]
    assert len(required) > 2

    text = shown([case(change.id, "1.24", Verdict.NOT_IMPLEMENTED) for change in required[:3]])

    assert f"{START}  1.24  no such route (3 statements)" in text
    assert "3 statements deviate; real clients need it:" in text


def test_after_the_verdict_comes_what_blocks_most(shown):
    blocked = [case(BOOLEANS, f"1.{minor}", Verdict.BLOCKED, "as in x") for minor in (19, 20)]

    text = shown([*blocked, case("1.20/archive-get", "1.20", Verdict.BLOCKED, "POST /images/load: 500")])

    lines = text.splitlines()
    after = next(number for number, line in enumerate(lines) if line.startswith("Inconclusive")) + 1
    assert lines[after] == "Most blocked by one cause (1 statement): as in x"


@pytest.mark.parametrize(("passed", "first"), [(9, True), (10, False)])
def test_what_blocks_a_tenth_of_the_statements_comes_before_the_findings(shown, passed, first):
    names = [
        change.id for change in load().changes.values() if change.level == "required" and not change.contested
    ]
    kept = [case(name, "1.41") for name in names[: passed - 1]]

    lines = shown(
        [
            *kept,
            case(names[passed], "1.41", Verdict.FAIL),
            case(names[-1], "1.41", Verdict.BLOCKED, "no image"),
        ]
    ).splitlines()

    blocked = next(number for number, line in enumerate(lines) if line.startswith("Blocked by one cause"))
    found = next(number for number, line in enumerate(lines) if line.startswith("1 statement deviates"))
    assert (blocked < found) is first


def test_what_does_not_count_is_no_finding(shown):
    text = shown(
        [
            case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE),
            case("1.14/import-with-two-tags-is-an-error", "1.20", Verdict.FAIL),
            case(BOOLEANS, "1.20"),
        ]
    )

    assert "deviate" not in text
    assert "Not counted: 1 statement that no tested release of Docker Engine keeps either." in text


def test_a_daemon_cannot_steer_the_terminal(shown):
    text = shown([case(BOOLEANS, "1.19", Verdict.FAIL, "got \x1b[2J\u202e")])

    assert "\x1b" not in text
    assert "\u202e" not in text


def test_an_interrupted_run_says_so(shown):
    assert shown([case(BOOLEANS, "1.19")], interrupted=True).startswith(
        "Docker 20.10.24: the run was interrupted, so it is not judged."
    )


def test_on_a_narrow_terminal_names_are_whole_and_reasons_stand_below(shown):
    names = ["reference/containers-inspect-state", "general/unknown-properties-ignored-in-host-config"]
    failed = [case(name, "1.21", Verdict.FAIL, "expected status 400, got 500: a message") for name in names]

    lines = shown([*failed, case(BOOLEANS, "1.21")], width=40).splitlines()

    assert max(map(len, lines)) <= 40
    assert "  reference/containers-inspect-state" in lines
    assert "2 statements deviate; real clients need them:" in " ".join(lines)
    start = lines.index("  general/unknown-properties-ignored-in-")
    assert lines[start + 1 : start + 3] == ["    host-config", "    1.21  expected status 400, got 500"]


def test_required_statements_come_first(shown):
    optional = next(change.id for change in load().changes.values() if change.level == "optional")
    many = [case(optional, version, Verdict.FAIL) for version in ("1.19", "1.20", "1.21")]

    lines = shown([*many, case(BOOLEANS, "1.21", Verdict.FAIL), case("1.19/logs-since", "1.21")]).splitlines()

    found = [line.split()[0] for line in lines if line.startswith((f"  {optional} ", f"  {BOOLEANS} "))]
    assert found == [BOOLEANS, optional]


def test_the_command_that_asks_the_first_statement_again_is_named(shown):
    text = shown([case(BOOLEANS, "1.19", Verdict.FAIL)])

    command = f"docker-conformance run --host unix:///run/some.sock --change {BOOLEANS}"
    assert command.split() in [
        shlex.split(line.partition(":")[2])
        for line in text.replace("\\\n", "").splitlines()
        if line.startswith("Again:")
    ]


def test_a_reason_that_tells_little_is_not_the_example_of_its_kind(shown):
    names = [
        change.id
        for change in load().changes.values()
        if change.level == "required" and not change.contested and change.kind == "request-field"
    ][:30]
    reasons = ["first in listed: expected True, got False"] * 20 + ["Memory: expected 1, got 0"] * 10

    text = shown(
        [case(name, "1.41", Verdict.FAIL, reason) for name, reason in zip(names, reasons, strict=True)]
    )

    kind, example = text.partition("then by kind:\n")[2].splitlines()[1:3]
    assert kind.startswith("  30 parameters without their effect, as in ")
    assert example.endswith("Memory: expected 1, got 0")


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([Verdict.UNAVAILABLE], "Not judged: 1 statement (the host lacks something)."),
        ([Verdict.UNAVAILABLE] * 2, "Not judged: 2 statements (the host lacks something)."),
        ([Verdict.BLOCKED], "Not judged: 1 statement (a request failed)."),
        (
            [Verdict.UNAVAILABLE, Verdict.UNAVAILABLE, Verdict.BLOCKED],
            "Not judged: 2 statements (the host lacks something), 1 (a request failed).",
        ),
        ([Verdict.ERROR], "Not judged: 1 statement (no verdict)."),
        (
            [Verdict.UNAVAILABLE, Verdict.ERROR],
            "Not judged: 1 statement (the host lacks something), 1 (no verdict).",
        ),
    ],
)
def test_what_is_not_judged_is_one_sentence(verdicts, said, shown):
    names = ["1.20/archive-get", "1.20/archive-put", "1.20/archive-head"]
    unjudged = [case(name, "1.20", verdict, "r") for name, verdict in zip(names, verdicts, strict=False)]

    assert said in shown([case(BOOLEANS, "1.20"), *unjudged], width=120)


def test_of_many_findings_the_first_of_each_kind_is_shown(shown):
    required = [
        change.id for change in load().changes.values() if change.level == "required" and not change.contested
    ]
    reasons = {
        0: "Memory: expected 1, got 0",
        1: "expected status 400, got 201",
        2: "expected status 400, got 500",
    }
    results = [
        case(name, "1.41", Verdict.FAIL, reasons[min(place // 40, 2)])
        for place, name in enumerate(required[:110])
    ]

    lines = shown(results).splitlines()

    start = next(
        place
        for place, line in enumerate(lines)
        if re.match(
            r"110 statements deviate \(real clients need \d+ of them\), by subject, then by kind:", line
        )
    )
    assert lines[start + 1].startswith("  images 56 of 56, ")
    found = [line for line in lines[start + 2 :] if re.match(r" +\d+ \S", line)]
    assert sum(int(line.split()[0]) for line in found) == 110
    assert {"bad requests accepted", "bad requests answered 5xx"} <= {
        line[5:].partition(",")[0] for line in found
    }
    examples = [lines[lines.index(line) + 1] for line in found]
    assert all(any(example.endswith(reason) for example in examples) for reason in reasons.values())


def test_what_is_left_is_told_from_what_was_removed_at_the_end(shown):
    leaks = [describe_removed("image", f"sha256:{'ab' * 32}"), "network n is still there"]

    lines = shown([case(BOOLEANS, "1.20")], footer=Footer(leaks=leaks), width=120).splitlines()

    assert "Left on the daemon ('docker-conformance clean' tries again): network n is still there" in lines
    assert "Left by a check of this suite, removed at the end: image abababababab" in lines
