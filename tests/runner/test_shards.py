"""Shards: a split that is the same everywhere, and a merge that takes nothing that does not belong together."""

from __future__ import annotations

import pytest
import reports
from damages import interrupt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mistakes import mistake
from reports import case

from conformance.catalogue import durations
from conformance.model.errors import UsageError
from conformance.model.shard import Shard
from conformance.model.verdicts import Verdict
from conformance.report.evidence import evidence_path, read_evidence
from conformance.report.file import Footer, read_report
from conformance.runner.shards import split

CASES = [
    case("1.19/info-booleans", version, parameters=name)
    for version in ("1.19", "1.20", "1.21")
    for name in ("Debug", "SwapLimit")
]
CASES[3] = case("1.19/info-booleans", "1.20", Verdict.FAIL, "it is 1", parameters="SwapLimit")
CHECKS = [(result.case.key, result.case.check) for result in CASES]
names = st.lists(
    st.integers(0, 400).map(lambda n: (f"a/test_{n % 7}.py::test_{n % 31}[{n}]", f"1.19/x::test_{n % 31}")),
    unique=True,
    max_size=60,
)
seconds = st.dictionaries(
    st.integers(0, 40).map(lambda n: f"1.19/x::test_{n}"), st.floats(0, 100), max_size=30
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a loaded machine the first inputs come slowly
@given(names, seconds, st.integers(1, 9))
def test_every_case_is_in_one_shard_whatever_the_order(checks, known, total):
    found = dict(zip(checks, split(checks, total, known), strict=True))
    backwards = dict(zip(checks[::-1], split(checks[::-1], total, known), strict=True))

    assert all(1 <= number <= total for number in found.values())
    assert found == backwards


def test_shards_take_about_as_long():
    checks = [(f"test_x.py::test_{number}", f"1.19/x::test_{number % 10}") for number in range(1000)]
    known = {f"1.19/x::test_{number}": 2.0**number / 100 for number in range(9)}  # of test_9 nothing is known

    numbers = split(checks, 7, known)
    loads = [0.0] * 7
    for (_, check), number in zip(checks, numbers, strict=True):
        loads[number - 1] += known.get(check, 0.16)

    assert max(loads) - min(loads) <= max(known.values())


@pytest.mark.parametrize(
    "text", ["", "1", "0/5", "6/5", "2/0", "2/5/1", "-1/5", "1/9999", "\uff12/5", " 2/5"]
)
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(ValueError, match="not a shard"):
        Shard.parse(text)


def test_recorded_durations_are_medians_of_what_was_asked():
    rows = [case("1.19/x", version, test="test_a") for version in ("1.19", "1.20")] + [
        case("1.19/x", "1.21", Verdict.UNSERVED, test="test_b")
    ]

    assert durations.recorded(rows) == {"1.19/x::test_a": 0.25}


def test_damaged_durations_are_reported(tmp_path):
    (tmp_path / durations.FILE).write_text("[]")

    with pytest.raises(UsageError, match="durations"):
        durations.durations(tmp_path)
    assert durations.durations(tmp_path / "nowhere") == {}


@pytest.fixture
def parts(tmp_path):
    def call(total=2, change=None, **options):
        numbers = split(CHECKS, total, {})
        paths = []
        for number in range(1, total + 1):
            places = [place for place, found in enumerate(numbers) if found == number]
            header = {
                "selection": {"shard": f"{number}/{total}"},
                "versions": ["1.19", "1.20", "1.21"],
                "run": f"r{number}",
            }
            footer = Footer(
                collected=len(CASES),
                positions=places,
                ended=f"2024-05-01T10:0{number}:00Z",
                seconds=number,
                leaks=[],
            )
            facts = {
                "header": header,
                "footer": footer,
                "results": [CASES[place] for place in places],
                **options,
            }
            if change is not None:
                change(number, facts)
            results = facts.pop("results")
            evidence = {result.case.key: ([reports.exchange()], "d") for result in results}
            paths.append(reports.write(tmp_path / f"s{number}.jsonl", results, evidence=evidence, **facts))
        return paths

    return call


@pytest.mark.parametrize("total", [1, 2, 5])
def test_merged_shards_are_the_report_of_a_whole_run(total, parts, command, tmp_path):
    whole = reports.report(tmp_path / "whole.jsonl", CASES)

    code, _, err = command("merge", *parts(total)[::-1], "-o", "merged.jsonl")

    merged = read_report(tmp_path / "merged.jsonl")
    assert (code, err) == (1, "")
    assert merged.finished().verdicts == whole.finished().verdicts
    assert merged.finished().totals == {"pass": 5, "fail": 1}
    assert "shard" not in merged.header.selection
    assert {evidence.key for evidence in read_evidence(merged.path)} == {result.case.key for result in CASES}


def _set(number, name, value, where="header"):
    def change(current, facts):
        if current == number:
            if where == "header":
                facts["header"] = {**facts["header"], name: value}
            else:
                setattr(facts["footer"], name, value)

    return change


def _lose(number, facts):
    if number == 2:
        facts["results"].pop()
        facts["footer"].positions.pop()


def _again(number, facts):
    if number == 2:
        facts["results"].append(CASES[facts["footer"].positions[0]])
        facts["footer"].positions.append(99)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set(2, "catalogue", "sha256:0"), "another catalogue"),
        (_set(2, "suite_version", "9"), "another suite version"),
        (_set(2, "versions", ["1.19"]), "another versions"),
        (_set(2, "daemon", {**reports.DAEMON, "version": "99"}), "another daemon"),
        (_set(2, "daemon", {**reports.DAEMON, "commit": "abc"}), "another daemon"),
        (_set(2, "selection", {"shard": "2/2", "change": ["1.19/x"]}), "another selection"),
        (_set(2, "selection", {"shard": "2/3"}), "one of 2"),
        (_set(2, "selection", {"shard": "1/2"}), "twice"),
        (_set(2, "selection", {"shard": "x"}), "not a shard"),
        (_set(2, "selection", {}), "not a shard"),
        (_set(2, "host", {"capabilities": {"registry": "none"}}), "differs"),
        (_set(2, "collected", 7, "footer"), "other cases"),
        (_lose, "gap: the shards have 5 of 6"),
        (_again, "overlap"),
    ],
)
def test_what_does_not_belong_together_is_refused(change, message, parts, command, tmp_path):
    header = {"host": {"capabilities": {"registry": ""}}}

    def both(number, facts):
        facts["header"] = {**header, **facts["header"]}
        change(number, facts)

    code, _, err = command("merge", *parts(2, both), "-o", "merged.jsonl")

    assert code == 2
    assert message in err
    mistake(err)
    assert not list(tmp_path.glob("*merg*"))


def test_a_missing_shard_is_a_gap(parts, command, tmp_path):
    code, _, err = command("merge", *parts(3)[:2], "-o", "merged.jsonl")

    assert code == 2
    assert "shard 3/3 is missing" in err


def test_an_interrupted_shard_is_code_3(parts, command, tmp_path):
    paths = parts(2)
    paths[0].write_bytes(interrupt(paths[0].read_bytes()))

    code, _, err = command("merge", *paths, "-o", "merged.jsonl")

    assert code == 3
    assert "interrupted" in err


def test_a_shard_is_not_overwritten(parts, command, tmp_path):
    paths = parts(2)
    before = paths[0].read_bytes()

    assert command("merge", *paths, "-o", paths[0])[0] == 2
    assert paths[0].read_bytes() == before
    assert evidence_path(paths[0]).exists()


@pytest.mark.parametrize("shard", ["0/2", "3/2", "x"])
def test_a_mistaken_shard_is_one_line(shard, command):
    code, out, err = command("run", "--shard", shard)

    assert (code, out) == (2, "")
    assert "not a shard" in err
    mistake(err)
