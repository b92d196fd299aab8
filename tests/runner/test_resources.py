"""What a run takes, and that it gives it back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
import time

import pytest
import reports
from hostile import daemon
from hostile.running import Live, command, environment, most_memory
from mistakes import mistake
from needs import DOCKERD
from reports import case

from conformance.cli import main as cli
from conformance.engine.private.daemon import PrivateDaemon
from conformance.model.verdicts import Verdict
from conformance.report.evidence import CaseRecord, read_evidence
from conformance.report.file import Header, read_report
from conformance.report.recorder import Recorder

#: A run in this very process, and what is open and running before and after it.
IN_ONE_PROCESS = textwrap.dedent(
    """
    import json, os, sys, threading
    from conformance.cli import main as cli

    def open_now():
        return sorted(os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}"))

    code = cli.main(sys.argv[1:])  # the first loads modules and opens what stays open
    before = len(open_now()), threading.active_count()
    again = cli.main(sys.argv[1:])
    after = len(open_now()), threading.active_count()
    children = open(f"/proc/self/task/{os.getpid()}/children").read().split()
    json.dump([code, again, before, after, children, open_now(), [t.name for t in threading.enumerate()]], open("seen.json", "w"))
    """
)


@pytest.mark.engine
@DOCKERD
@pytest.mark.parametrize("private", [True, False], ids=["private", "foreign"])
def test_nothing_is_left_open_or_running_after_a_run_in_one_process(private, tmp_path):
    args = ["run", "--api", "1.20,1.21"]
    for change in (
        "1.21/info-serverversion",
        "1.15/exec-start",
        "general/events-stream",
        "1.17/stats-stream",
        "1.17/attach-upgrade",
    ):
        args += ["--change", change]

    def run(*target):
        (tmp_path / "two.py").write_text(IN_ONE_PROCESS)
        subprocess.run(
            [sys.executable, "two.py", *args, *target],
            cwd=tmp_path,
            env=environment(tmp_path),
            timeout=300,
            check=True,
            capture_output=True,
        )
        return json.loads((tmp_path / "seen.json").read_text())

    if private:
        seen = run("--dockerd", shutil.which("dockerd"))
    else:
        with PrivateDaemon() as engine:
            seen = run("--host", engine.endpoint.url)

    code, again, before, after, children, handles, threads = seen
    assert (code, again) == (0, 0), (tmp_path / "conformance-report.jsonl").read_text()[-2000:]
    assert before == after, (handles, threads)
    assert threads == ["MainThread"]
    assert children == []


@pytest.mark.engine
@pytest.mark.nightly
@DOCKERD
def test_a_full_run_stays_below_200_mb_a_process(tmp_path):
    most: dict[int, float] = {}
    with Live("--dockerd", shutil.which("dockerd"), "-n", "2", folder=tmp_path) as live:
        while live.process.poll() is None:
            ours = [pid for pid, program in live.descendants().items() if program.startswith("python")]
            for pid in (live.process.pid, *ours):
                most[pid] = max(most.get(pid, 0.0), most_memory(pid))
            time.sleep(0.5)
    evidence = live.report.with_name("report.evidence.jsonl").stat().st_size / 1e6
    print(f"{[round(value) for value in most.values()]} MB, evidence {evidence:.0f} MB")  # noqa: T201  the figures, with pytest -rP

    assert read_report(live.report).finished().complete
    assert most
    assert max(most.values()) < 200


def record(recorder: Recorder, number: int, verdict: Verdict) -> None:
    result = case("1.19/info-booleans", "1.19", verdict, "why", parameters=str(number))
    recorder.expect([result.case])
    evidence = reports.evidence_of(result, reports.exchange(text="x" * 1000), detail="d")
    recorder.record(CaseRecord(result, evidence))


def test_evidence_stops_at_its_limit_and_failures_have_half_of_it_for_themselves(tmp_path):
    recorder = Recorder(tmp_path / "r.jsonl", Header(), evidence_limit=100_000)
    for number in range(200):
        record(recorder, number, Verdict.PASS)
    for number in range(200, 220):
        record(recorder, number, Verdict.FAIL)
    recorder.finish(lambda report: 1)

    report = read_report(tmp_path / "r.jsonl")
    kept = {evidence.key for evidence in read_evidence(report.path)}
    assert (tmp_path / "r.evidence.jsonl").stat().st_size <= 100_000
    assert {result.case.key for result in report.results if result.evidence} == kept
    assert len(report.results) == 220
    assert all(result.evidence for result in report.results if result.verdict is Verdict.FAIL)
    assert 10 < len(kept) < 100


@pytest.mark.slow
def test_the_limit_of_evidence_is_an_option(tmp_path):
    with daemon.daemon(tmp_path / "s", lambda asked: None, "^never") as url:
        ran = command(
            "run",
            "--host",
            url,
            "--change",
            "1.21/info-serverversion",
            "--evidence-limit",
            "0.001",
            folder=tmp_path,
        )

    assert ran.code == 0, ran
    assert (tmp_path / "conformance-report.evidence.jsonl").read_bytes() == b""
    assert not any(result.evidence for result in read_report(tmp_path / "conformance-report.jsonl").results)


@pytest.mark.parametrize("option", ["--patience", "--time-limit", "--evidence-limit"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "nan", "inf", "1e9", ""])
def test_a_bound_that_is_none_is_refused(option, value, capsys):
    assert cli.main(["run", "--host", "unix:///none", option, value]) == 2
    mistake(capsys.readouterr().err)
