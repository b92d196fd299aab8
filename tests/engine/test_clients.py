"""Real clients on a real engine: they pass every step, in the oldest version that both can and in the newest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
from needs import DOCKERD

from conformance.environment.ledger import known_runs

pytestmark = [pytest.mark.engine, DOCKERD]


def test_every_client_passes_every_step_and_leaves_nothing(command, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    code, out, _ = command("clients", "--dockerd", "dockerd", "--api", "1.14,1.24,1.41", "--format", "json")

    found = json.loads(out)
    assert code == 0
    tried = {
        (row["client"].split(" ")[0], row["version"]): [step["outcome"] for step in row["steps"]]
        for row in found["scenarios"]
        if not row["unavailable"]
    }
    assert set(tried) == {
        ("Docker", "1.24"),
        ("Docker", "1.41"),
        ("Docker's", "1.14"),
        ("Docker's", "1.24"),
        ("Docker's", "1.41"),
        ("requests", "1.14"),
        ("requests", "1.24"),
        ("requests", "1.41"),
    }
    assert {outcome for outcomes in tried.values() for outcome in outcomes} == {"passed"}
    assert found["left"] == []
    assert known_runs() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_leaves_nothing(number, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", "clients", "--dockerd", "dockerd", "--api", "1.41"],
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert any(b" in API 1.41" in line for line in process.stderr)

    os.killpg(process.pid, number)

    process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert list(tmp_path.rglob("*.jsonl")) == []
