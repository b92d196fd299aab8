"""A broken daemon gives a verdict, never a hang: whole runs of the command line against scripted daemons."""

from __future__ import annotations

import threading
import time

import pytest
from hostile import daemon, vices
from hostile.running import Ran, command

from conformance.model.verdicts import Verdict
from conformance.report.file import Report, read_report

#: Each test is a run of the command line in a process of its own.
pytestmark = pytest.mark.slow

#: One second of patience: an exchange may take three of them, a run with two cases a few exchanges.
QUICK = ("--api", "1.21", "--patience", "1")
BOUND = 90.0
MEMORY = 300.0
SERVER_VERSION = "1.21/info-serverversion"
ARCHIVE = "1.20/archive-get-contents"
ATTACH = "1.17/attach-upgrade"
EVENTS = "general/events-stream"

NOT_PASSED = {Verdict.FAIL, Verdict.BLOCKED, Verdict.ERROR, Verdict.NOT_IMPLEMENTED}


def run(tmp_path, url, *changes, more=(), codes=(1, 3)) -> tuple[Ran, Report]:
    args = [word for change in changes for word in ("--change", change)]
    ran = command("run", "--host", url, *QUICK, *args, *more, folder=tmp_path, bound=BOUND)
    print(f"{ran.seconds:.1f} s, {ran.memory:.0f} MB, exit {ran.code}")  # noqa: T201  the figures, with pytest -rP
    assert "Traceback" not in ran.out + ran.err, ran.err
    assert "INTERNALERROR" not in ran.out + ran.err, ran.err
    assert "\x1b" not in ran.out + ran.err
    assert ran.memory < MEMORY, f"{ran.memory} MB"
    assert ran.code in codes, (ran.code, ran.err)
    report = read_report(tmp_path / "conformance-report.jsonl")
    report.finished()
    return ran, report


def verdicts(report: Report) -> dict[str, Verdict]:
    return {result.case.change: result.verdict for result in report.results}


@pytest.mark.parametrize("name", vices.HTTP)
def test_a_vice_in_one_answer_fails_its_case_and_no_other(name, tmp_path):
    with daemon.daemon(tmp_path / "s", vices.HTTP[name], r"^GET /v1\.21/info") as url:
        ran, report = run(tmp_path, url, SERVER_VERSION, "1.20/archive-head")

    seen = verdicts(report)
    assert seen[SERVER_VERSION] is Verdict.FAIL, report.results
    assert (
        seen["1.20/archive-head"] in NOT_PASSED
    )  # the tame daemon has no archive: what counts is that it was asked
    assert ran.code == 1


@pytest.mark.parametrize("name", vices.HTTP)
def test_a_vice_on_the_stage_blocks_the_case(name, tmp_path):
    with daemon.daemon(tmp_path / "s", vices.HTTP[name], r"^POST /v1\.21/containers/create") as url:
        _, report = run(tmp_path, url, SERVER_VERSION, ARCHIVE)

    assert verdicts(report) == {SERVER_VERSION: Verdict.PASS, ARCHIVE: Verdict.BLOCKED}


@pytest.mark.parametrize(
    "name", ["accepts and never answers", "10 GB of JSON", "closes at once", "401", "NaN"]
)
def test_a_vice_in_every_answer_after_the_start_lets_the_run_end(name, tmp_path):
    with daemon.daemon(tmp_path / "s", vices.HTTP[name], r"^[A-Z]+ /v1\.21/") as url:
        _, report = run(tmp_path, url, SERVER_VERSION, ARCHIVE, ATTACH)

    seen = verdicts(report)
    assert seen[SERVER_VERSION] is Verdict.FAIL
    assert seen[ARCHIVE] is Verdict.BLOCKED
    if name != "NaN":  # of that nothing but the status is read
        reasons = [result.reason for result in report.results if result.verdict is Verdict.BLOCKED]
        causes = [reason for reason in reasons if not reason.startswith("as in ")]
        assert len(causes) == 1
        assert "takes no test image" in causes[0]


@pytest.mark.parametrize("name", vices.EVENTS)
def test_a_vice_in_the_stream_of_events(name, tmp_path):
    with daemon.daemon(tmp_path / "s", vices.EVENTS[name], r"^GET /v1\.21/events") as url:
        _, report = run(tmp_path, url, EVENTS, SERVER_VERSION)

    assert verdicts(report) == {EVENTS: Verdict.FAIL, SERVER_VERSION: Verdict.PASS}, report.results


@pytest.mark.parametrize("name", vices.HIJACK)
def test_a_vice_in_a_hijacked_connection(name, tmp_path):
    met = []

    def vice(asked: daemon.Asked) -> None:
        met.append(asked)
        vices.HIJACK[name](asked)

    with daemon.daemon(tmp_path / "s", vice, r"^POST /v1\.21/containers/[^/]+/attach") as url:
        _, report = run(tmp_path, url, ATTACH, SERVER_VERSION)

    assert met
    seen = [result for result in report.results if result.case.change == ATTACH]
    # on the environment, too, something is attached to
    assert {result.verdict for result in seen} <= {Verdict.FAIL, Verdict.BLOCKED}, seen
    assert verdicts(report)[SERVER_VERSION] is Verdict.PASS


