"""Which control a survey names as the cause of a changed verdict."""

from types import SimpleNamespace

import pytest

from conformance.model.cases import Case, Side
from conformance.model.verdicts import Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.mutation.protocol import CaseRun, JobResult
from conformance.mutation.survey import Survey

CASE = Case(change="1.19/info-booleans", test="test_x", side=Side.SINCE, version=ApiVersion(1, 21))


class Pool:
    """A pool of one worker, on which the case passes where `passes` says so of the controls that are applied.

    `passes` gets the names of the controls and how often they were applied before.
    """

    def __init__(self, passes):
        self.cases = [CASE]
        self.jobs = []
        self._passes = passes

    def run_all(self, groups):
        for group in groups:
            for task in group:
                task(SimpleNamespace(run=self._run))

    def _run(self, job):
        before = sum(other == job.controls for other in self.jobs)
        self.jobs.append(job.controls)
        verdict = Verdict.PASS if self._passes(job.controls, before) else Verdict.FAIL
        return JobResult(runs=[CaseRun(result=Result(case=CASE, verdict=verdict))], reached=1)


@pytest.mark.parametrize(
    ("passes", "found"),
    [
        (lambda controls, before: True, []),
        (lambda controls, before: False, []),
        (lambda controls, before: "b" not in controls, [("b", True)]),
        (lambda controls, before: len(controls) < 2, [("a with 1 other", True)]),
        (lambda controls, before: len(controls) < 2 or before > 0, [("a with 1 other", False)]),
        (lambda controls, before: "c" not in controls, [("c", True)]),
    ],
    ids=["nothing", "the daemon itself", "one of a group", "the group", "chance", "a group of one"],
)
def test_the_cause_of_a_changed_verdict(passes, found):
    survey = Survey(Pool(passes), lambda _: None)

    differences = survey.run_controls([CASE.key], [["a", "b"], ["c"]])

    assert [(row.cause, row.steady) for row in differences] == found


def test_a_case_that_passes_under_a_group_is_run_once_for_it():
    pool = Pool(lambda controls, before: True)

    Survey(pool, lambda _: None).run_controls([CASE.key], [["a", "b"], ["c"]])

    assert pool.jobs == [["a", "b"], ["c"]]
