"""What becomes of a mutant."""

import pytest

from conformance.catalogue import Mutant, load
from conformance.model.cases import Case, Side
from conformance.model.verdicts import Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.mutation import emulators
from conformance.mutation.faults.registry import build_rule
from conformance.mutation.protocol import CaseRun, JobResult
from conformance.mutation.result import MutantResult, MutantStatus, get_exit_code


def result(verdict):
    case = Case(change="1.19/info-booleans", test="test_x", side=Side.SINCE, version=ApiVersion(1, 21))
    return Result(case=case, verdict=verdict)


def mutant_result(baseline=(), runs=(), *, reached=0, repairs=False, errors=(), has_check=True):
    return MutantResult(
        change="1.19/info-booleans",
        mutant=Mutant(name="m", fault="gone", repairs=repairs),
        baseline=[result(verdict) for verdict in baseline],
        job=JobResult(
            runs=[CaseRun(result=result(verdict)) for verdict in runs], reached=reached, errors=list(errors)
        ),
        has_check=has_check,
    )


PASS, FAIL, BLOCKED = Verdict.PASS, Verdict.FAIL, Verdict.BLOCKED
UNSERVED, UNAVAILABLE = Verdict.UNSERVED, Verdict.UNAVAILABLE


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (mutant_result([PASS], [FAIL], reached=1), MutantStatus.KILLED),
        (mutant_result([PASS], [Verdict.NOT_IMPLEMENTED], reached=1), MutantStatus.KILLED),
        (mutant_result([PASS], [PASS], reached=1), MutantStatus.SURVIVED),
        (mutant_result([PASS], [PASS, BLOCKED], reached=1), MutantStatus.UNSURE),
        (mutant_result([PASS], [PASS]), MutantStatus.UNREACHED),
        (mutant_result([PASS], [FAIL]), MutantStatus.BROKEN),
        (mutant_result([PASS], [FAIL], reached=1, errors=["x"]), MutantStatus.BROKEN),
        (mutant_result([FAIL]), MutantStatus.UNTRIED),
        (mutant_result([UNAVAILABLE, FAIL]), MutantStatus.UNTRIED),
        (mutant_result([UNAVAILABLE, UNSERVED]), MutantStatus.UNAVAILABLE),
        (mutant_result([UNSERVED]), MutantStatus.IDLE),
        (mutant_result(), MutantStatus.IDLE),
        (mutant_result(has_check=False), MutantStatus.UNTRIED),
        (mutant_result([FAIL], [PASS], reached=1, repairs=True), MutantStatus.KILLED),
        (mutant_result([FAIL], [FAIL], reached=1, repairs=True), MutantStatus.SURVIVED),
        (mutant_result([PASS], repairs=True), MutantStatus.IDLE),
        (mutant_result([UNSERVED], [UNAVAILABLE], reached=1, repairs=True), MutantStatus.UNAVAILABLE),
        (mutant_result([PASS], [UNAVAILABLE], reached=1), MutantStatus.UNSURE),
    ],
)
def test_the_status_of_a_mutant(made, status):
    assert made.status is status
    assert made.reason or status is MutantStatus.KILLED


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([MutantStatus.KILLED], 0),
        ([MutantStatus.KILLED, MutantStatus.IDLE, MutantStatus.UNAVAILABLE], 0),
        ([MutantStatus.KILLED, MutantStatus.UNTRIED], 3),
        ([MutantStatus.KILLED, MutantStatus.UNREACHED, MutantStatus.SURVIVED], 1),
        ([MutantStatus.KILLED, MutantStatus.UNSURE], 3),
        ([MutantStatus.KILLED, MutantStatus.BROKEN], 3),
        ([MutantStatus.IDLE], 3),
        ([MutantStatus.UNAVAILABLE], 3),
    ],
)
def test_an_untested_mutant_is_not_a_success(statuses, code):
    made = {
        MutantStatus.KILLED: mutant_result([PASS], [FAIL], reached=1),
        MutantStatus.SURVIVED: mutant_result([PASS], [PASS], reached=1),
        MutantStatus.UNSURE: mutant_result([PASS], [BLOCKED], reached=1),
        MutantStatus.UNREACHED: mutant_result([PASS], [PASS]),
        MutantStatus.UNTRIED: mutant_result([FAIL]),
        MutantStatus.IDLE: mutant_result(),
        MutantStatus.UNAVAILABLE: mutant_result([UNAVAILABLE]),
        MutantStatus.BROKEN: mutant_result([PASS], [FAIL]),
    }

    assert get_exit_code([made[status] for status in statuses], []) == code


def test_a_leak_is_not_a_success():
    assert get_exit_code([mutant_result([PASS], [FAIL], reached=1)], ["volume x"]) == 3


def test_a_mutant_is_shown_with_the_one_that_it_was_tested_on_top_of():
    made = mutant_result([FAIL], [FAIL], reached=1)
    made.on_top_of = "as-documented"

    assert made.status is MutantStatus.KILLED
    assert made.reason.endswith("on top of as-documented")


def test_every_emulated_engine_repairs_a_statement():
    used = {
        mutant.args["emulator"]
        for change in load().changes.values()
        for mutant in change.mutants
        if mutant.fault == "emulate" and mutant.repairs
    }

    assert used == emulators.NAMES


def test_a_fault_may_be_limited_to_a_query():
    change = load()["1.14/pull-with-two-tags-is-an-error"]
    rule = build_rule(change, next(mutant for mutant in change.mutants if mutant.query))

    assert rule.fits("POST", "/v1.21/images/create?fromImage=localhost%3A5000%2Fa%3A1&tag=2")
    assert not rule.fits("POST", "/v1.21/images/create?fromImage=localhost%3A5000%2Fa%3A1")
    assert not rule.fits("POST", "/v1.21/images/create?fromImage=a&tag=2")
