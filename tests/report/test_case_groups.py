"""Cases of one failure are one group, whatever differs in their reasons only because they are different cases."""

import pytest
import reports
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.model.verdicts import Verdict
from conformance.report.matrix import build
from conformance.report.render.case_groups import group_cases


@pytest.mark.parametrize(
    ("first", "second", "amount"),
    [
        ("GET /v1.19/info: broken", "GET /v1.20/info: broken", 1),
        ("timed out after 9.99 s waiting", "timed out after 10 s waiting", 1),
        ("no such exec: 007eac4a589c11b6", "no such exec: 22de4dba6fc3252f", 1),
        ("got 500: x-f251607b-1", "got 500: x-b1c9ab32-1", 1),
        ("expected status 400, got 500", "expected status 400, got 404", 2),
        ("expected 5 MB, got 3", "expected 5 MB, got 4", 2),
    ],
)
def test_a_reason_is_the_same_but_for_version_time_and_ids(first, second, amount, tmp_path):
    results = [case(BOOLEANS, "1.19", Verdict.FAIL, first), case(BOOLEANS, "1.20", Verdict.FAIL, second)]
    report = reports.report(tmp_path / "r.jsonl", results)

    groups = group_cases(report, build(report, load()), load(), evidence=False)

    assert len(groups.deviations) == amount
