"""clean and doctor: what a killed run left behind goes, and nothing else."""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading
from types import SimpleNamespace

import msgspec
import pytest
from mistakes import mistake

from conformance.cli import clean
from conformance.engine import targets, tempdir
from conformance.engine.ssh import SshAddress
from conformance.environment import ledger
from conformance.http.endpoint import Endpoint


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A state directory of our own, and no private directory of anybody to be found."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(tempdir, "find_stale", list)
    monkeypatch.setattr(clean, "runs_of_other_users", list)


def dead_run(host: str, run: str = "deadbeef") -> ledger.RunInfo:
    info = ledger.RunInfo(run=run, pid=1, pid_started="never", host=host)
    folder = ledger.state_directory() / info.run
    folder.mkdir(parents=True)
    (folder / "run.json").write_bytes(msgspec.json.encode(info))
    ledger.Ledger(info, "main").will_create("container", f"{info.prefix}a")
    return info


def answering_target(monkeypatch):
    """A daemon answers at every address."""
    target = SimpleNamespace(connect=lambda: contextlib.nullcontext(Endpoint(path="/some.sock")))
    monkeypatch.setattr(clean, "choose", lambda host: target)
    monkeypatch.setattr(clean, "identify", lambda endpoint: (SimpleNamespace(newest="1.41"), {}))


def test_clean_without_anything_left_says_so(state, command):
    assert command("clean") == (0, "removed 0 objects\n", "")


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
    assert f"skipping run {info.run}: still running (pid {info.pid})" in out
    assert [known.run for known in ledger.known_runs()] == [info.run]


def test_clean_removes_what_a_dead_run_made_and_nothing_else(state, command, monkeypatch):
    info = dead_run("unix:///some.sock")
    asked = []
    there = [
        ledger.LedgerEntry("container", f"{info.prefix}a"),
        ledger.LedgerEntry("volume", f"{info.prefix}v"),
    ]
    answering_target(monkeypatch)
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
    assert "removed 2 objects" in out
    assert ledger.known_runs() == []


def test_clean_of_one_daemon_leaves_the_runs_of_others_alone(state, command, tmp_path, monkeypatch):
    here = dead_run(f"unix://{tmp_path}/here.sock", "00000001")
    there = dead_run("tcp://there:2375", "00000002")
    (tmp_path / "link").symlink_to(tmp_path)
    asked = []
    monkeypatch.setattr(clean, "_clean_up", lambda info, *_: asked.append(info))
    monkeypatch.setattr(clean, "identify", lambda endpoint: (SimpleNamespace(newest="1.41"), {}))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "here.sock"))
        listener.listen()

        code, out, _ = command("clean", "--host", f"unix://{tmp_path}/link/here.sock")

    assert code == 0
    assert asked == [here]
    assert (
        f"skipping run {there.run}: it was on tcp://there:2375; that daemon and its registry are left" in out
    )


def test_a_run_over_ssh_is_cleaned_over_ssh(state, command, monkeypatch):
    dead_run("ssh://me@there/run/docker.sock")
    asked = []

    @contextlib.contextmanager
    def forward(address):
        asked.append(address)
        yield Endpoint(path="/forwarded.sock")

    monkeypatch.setattr(targets, "forward", forward)
    monkeypatch.setattr(clean, "identify", lambda endpoint: (SimpleNamespace(newest="1.41"), {}))
    monkeypatch.setattr(clean, "_clean_up", lambda info, *_: asked.append(info.run))

    assert command("clean")[0] == 0
    assert asked == [SshAddress("there", "me", None, "/run/docker.sock"), "deadbeef"]


def test_clean_forgets_a_run_that_is_given_up(state, command):
    info = dead_run("tcp://gone.invalid:2375")

    code, out, _ = command("clean", "--forget", info.run)

    assert code == 0
    assert f"forgot run {info.run} on tcp://gone.invalid:2375 with 1 object that may still exist" in out
    assert f"container {info.prefix}a" in out
    assert ledger.known_runs() == []


def test_only_a_killed_run_can_be_forgotten(state, command):
    info = ledger.new_run("unix:///no.sock")

    code, _, err = command("clean", "--forget", info.run)
    assert (code, "still running" in mistake(err)) == (2, True)
    code, _, err = command("clean", "--forget", "ffffffff")
    assert (code, f"(ledgers: {info.run})" in mistake(err)) == (2, True)
    assert len(ledger.known_runs()) == 1


def test_an_unreachable_daemon_is_one_line_that_says_how_to_go_on(state, command, tmp_path):
    info = dead_run(f"unix://{tmp_path}/no.sock")

    _, _, err = command("clean")

    assert f"name its daemon with --host, or give it up with --forget {info.run}" in mistake(err)


@pytest.fixture
def other_user(tmp_path, monkeypatch):
    """The directory of another user with the ledger of one run; a third user has no home."""
    folder = tmp_path / "other/.local/state/docker-conformance/runs"
    (folder / "0badcafe").mkdir(parents=True)
    (folder / "0badcafe" / "run.json").touch()
    user = SimpleNamespace(pw_name="other", pw_dir=str(tmp_path / "other"))
    homeless = SimpleNamespace(pw_name="nobody", pw_dir="/nonexistent")
    monkeypatch.setattr(ledger.pwd, "getpwall", lambda: [user, homeless])
    monkeypatch.setattr(clean, "runs_of_other_users", ledger.runs_of_other_users)
    return folder


def test_ledgers_of_other_users_are_mentioned(state, command, other_user):
    _, out, _ = command("clean")

    assert f"skipping 1 run of user other: run clean as that user ({other_user})" in out
    assert "nobody" not in out


def test_users_whose_ledgers_cannot_be_read_are_mentioned(state, command, other_user, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(ledger.Path, "iterdir", refuse)

    _, out, _ = command("clean")

    assert (
        f"skipping any runs of user other, whose ledgers cannot be read: run clean as that user ({other_user})"
        in out
    )


@pytest.mark.parametrize("name", ["run", "doctor"])
def test_an_ordinary_web_server_is_not_taken_for_a_daemon(name, command, state):
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