@pytest.mark.parametrize("name", [*vices.ARCHIVES, "endless archive"])
def test_a_vice_in_an_archive(name, tmp_path):
    headers = "Content-Type: application/x-tar"
    vice = (
        vices.say(daemon.response(vices.ARCHIVES[name], "200 OK", headers))
        if name in vices.ARCHIVES
        else vices.endless_archive
    )
    with daemon.daemon(tmp_path / "s", vice, r"^GET /v1\.21/containers/[^/]+/archive") as url:
        _, report = run(tmp_path, url, ARCHIVE, SERVER_VERSION, codes=(0, 1))

    # a link that leads out is an archive like any other, as nothing follows it
    expected = Verdict.PASS if "link" in name else Verdict.FAIL
    assert verdicts(report) == {ARCHIVE: expected, SERVER_VERSION: Verdict.PASS}, report.results
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "s") == [
        "conformance-report.evidence.jsonl", "conformance-report.html", "conformance-report.jsonl", "err", "out", "state",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["accepts and never answers", "one byte a second", "10 GB of JSON", "HTTP/2 preface", "401", "resets"],
)
def test_what_misbehaves_from_the_first_byte_is_unreachable(name, tmp_path):
    with daemon.daemon(tmp_path / "s", vices.HTTP[name], first_byte=True) as url:
        ran = command("run", "--host", url, *QUICK, folder=tmp_path, bound=BOUND)

    refused(ran)


@pytest.mark.parametrize("name", vices.WINDOWS)
def test_an_absurd_window_of_versions_is_refused(name, tmp_path):
    answer = daemon.document({**daemon.VERSION, **vices.WINDOWS[name]})
    with daemon.daemon(tmp_path / "s", vices.say(answer), r"^GET /version") as url:
        ran = command("run", "--host", url, *QUICK, folder=tmp_path, bound=BOUND)

    refused(ran)


def refused(ran: Ran) -> None:
    assert ran.code == 4, ran
    assert ran.err.count("\n") == 1
    assert len(ran.err) < 600
    assert "Traceback" not in ran.err
    assert ran.memory < MEMORY
    assert ran.seconds < 30


def test_an_identity_that_changes_between_requests_ends_the_run(tmp_path):
    answers = [daemon.document({**daemon.VERSION, "Version": f"1.9.{number}"}) for number in (1, 2)]
    asked = []

    def vice(request: daemon.Asked) -> None:
        asked.append(1)
        request.connection.sendall(answers[len(asked) % 2])

    with daemon.daemon(tmp_path / "s", vice, r"^GET (/v1\.21)?/version") as url:
        ran, report = run(tmp_path, url, SERVER_VERSION, ARCHIVE)

    assert ran.code == 3
    assert "the daemon's identity changed during the run: Version" in report.finished().died
    assert "the daemon's identity changed" in ran.out


def test_a_daemon_that_is_away_for_a_moment_ends_the_run_with_the_case(tmp_path):
    with daemon.daemon(tmp_path / "other", vices.silence) as _:
        gone = threading.Event()

        def leave(request: daemon.Asked) -> None:
            (tmp_path / "s").unlink()
            request.connection.close()
            gone.set()

        with daemon.daemon(tmp_path / "s", leave, r"^GET /v1\.21/info") as url:
            begun = time.monotonic()
            ran, report = run(tmp_path, url, SERVER_VERSION, "1.21/info-cpushares-cpuset")

    assert gone.is_set()
    assert time.monotonic() - begun < BOUND
    assert ran.code == 3
    footer = report.finished()
    assert "stopped answering" in footer.died
    (key,) = footer.running
    assert key.startswith(f"{SERVER_VERSION}::test_")
    assert Verdict.NOT_RUN in {result.verdict for result in report.results}
    (name,) = {result.case.test for result in report.results if result.case.change == SERVER_VERSION}
    assert f"-k 'not {name}' leaves out what ran when the daemon was gone" in ran.err


def test_the_time_of_a_run_is_bounded(tmp_path):
    changes = ("1.21/info-cpushares-cpuset", "1.18/info-systemtime", "1.16/info-ncpu")
    with daemon.daemon(tmp_path / "s", vices.silence, r"^GET /v1\.21/info") as url:
        ran, report = run(tmp_path, url, *changes, more=("--time-limit", "3"))

    late = [result for result in report.results if result.verdict is Verdict.NOT_RUN]
    assert late
    assert all("--time-limit" in result.reason for result in late)
    assert ran.code == 1  # what was seen to fail stays true
