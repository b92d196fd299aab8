"""What results add up to: cells, totals, standings of versions and profiles, the exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
import reports
from reports import BOOLEANS, case

from conformance.catalogue import Catalogue, load
from conformance.model.cases import Side
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.file import Footer, Header, Report
from conformance.report.matrix import Matrix, build
from conformance.report.outcome import USUAL, Standing, Strictness


def exit_code(results, footer, header=None):
    report = Report(header=header or Header(), results=results, footer=footer, path=Path())
    return build(report, load()).outcome.code


INFORMATIVE = "1.20/archive-errors-json"
CONTESTED = "1.20/archive-put-no-overwrite"
OPTIONAL = "1.21/networks-create-check-duplicate"


@pytest.fixture
def arranged(tmp_path):
    def arrange(
        results, *, catalogue: Catalogue | None = None, strictness: Strictness = USUAL, **options
    ) -> Matrix:
        report = reports.report(tmp_path / "r.jsonl", results, **options)
        return build(report, catalogue or load(), strictness)

    return arrange


def small(*changes: str) -> Catalogue:
    whole = load()
    return Catalogue([whole[name] for name in changes], whole.documents, whole.profiles, whole.needs)


def test_a_cell_has_the_worst_verdict_of_its_cases(arranged):
    matrix = arranged(
        [
            case(BOOLEANS, "1.19", parameters="Debug"),
            case(BOOLEANS, "1.19", Verdict.FAIL, parameters="SwapLimit"),
        ]
    )

    cell = matrix.rows[0].cells[ApiVersion(1, 19)]

    assert cell.verdict is Verdict.FAIL
    assert cell.totals == {Verdict.PASS: 1, Verdict.FAIL: 1}


def test_rows_follow_the_catalogue_and_strange_changes_come_last(arranged):
    matrix = arranged(
        [case("1.99/not-known", "1.19"), case("1.21/volumes-list", "1.21"), case(BOOLEANS, "1.19")]
    )

    assert [row.id for row in matrix.rows] == [BOOLEANS, "1.21/volumes-list", "1.99/not-known"]
    assert matrix.rows[-1].change is None


def test_versions_are_ordered_by_number(arranged):
    matrix = arranged([case(BOOLEANS, version) for version in ("1.100", "1.19", "1.41")])

    assert [str(version) for version in matrix.versions] == ["1.19", "1.41", "1.100"]


def test_legacy_cells_are_apart_and_do_not_count(arranged):
    matrix = arranged([case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE), case(BOOLEANS, "1.19")])

    assert list(matrix.rows[0].cells) == [ApiVersion(1, 19)]
    assert list(matrix.rows[0].legacy) == [ApiVersion(1, 18)]
    assert matrix.totals == {Verdict.PASS: 1}
    assert matrix.legacy == {Verdict.FAIL: 1}
    assert matrix.outcome.code == 0


def test_strict_legacy_counts_legacy_cells(arranged):
    results = [case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE), case(BOOLEANS, "1.19")]

    asked_now = arranged(results, strictness=Strictness(legacy=True))
    asked_by_the_run = arranged(results, header={"strict_legacy": True})

    for matrix in (asked_now, asked_by_the_run):
        assert matrix.totals == {Verdict.PASS: 1, Verdict.FAIL: 1}
        assert matrix.legacy == {}
        assert matrix.outcome.code == 1


def test_cases_above_a_window_count(arranged):
    assert arranged([case(BOOLEANS, "1.30", Verdict.FAIL, side=Side.AFTER)]).outcome.code == 1


def test_an_informative_change_does_not_count(arranged):
    matrix = arranged([case(INFORMATIVE, "1.20", Verdict.FAIL), case(BOOLEANS, "1.20")])

    assert matrix.aside == {Verdict.FAIL: 1}
    assert matrix.outcome.code == 0


@pytest.mark.parametrize(("verdict", "code"), [(Verdict.NOT_IMPLEMENTED, 0), (Verdict.FAIL, 1)])
def test_an_optional_change_may_be_absent_but_not_wrong(arranged, verdict, code):
    assert arranged([case(OPTIONAL, "1.21", verdict), case(BOOLEANS, "1.21")]).outcome.code == code


def test_a_contested_deviation_is_set_apart_and_does_not_count(arranged):
    matrix = arranged([case(CONTESTED, "1.20", Verdict.FAIL), case(BOOLEANS, "1.20")])

    assert matrix.contested == {Verdict.FAIL: 1}
    assert matrix.totals == {Verdict.PASS: 1}
    assert matrix.summaries[0].contested == {Verdict.FAIL: 1}
    assert matrix.summaries[0].standing is Standing.CONFORMANT
    assert matrix.outcome.code == 0
    assert "contested" in matrix.outcome.why
    assert matrix.rows[1].cells[ApiVersion(1, 20)].verdict is Verdict.FAIL


def test_strict_counts_contested_deviations(arranged):
    results = [case(CONTESTED, "1.20", Verdict.FAIL), case(BOOLEANS, "1.20")]

    asked_now = arranged(results, strictness=Strictness(contested=True))
    asked_by_the_run = arranged(results, header={"strict_contested": True})

    for matrix in (asked_now, asked_by_the_run):
        assert matrix.totals == {Verdict.PASS: 1, Verdict.FAIL: 1}
        assert matrix.contested == {}
        assert matrix.outcome.code == 1


@pytest.mark.parametrize(
    ("verdict", "side", "code"),
    [
        (Verdict.NOT_IMPLEMENTED, Side.SINCE, 0),
        (Verdict.FAIL, Side.ALWAYS, 0),
        (Verdict.PASS, Side.SINCE, 0),
        (Verdict.FAIL, Side.AFTER, 1),  # what holds above the window is another sentence
        (Verdict.BLOCKED, Side.SINCE, 3),
    ],
)
def test_only_a_deviation_from_the_contested_sentence_itself_is_excused(arranged, verdict, side, code):
    matrix = arranged([case(CONTESTED, "1.24", verdict, side=side), case(BOOLEANS, "1.24")])

    assert matrix.outcome.code == code


def test_a_run_of_contested_deviations_alone_is_inconclusive(arranged):
    outcome = arranged([case(CONTESTED, "1.20", Verdict.FAIL)]).outcome

    assert outcome.code == 3
    assert "--strict" in outcome.why


def test_an_error_counts_wherever_it_is(arranged):
    matrix = arranged([case(BOOLEANS, "1.18", Verdict.ERROR, side=Side.BEFORE), case(BOOLEANS, "1.19")])

    assert matrix.outcome.code == 3


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 3),
        ([Verdict.PASS], 0),
        ([Verdict.PASS, Verdict.UNSERVED], 0),
        ([Verdict.PASS, Verdict.UNAVAILABLE], 0),
        ([Verdict.UNAVAILABLE], 3),
        ([Verdict.UNSERVED], 3),
        ([Verdict.UNSERVED, Verdict.UNAVAILABLE], 3),
        ([Verdict.PASS, Verdict.BLOCKED], 3),
        ([Verdict.PASS, Verdict.ERROR], 3),
        ([Verdict.PASS, Verdict.NOT_RUN], 3),
        ([Verdict.PASS, Verdict.FAIL], 1),
        ([Verdict.PASS, Verdict.NOT_IMPLEMENTED], 1),
        ([Verdict.ERROR, Verdict.BLOCKED, Verdict.FAIL], 1),
    ],
)
def test_exit_code(arranged, verdicts, code):
    results = [
        case(BOOLEANS, "1.19", verdict, parameters=str(number)) for number, verdict in enumerate(verdicts)
    ]

    outcome = arranged(results).outcome

    assert outcome.code == code
    assert outcome.why


def test_only_a_run_with_a_pass_and_nothing_unclear_may_be_0():
    header = Header(versions=[ApiVersion(1, 19)])
    for first in Verdict:
        for second in Verdict:
            results = [
                case(BOOLEANS, "1.19", verdict, parameters=str(verdict)) for verdict in {first, second}
            ]
            allowed = Verdict.PASS in (first, second) and {first, second} <= {
                Verdict.PASS,
                Verdict.UNSERVED,
                Verdict.UNAVAILABLE,
            }

            assert (exit_code(results, Footer(), header) == 0) is allowed, (first, second)


def test_the_sentence_names_what_was_unavailable(arranged):
    matrix = arranged([case(BOOLEANS, "1.19"), case("1.19/logs-since", "1.19", Verdict.UNAVAILABLE)])

    assert "1 case could not run" in matrix.outcome.why


def test_a_version_in_which_nothing_was_covered_is_not_conformant_by_silence(arranged):
    matrix = arranged([case(BOOLEANS, "1.19"), case(BOOLEANS, "1.20", Verdict.UNAVAILABLE)])

    assert matrix.outcome.code == 3
    assert "1.20" in matrix.outcome.why
    assert [summary.standing for summary in matrix.summaries] == [Standing.CONFORMANT, Standing.UNKNOWN]


def test_an_unserved_version_is_shown_and_counts_for_nothing(arranged):
    matrix = arranged([case(BOOLEANS, "1.19", Verdict.UNSERVED), case(BOOLEANS, "1.24")])

    assert [summary.standing for summary in matrix.summaries] == [Standing.UNSERVED, Standing.CONFORMANT]
    assert matrix.outcome.code == 0


def test_a_version_with_legacy_cases_alone_was_not_asked(arranged):
    matrix = arranged([case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE), case(BOOLEANS, "1.19")])

    assert [summary.standing for summary in matrix.summaries] == [Standing.UNASKED, Standing.CONFORMANT]


def test_only_legacy_cases_is_nothing_to_conclude_from(arranged):
    outcome = arranged([case(BOOLEANS, "1.18", side=Side.BEFORE)]).outcome

    assert outcome.code == 3
    assert "--strict-legacy" in outcome.why


def test_an_interrupted_run_is_not_judged_even_where_it_failed(arranged):
    matrix = arranged([case(BOOLEANS, "1.19", Verdict.FAIL)], interrupted=True)

    assert matrix.outcome.code == 3
    assert matrix.summaries[0].standing is Standing.UNKNOWN
    assert {profile.standing for profile in matrix.profiles} == {Standing.UNKNOWN}


def test_an_incomplete_run_tells_why(arranged):
    matrix = arranged(
        [case(BOOLEANS, "1.19")], footer=Footer(complete=False, why_incomplete="the worker died")
    )

    assert matrix.outcome == (3, "the run is incomplete: the worker died")
    assert matrix.summaries[0].standing is Standing.UNKNOWN


def test_something_left_behind_is_never_0(arranged):
    assert arranged([case(BOOLEANS, "1.19")], footer=Footer(leaks=["volume x"])).outcome.code == 3
    assert exit_code([case(BOOLEANS, "1.19")], Footer(leaks=["volume x"])) == 3
    assert exit_code([case(BOOLEANS, "1.19", Verdict.FAIL)], Footer(leaks=["volume x"])) == 1


@pytest.mark.parametrize(
    ("verdict", "standing"),
    [
        (Verdict.PASS, Standing.CONFORMANT),
        (Verdict.FAIL, Standing.NOT_CONFORMANT),
        (Verdict.NOT_IMPLEMENTED, Standing.NOT_CONFORMANT),
        (Verdict.UNAVAILABLE, Standing.INCOMPLETE),
        (Verdict.NOT_RUN, Standing.INCOMPLETE),
        (Verdict.BLOCKED, Standing.UNKNOWN),
        (Verdict.ERROR, Standing.UNKNOWN),
    ],
)
def test_standing_of_a_profile(arranged, verdict, standing):
    results = [case(BOOLEANS, "1.19"), case(BOOLEANS, "1.19", verdict, parameters="other")]

    matrix = arranged(results, catalogue=small(BOOLEANS), header={"selection": {"profile": ["system"]}})

    assert [(profile.name, profile.standing) for profile in matrix.profiles] == [("system", standing)]
    assert (matrix.outcome.code == 0) is (standing is Standing.CONFORMANT)


def test_a_profile_with_a_change_that_was_not_asked_is_incomplete(arranged):
    matrix = arranged(
        [case(BOOLEANS, "1.19")],
        catalogue=small(BOOLEANS, "1.19/version-mismatch"),
        header={"selection": {"profile": ["system"]}},
    )

    assert matrix.profiles[0].standing is Standing.INCOMPLETE
    assert matrix.profiles[0].unasked == ["1.19/version-mismatch"]
    assert matrix.outcome.code == 3


def test_untestable_and_unasked_changes_differ(arranged):
    untestable = "general/release-decides-newest-version"

    matrix = arranged(
        [case(BOOLEANS, "1.19")],
        catalogue=small(BOOLEANS, untestable, "1.19/logs-since", "1.21/volumes-list"),
    )

    assert [change.id for change in matrix.untestable] == [untestable]
    assert [change.id for change in matrix.unasked] == [
        "1.19/logs-since"
    ]  # 1.21 lies outside the versions asked
    assert not matrix.narrowed


def test_a_selection_is_known_as_such(arranged):
    assert arranged([case(BOOLEANS, "1.19")], header={"selection": {"change": [BOOLEANS]}}).narrowed
    assert not arranged([case(BOOLEANS, "1.19")], header={"selection": {"api": "1.19"}}).narrowed


def test_a_version_that_was_not_asked_since_it_is_not_served_says_so(arranged):
    matrix = arranged([case(BOOLEANS, "1.24")], header={"versions": ["1.24", "1.50"]})

    assert [summary.standing for summary in matrix.summaries] == [Standing.CONFORMANT, Standing.UNSERVED]
    assert matrix.outcome.code == 0


@pytest.mark.parametrize(
    ("policy", "standing"), [("edges", Standing.PART), ("every-version", Standing.CONFORMANT)]
)
def test_a_quick_run_does_not_say_that_a_profile_is_conformant(policy, standing, tmp_path):
    results = [case(change.id, "1.41") for change in load().in_profile("build") if not change.untestable]

    built = build(reports.report(tmp_path / "r.jsonl", results, header={"policy": policy}), load())

    assert {row.name: row.standing for row in built.profiles}["build"] is standing
