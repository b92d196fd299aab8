"""clean and doctor: what a killed run left behind goes, and nothing else."""

from __future__ import annotations

import contextlib
import http.server
import threading
from types import SimpleNamespace

import msgspec
import pytest
from mistakes import mistake

from conformance.cli import clean
from conformance.engine import tempdir
from conformance.environment import ledger
from conformance.http.endpoint import Endpoint
from conformance.model.versions import ApiVersion


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A state directory of our own, and no private directory of anybody to be found."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(tempdir, "find_stale", list)


def dead_run(host: str, run: str = "deadbeef") -> ledger.RunInfo:
    info = ledger.RunInfo(run=run, pid=1, pid_started="never", host=host)
    folder = ledger.state_directory() / info.run
    folder.mkdir(parents=True)
    (folder / "run.json").write_bytes(msgspec.json.encode(info))
    ledger.Ledger(info, "main").will_create("container", f"{info.prefix}a")
    return info


def test_clean_without_anything_left_says_so(state, command):
    assert command("clean") == (0, "0 things removed\n", "")


def test_clean_forgets_a_run_whose_private_daemon_is_gone(state, command, tmp_path):
    dead_run(f"unix://{tmp_path}/{tempdir.PREFIX}x/docker.sock")

    assert command("clean", "--dry-run")[0] == 0
    assert len(ledger.known_runs()) == 1
    assert command("clean")[0] == 0
    assert ledger.known_runs() == []


def test_clean_keeps_the_ledger_of_a_daemon_that_does_not_answer(state, command, tmp_path):
    dead_run(f"unix://{tmp_path}/no.sock")

    code, _, err = command("clean")

    assert code == 4
    assert "--host" in mistake(err)
    assert len(ledger.known_runs()) == 1


def test_clean_leaves_a_living_run_alone(state, command):
    info = ledger.new_run("unix:///no.sock")

    code, out, _ = command("clean")

    assert code == 0
    assert f"run {info.run} still goes" in out
    assert [known.run for known in ledger.known_runs()] == [info.run]


def test_clean_removes_what_a_dead_run_made_and_nothing_else(state, command, monkeypatch):
    info = dead_run("unix:///some.sock")
    asked = []
    there = [ledger.Entry("container", f"{info.prefix}a"), ledger.Entry("volume", f"{info.prefix}v")]
    daemon = SimpleNamespace(endpoint=Endpoint(path="/some.sock"), newest=ApiVersion(1, 41))
    target = SimpleNamespace(open=lambda: contextlib.nullcontext(daemon))
    monkeypatch.setattr(clean, "choose", lambda host: target)
    monkeypatch.setattr(
        clean.cleanup,
        "find_leftovers",
        lambda client, run: clean.cleanup.Leftovers(
            [entry for entry in there if entry.name not in asked], []
        ),
    )
    monkeypatch.setattr(clean.cleanup, "remove", lambda client, kind, name: asked.append(name) or "")

    code, out, _ = command("clean")

    assert code == 0
    assert asked == [f"{info.prefix}a", f"{info.prefix}v"]
    assert "2 things removed" in out
    assert ledger.known_runs() == []


@pytest.mark.parametrize("name", ["run", "doctor"])
def test_an_ordinary_web_server_is_told_from_a_daemon(name, command, state):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            code, _, err = command(name, "--host", f"tcp://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()

    last = [line for line in err.splitlines() if line.startswith("docker-conformance: ")]
    assert code in (2, 4)
    assert len(last) == 1
    assert "Traceback" not in err


def test_doctor_without_a_daemon_is_code_4(command, state):
    code, out, err = command("doctor", "--host", "unix:///no/such.sock")

    assert code == 4
    assert "dockerd:" in out
    mistake(err)
