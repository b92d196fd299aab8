"""The daemon dies while it is asked: it is noticed at once, and no verdict is given for what was not seen."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from hostile.running import Live
from needs import DOCKERD

from conformance.engine.private.daemon import PrivateDaemon
from conformance.model.verdicts import Verdict
from conformance.report.file import read_report

pytestmark = [pytest.mark.engine, DOCKERD]

CHANGES = (
    "1.15/exec-start",
    "1.18/containers-filter-label",
    "1.19/info-booleans",
    "1.20/archive-get",
    "1.20/archive-put",
    "1.21/volumes-create",
    "1.21/networks-create",
    "1.17/rename",
)
SELECTION = ("--api", "1.18-1.21", *(word for change in CHANGES for word in ("--change", change)))
NOTICED = 2.0


def moments(seed: int, amount: int) -> list[int]:
    """After how many cases it dies; drawn once, the same in every run of the tests."""
    return random.Random(seed).sample(range(1, 60), amount)


def judge(live: Live, killed: float) -> None:
    noticed = live.until("the daemon stopped answering", patience=20) - killed
    code = live.wait()
    report = read_report(live.report)
    footer = report.finished()
    print(f"noticed after {noticed:.2f} s, exit {code}")  # noqa: T201  the figures, with pytest -rP

    assert noticed < NOTICED
    assert code == 3
    assert "the daemon stopped answering" in footer.died
    assert footer.running
    assert {*footer.running} <= {result.case.key for result in report.results}
    late = [result for result in report.results if result.verdict is Verdict.NOT_RUN]
    assert late
    assert all("the daemon stopped answering" in result.reason for result in late)
    assert "the daemon stopped answering" in live.output
    assert "Traceback" not in live.output
    # a process that died took no other along: what failed before is what fails anyway
    odd = [
        result
        for result in report.results
        if result.verdict in (Verdict.FAIL, Verdict.ERROR) and not result.legacy
    ]
    assert not odd, odd


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
@pytest.mark.parametrize(
    "cases", moments(6, 2) + [pytest.param(m, marks=pytest.mark.nightly) for m in moments(7, 18)]
)
def test_a_private_daemon_that_is_killed_is_noticed_and_its_last_words_kept(cases, workers, tmp_path):
    with Live("--dockerd", shutil.which("dockerd"), *SELECTION, *workers, folder=tmp_path) as live:
        live.until('{"case":', count=cases)
        victims = [pid for pid, program in live.descendants().items() if program == "dockerd"]
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        judge(live, time.monotonic())

        assert victims
        footer = read_report(live.report).finished()
        assert any("level=" in line for line in footer.log)
        assert (
            footer.log[-1][:60] in live.output.replace("\n", " ")
            or "last lines of the daemon's log" in live.output
        )


@contextmanager
def cable(path, to):
    """A unix socket that leads to another, and can be cut."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen(64)
    ends: list[socket.socket] = []

    def copy(source, sink):
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def accept():
        with suppress(OSError):
            while True:
                here, _ = server.accept()
                there = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                there.connect(to)
                ends.extend((here, there))
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=copy, args=pair, daemon=True).start()

    def cut():
        for one in (server, *ends):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        server.close()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield cut
    finally:
        cut()
        for one in ends:
            one.close()


@pytest.fixture(scope="module")
def engine():
    with PrivateDaemon() as daemon:
        yield daemon


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
@pytest.mark.parametrize(
    "cases", moments(8, 2) + [pytest.param(m, marks=pytest.mark.nightly) for m in moments(9, 18)]
)
def test_a_daemon_that_is_cut_off_is_noticed(cases, workers, engine, tmp_path):
    path = tmp_path / "s"
    with (
        cable(path, engine.endpoint.path) as cut,
        Live("--host", f"unix://{path}", *SELECTION, *workers, folder=tmp_path) as live,
    ):
        live.until('{"case":', count=cases)
        cut()
        judge(live, time.monotonic())

        footer = read_report(live.report).finished()
        assert any("docker-conformance clean" in leak for leak in footer.leaks)
