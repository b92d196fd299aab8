"""Why cases are blocked: each failure once, wherever it was met and by whatever name."""

from reports import BOOLEANS, case

from conformance.model.verdicts import Verdict
from conformance.report.causes import find_causes, generalize

START = "POST /v1.{}/containers/dockerconf-0123abcd-{}-89abcdef/start was refused with 500: no such driver"


def blocked(version, reason, fixture="idle", first=""):
    return case(BOOLEANS, version, Verdict.BLOCKED, reason, fixture=fixture, first=first)


def test_a_failure_is_one_cause_in_every_version_and_for_every_object():
    first = blocked("1.19", START.format(41, "idle"))
    results = [
        blocked("1.20", "as in that case", first=first.case.key),
        first,
        blocked("1.21", START.format(21, "link"), fixture="linked"),
        case(BOOLEANS, "1.22"),
        blocked("1.23", "failed to read the logs", fixture=""),
    ]

    most, other = find_causes(results)

    assert most.reason == "POST /containers/(name)/start was refused with 500: no such driver"
    assert most.fixtures == ["idle", "linked"]
    assert len(most.results) == 3
    assert most.first is first
    assert (other.reason, other.fixtures) == ("failed to read the logs", [])


def test_a_case_that_refers_to_one_which_the_report_lacks_has_its_own_reason():
    (cause,) = find_causes([blocked("1.19", "as in x::y@1.14", first="x::y@1.14")])

    assert cause.reason == "as in x::y@1.14"


def test_names_versions_and_ids_do_not_make_another_cause():
    message = f"POST /v1.51/exec/{'ab' * 32}/start and image sha256:{'01' * 32} and dockerconf-0123abcd-89abcdef:latest"

    assert generalize(message) == "POST /exec/(id)/start and image (id) and (name)"
    assert generalize("expected 404, got 500 after 12.5 s") == "expected 404, got 500 after 12.5 s"
