"""A real daemon with one fault: what violates a statement fails that one, and neither breaks nor blocks the checks around it."""

from __future__ import annotations

import pytest
from few_cases import run
from needs import DOCKERD

from conformance.catalogue import Mutant
from conformance.engine.private.daemon import PrivateDaemon
from conformance.model.verdicts import Verdict
from conformance.mutation.faults.registry import build_fault
from conformance.mutation.proxy.rule import Rule, compile_path
from conformance.mutation.proxy.server import Proxy
from conformance.report.causes import find_causes

pytestmark = [pytest.mark.engine, DOCKERD]

LOGS = "/containers/(id)/logs"
SINCE = ["1.19/logs-since", "1.19/logs-since-refused", "1.19/logs-since-zero"]


@pytest.fixture(scope="module")
def daemon():
    with PrivateDaemon() as running:
        yield running


def ask(daemon, folder, fault, arguments, route, changes):
    """Ask `changes` of the daemon with a fault in front of one route; returns what ran and the report."""
    mutant = Mutant(name="fault", fault=fault, args=arguments)
    with Proxy(daemon.endpoint) as proxy:
        proxy.set_rule(Rule(build_fault(mutant), ((route[0], compile_path(route[1])),)))
        return run(proxy.endpoint, folder, "1.21", changes)


def changes_with(report, verdict):
    return {result.case.change for result in report.results if result.verdict is verdict}


@pytest.mark.parametrize(
    ("fault", "arguments", "route", "changes", "failing"),
    [
        (
            "swallow",
            {"query": "timestamps"},
            ("GET", LOGS),
            [*SINCE, "reference/logs-timestamps", "reference/logs-since-stream"],
            {"reference/logs-timestamps"},
        ),
        (
            "frames",
            {"do": "truncate"},
            ("GET", LOGS),
            [*SINCE, "general/attach-logs", "general/attach-chosen-streams", "reference/logs-streams"],
            {"reference/logs-streams"},
        ),
        (
            "swallow",
            {"query": "filters"},
            ("GET", "/events"),
            ["1.14/force-removal-kills-at-once", "1.16/events-filters"],
            {"1.16/events-filters"},
        ),
        (
            "status",
            {"to": 500},
            ("DELETE", "/containers/(id)"),
            ["1.14/remove-unknown-container", "1.15/exec-start", "1.17/rename"],
            {"1.14/remove-unknown-container"},
        ),
    ],
    ids=["no timestamps", "no line feeds", "no filters of events", "removals answer 500"],
)
def test_a_fault_fails_what_it_violates_and_nothing_else(
    fault, arguments, route, changes, failing, daemon, tmp_path
):
    ran, report = ask(daemon, tmp_path, fault, arguments, route, changes)

    assert ran.code == 1, ran
    assert changes_with(report, Verdict.FAIL) == failing
    assert changes_with(report, Verdict.ERROR) == set()
    assert changes_with(report, Verdict.BLOCKED) == set()
    assert report.finished().leaks == []


def test_an_exec_without_an_id_fails_its_own_check_and_is_the_one_cause_of_the_others(daemon, tmp_path):
    changes = ["1.15/exec-create", "1.15/exec-start", "1.16/exec-inspect", "1.19/exec-user"]

    ran, report = ask(daemon, tmp_path, "drop", {"member": "Id"}, ("POST", "/containers/(id)/exec"), changes)

    (cause,) = find_causes(report.results)
    assert ran.code == 1, ran
    assert "1.15/exec-create" in changes_with(report, Verdict.FAIL)
    assert "1.15/exec-create" not in changes_with(report, Verdict.BLOCKED)
    assert changes_with(report, Verdict.ERROR) == set()
    assert cause.reason == "POST /containers/(id)/exec: Id: expected str, got {}"
