"""Checks marked @early: their bodies run beside each other, and their outcome is that of their turn."""

import threading
from unittest.mock import Mock

import pytest
from hostile import daemon
from hostile.running import command

from conformance.model.verdicts import Verdict
from conformance.report.file import read_report
from conformance.runner.early import EarlyChecks, first_share

NETWORK, VOLUME = "1.21/networks-create-no-driver", "1.21/volumes-create-no-driver"


def run(tmp_path, answer):
    """The results of both checks by change, and the requests to create or to remove; `answer` takes a create request."""
    seen = []

    def vice(asked):
        seen.append(f"{asked.method} {asked.path.partition('?')[0].removeprefix('/v1.21')}")
        if asked.method == "POST":
            answer(asked)
        else:
            asked.connection.sendall(daemon.document({"message": "no such object"}, "404 Not Found"))

    with daemon.daemon(tmp_path / "s", vice, r"/(networks|volumes)/\w") as url:
        selection = ("--change", NETWORK, "--change", VOLUME)
        command("run", "--host", url, "--api", "1.21", *selection, folder=tmp_path)
    report = read_report(tmp_path / "conformance-report.jsonl")
    return {result.case.change: result for result in report.results}, seen


def refuse(asked):
    asked.connection.sendall(daemon.document({"message": "no such driver"}, "404 Not Found"))


@pytest.mark.slow
def test_bodies_run_at_the_same_time(tmp_path):
    both = threading.Barrier(2, timeout=20)

    def answer(asked):
        both.wait()
        refuse(asked)

    results, _ = run(tmp_path, answer)

    assert {result.verdict for result in results.values()} == {Verdict.PASS}


@pytest.mark.slow
def test_a_body_that_fails_is_a_failed_check_with_its_evidence(tmp_path):
    def answer(asked):
        if "/networks/" in asked.path:
            asked.connection.sendall(daemon.document({"Id": daemon.ID}, "201 Created"))
        else:
            refuse(asked)

    results, seen = run(tmp_path, answer)

    assert results[VOLUME].verdict is Verdict.PASS
    failed = results[NETWORK]
    assert (failed.verdict, failed.reason) == (Verdict.FAIL, "expected status 404, got 201")
    assert failed.evidence
    created = seen.index("POST /networks/create")
    assert any(row.startswith("DELETE /networks/") for row in seen[created:]), "the network was not removed"


def test_fixtures_of_other_checks_are_refused():
    item = Mock(spec=pytest.Function, nodeid="test_x.py::test_x", callspec=Mock(params={"value": 1}))
    item._fixtureinfo = Mock(argnames=("api", "env", "value", "registry"))
    session = Mock(items=[item])

    with pytest.raises(
        pytest.UsageError, match=r"test_x: @early takes api, env and parameters, not \['registry'\]"
    ):
        EarlyChecks(Mock()).pytest_collection_finish(session)


@pytest.mark.parametrize(("workers", "place", "share"), [(1, 0, 5), (2, 0, 3), (2, 3, 2), (5, 2, 1)])
def test_a_worker_starts_those_among_its_equal_share_of_the_cases(workers, place, share):
    session = Mock()
    session.items = [
        Mock(session=session, config=Mock(workerinput={"workercount": workers})) for _ in range(5)
    ]

    assert first_share(session.items[place]) == session.items[place : place + share]
