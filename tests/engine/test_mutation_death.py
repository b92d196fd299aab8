"""Processes of a mutation run are killed: none of the others stays, and the user gets one line."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from hostile.running import Live
from needs import DOCKERD

pytestmark = [pytest.mark.engine, DOCKERD]

PATIENCE = 60.0


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def find_workers(live: Live) -> list[int]:
    """The host of the workers, then the workers that it has forked."""
    return sorted(pid for pid in live.descendants() if "worker_host" in command_line(pid))


def wait_for_workers(live: Live) -> list[int]:
    ends = time.monotonic() + PATIENCE
    while len(found := find_workers(live)) < 3:
        assert time.monotonic() < ends, live.output
        assert live.process.poll() is None, live.output
        time.sleep(0.05)
    return found


def wait_until_gone(pids: list[int]) -> list[int]:
    """The processes that are still there after a while."""
    ends = time.monotonic() + PATIENCE
    while (left := [pid for pid in pids if command_line(pid)]) and time.monotonic() < ends:
        time.sleep(0.05)
    return left


@pytest.fixture
def live(tmp_path):
    # its events are lost: the check waits ten seconds for them, in which something can be killed
    argv = ("--dockerd", shutil.which("dockerd"), "-n", "2", "general/events-stream", "1.19/info-booleans")
    with Live(*argv, folder=tmp_path, command="prove") as live:
        yield live


def test_no_process_outlives_a_killed_mutation_run(live):
    workers = wait_for_workers(live)
    processes = list(live.descendants())

    live.process.kill()

    assert set(workers) <= set(processes)
    assert wait_until_gone(processes) == []


@pytest.mark.parametrize("victim", [0, 1], ids=["host", "worker"])
def test_a_killed_worker_ends_the_mutation_run_with_one_line(live, victim):
    workers = wait_for_workers(live)
    processes = list(live.descendants())

    os.kill(workers[victim], signal.SIGKILL)
    code = live.wait()

    assert code == 3
    assert "a worker of the mutation run died" in live.output
    assert "Traceback" not in live.output
    assert wait_until_gone(processes) == []
