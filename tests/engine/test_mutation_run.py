"""A mutation run against a real engine: mutants are killed, also on top of emulators, and nothing is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hostile.running import command
from needs import DOCKERD

from conformance.environment.wait import becomes_true

pytestmark = [pytest.mark.engine, DOCKERD]

STATEMENTS = (
    "1.19/info-booleans",
    "1.21/exec-privileged",  # on top of an emulated host
    "1.21/networks-create-check-duplicate",  # on top of an emulated engine of a later API
    "general/default-socket",  # without another address
    "general/tls-without-client-certificate",  # another listener
)


def test_every_mutant_of_some_statements_is_killed(tmp_path):
    ran = command("prove", "--dockerd", shutil.which("dockerd"), *STATEMENTS, folder=tmp_path)

    assert ran.code == 0, ran.out + ran.err
    assert "SURVIVED" not in ran.out
    assert "on top of a repairing mutant" in ran.out
    assert "left behind" not in ran.out


@pytest.fixture
def short_folder():
    """A folder whose path is short enough for that of a socket below it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_a_signal_in_the_middle_leaves_nothing(number, short_folder):
    argv = ("prove", "--dockerd", shutil.which("dockerd"), "-n", "1", *STATEMENTS)
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", *argv],
        env=os.environ | {"XDG_STATE_HOME": str(short_folder / "state"), "TMPDIR": str(short_folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert becomes_true(lambda: list(short_folder.glob("*/sock")), 60), "no proxy was started"

    process.send_signal(number)
    process.send_signal(number)  # as people do who lose patience

    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert err.endswith(b"docker-conformance: interrupted\n")
    assert list(short_folder.glob("docker-conformance-*")) == []
    assert list(short_folder.rglob("run.json")) == []


def test_no_control_changes_a_verdict(tmp_path):
    argv = (
        "--control",
        "split-frames",
        "--control",
        "other-writes",
        "general/attach-carries-both-directions",
    )
    ran = command("prove", "--dockerd", shutil.which("dockerd"), *argv, folder=tmp_path)

    assert ran.code == 0, ran.out + ran.err
    assert "0 verdicts changed" in ran.out
