"""The command line: commands, help, mistakes, exit codes. What a run does on a daemon is tested elsewhere."""

from __future__ import annotations

import argparse
import contextlib
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from types import SimpleNamespace

import msgspec
import pytest
import reports
from reports import BOOLEANS, case

from conformance import cli, inventory
from conformance.catalogue import load
from conformance.commands import clean, run
from conformance.daemons import scratch
from conformance.endpoint import Endpoint
from conformance.errors import UsageError
from conformance.results import Side, Verdict
from conformance.stage import ledger
from conformance.versions import ApiVersion


def commands() -> dict[str, argparse.ArgumentParser]:
    action = next(
        action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    return dict(action.choices)


def mistake(err: str) -> str:
    assert err.startswith("docker-conformance: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help_with_a_sentence_and_an_example(name, command):
    code, out, _ = command(name, "--help")

    parser = commands()[name]
    assert code == 0
    assert re.match(r"[A-Z].*?[.](\s|$)", parser.description, re.DOTALL)
    assert parser.description.splitlines()[0] in out
    examples = re.findall(r"^  (docker-conformance .*)$", out.partition("example:")[2], re.MULTILINE)
    assert examples


@pytest.mark.parametrize("name", commands())
def test_every_example_is_a_command_line_that_parses(name):
    for example in re.findall(r"^  docker-conformance (.*)$", commands()[name].epilog, re.MULTILINE):
        words = re.split(r" (?:--|\|) ", example)[0].split()
        options = cli.parser().parse_args(words)

        assert callable(options.command)
        assert words[0] == name


@pytest.mark.parametrize("name", commands())
def test_every_option_says_what_it_does(name):
    for action in commands()[name]._actions:
        assert action.help, action


def test_help_names_every_command(command):
    _, out, _ = command("--help")

    assert all(re.search(rf"^ +{name} ", out, re.MULTILINE) for name in commands())


def test_version(command):
    code, out, _ = command("--version")

    assert code == 0
    assert out.startswith("docker-conformance ")


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["frobnicate"],
        ["run", "--frobnicate"],
        ["run", "somewhere"],
        ["run", "-n", "many"],
        ["run", "--api", "1.x"],
        ["run", "--api", "1.19-"],
        ["run", "--change", "1.19/no-such-change"],
        ["run", "--profile", "no-such-profile"],
        ["run", "--host", "unix:///x", "--dockerd", "/y"],
        ["run", "--report", "/no/such/directory/report.jsonl"],
        ["run", "--junit", "/"],
        ["show"],
        ["show", "1.19/no-such-change"],
        ["list", "--profile", "no-such-profile"],
        ["list", "--api", "1.13"],
        ["matrix"],
        ["matrix", "no-such-file.jsonl"],
        ["matrix", "."],
        ["matrix", "r.jsonl", "--", "-v"],
        ["junit", "no-such-file.jsonl", "-o", "x.xml"],
        ["junit", "r.jsonl"],
    ],
    ids=" ".join,
)
def test_a_mistake_is_one_line_and_exit_code_2(argv, command):
    code, out, err = command(*argv)

    assert code == 2
    assert out == ""
    mistake(err)


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        (["show", "1.19/info-boolean"], "1.19/info-booleans"),
        (["show", "info-booleans"], "1.19/info-booleans"),
        (["run", "--change", "1.21/info-booleans"], "1.19/info-booleans"),
        (["run", "--profile", "sistem"], "system"),
    ],
)
def test_what_may_have_been_meant_is_suggested(argv, meant, command):
    _, _, err = command(*argv)

    assert f"{meant}" in mistake(err).partition("did you mean")[2]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", ":1:"),
        (b"hello\n", ":1:"),
        (b'{"header":{"format":99}}\n', ":1:"),
        (b'{"header":{}}\n{"case":{}}\n', ":2:"),
        (b"\xff\xfe\n", ":1:"),
    ],
)
@pytest.mark.parametrize("name", ["matrix", "junit"])
def test_what_is_no_report_is_refused_with_its_line(content, where, name, command, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)

    code, _, err = command(name, str(path), *(["-o", "out.xml"] if name == "junit" else []))

    assert code == 2
    assert f"{path}{where}" in mistake(err)
    assert path.read_bytes() == content
    assert not (tmp_path / "out.xml").exists()


@pytest.mark.parametrize(
    ("verdict", "expected"), [(Verdict.PASS, 0), (Verdict.FAIL, 1), (Verdict.BLOCKED, 3)]
)
def test_matrix_exits_as_the_run_did(verdict, expected, command, tmp_path):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19", verdict)])

    code, out, err = command("matrix", "r.jsonl")

    assert code == expected
    assert "info-booleans" in out
    assert err == ""


def test_matrix_counts_legacy_cells_if_told(command, tmp_path):
    reports.write(
        tmp_path / "r.jsonl", [case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE), case(BOOLEANS, "1.19")]
    )

    assert command("matrix", "r.jsonl")[0] == 0
    assert command("matrix", "r.jsonl", "--strict-legacy")[0] == 1


@pytest.mark.parametrize("name", ["matrix", "junit"])
def test_an_interrupted_report_is_code_3_and_says_so(name, command, tmp_path):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19")], interrupted=True)

    code, _, err = command(name, "r.jsonl", *(["-o", "out.xml"] if name == "junit" else []))

    assert code == 3
    assert "interrupted" in mistake(err)


def test_list_shows_every_change_with_its_window(command):
    code, out, _ = command("list")

    assert code == 0
    assert {line.split()[0] for line in out.splitlines() if "/" in line.split()[0]} >= set(load().changes)
    assert re.search(rf"^{BOOLEANS} +1\.19- ", out, re.MULTILINE)


def test_list_unchecked_has_no_change_with_a_check(command):
    checked = set(inventory.checks())

    rows = json.loads(command("list", "--unchecked", "--json")[1])

    assert {row["id"] for row in rows} == set(load().changes) - checked


def test_list_as_json_holds_what_the_catalogue_has(command):
    rows = {row["id"]: row for row in json.loads(command("list", "--json")[1])}

    change = load()[BOOLEANS]
    assert rows[BOOLEANS]["says"] == change.says
    assert rows[BOOLEANS]["checks"][0]["check"].startswith("v1_19/")


def test_list_of_a_profile_and_a_version(command):
    rows = json.loads(command("list", "--profile", "system", "--api", "1.19", "--json")[1])

    assert {(row["profile"], row["since"]) for row in rows} == {("system", "1.19")}


def test_show_has_what_is_documented_and_its_checks(command):
    code, out, _ = command("show", BOOLEANS)

    change = load()[BOOLEANS]
    assert code == 0
    assert change.says in " ".join(out.split())
    assert change.before in " ".join(out.split())
    assert all(check.check in out for check in inventory.checks()[BOOLEANS])


def test_every_change_can_be_shown(command):
    for name in load().changes:
        assert command("show", name)[0] == 0


def test_checks_are_found_in_the_source(tmp_path):
    (tmp_path / "v9").mkdir()
    (tmp_path / "v9" / "test_it.py").write_text(
        textwrap.dedent(
            """
            from conformance import before, since

            @since("9.9/a-change")
            @pytest.mark.parametrize("x", [1])
            def test_one(api): pass

            @before("9.9/a-change")
            def test_two(api): pass

            def test_bound_to_nothing(): pass

            class TestGroup:
                @since("9.9/other")
                def test_three(self, api): pass
            """
        )
    )

    found = inventory.checks(tmp_path)

    assert [(check.check, check.side) for check in found["9.9/a-change"]] == [
        ("v9/test_it.py::test_one", Side.SINCE),
        ("v9/test_it.py::test_two", Side.BEFORE),
    ]
    assert [check.check for check in found["9.9/other"]] == ["v9/test_it.py::TestGroup::test_three"]


def test_a_suite_that_is_no_python_is_named(tmp_path):
    (tmp_path / "test_broken.py").write_text("def (:")

    with pytest.raises(UsageError, match=r"test_broken\.py"):
        inventory.checks(tmp_path)


def options(*argv: str) -> argparse.Namespace:
    return cli.parser().parse_args(["run", *argv])


def test_the_options_of_a_run_reach_pytest(tmp_path):
    args = run.arguments(
        options(
            "--host",
            "unix:///x",
            "--api",
            "1.19",
            "--change",
            "a",
            "--change",
            "b",
            "--strict-legacy",
            "-n",
            "2",
            "-k",
            "info",
        )
    )

    assert {
        "--host=unix:///x",
        "--api=1.19",
        "--change=a",
        "--change=b",
        "--strict-legacy",
        "-n",
        "2",
        "-k",
        "info",
    } <= set(args)
    assert args[-1] == str(inventory.suites_dir())
    assert not any(word.startswith("--dockerd") for word in args)


def test_what_comes_after_the_dashes_goes_to_pytest_as_it_is(monkeypatch):
    seen = []
    monkeypatch.setattr(run.pytest, "main", lambda args, plugins: seen.append(args) or 4)

    cli.main(["run", "--", "--durations=3", "--", "x"])

    assert seen[0][-4:-1] == ["--durations=3", "--", "x"]


def test_an_old_report_is_never_shown_as_a_new_one(command, tmp_path, monkeypatch):
    reports.write(tmp_path / "conformance-report.jsonl", [case(BOOLEANS, "1.19")])
    monkeypatch.setattr(run.pytest, "main", lambda args, plugins: 0)

    code, out, err = command("run")

    assert code == 3
    assert out == ""
    assert "nothing was run" in err


@pytest.mark.parametrize(("words", "expected"), [((), 3), (("--", "--no-such-option"), 2)])
def test_who_is_at_fault_when_pytest_does_not_start(words, expected, command, tmp_path, monkeypatch):
    (tmp_path / "conftest.py").write_text("import no_such_module" if not words else "")
    monkeypatch.setattr(run, "suites_dir", lambda: tmp_path)

    code, _, err = command("run", *words)

    assert code == expected
    assert "nothing was run" in err


def test_a_suite_that_cannot_be_read_is_our_fault_and_says_so(command, tmp_path, monkeypatch):
    (tmp_path / "test_broken.py").write_text("import no_such_module")
    monkeypatch.setattr(run, "suites_dir", lambda: tmp_path)

    code, _, err = command("run")

    assert code == 3
    assert "no_such_module" in err
    assert "says nothing of the daemon" in err


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("unix:///no/such/socket", 4),
        ("gopher://x", 2),
        ("tcp://127.0.0.1:1", 4),
        ("", 2),
    ],
)
def test_a_host_that_is_no_daemon_is_one_line(host, code, command, tmp_path):
    found, out, err = command("run", f"--host={host}")

    assert found == code
    assert out == ""
    mistake(err)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_with_its_code(sent, code, tmp_path):
    script = textwrap.dedent(
        """
        import signal, sys, time
        # a job in the background inherits that Ctrl-C is ignored
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from conformance import cli
        from conformance.commands import run

        class Slow:
            def pytest_sessionstart(self):
                print("ready", flush=True, file=sys.__stderr__)
                time.sleep(30)

        real = run.pytest.main
        run.pytest.main = lambda args, plugins: real(["-p", "no:cacheprovider", "-c", "/dev/null", sys.argv[1]], plugins=[*plugins, Slow()])
        sys.exit(cli.main(["run"]))
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NO_COLOR": "1"},
    )
    try:
        assert process.stderr.readline() == "ready\n"
        time.sleep(0.2)
        process.send_signal(sent)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()

    assert process.returncode == code
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("docker-conformance: interrupted")


def test_the_package_can_be_run_as_the_command(tmp_path):
    command = [sys.executable, "-m", "conformance", "matrix", "nowhere.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere.jsonl" in mistake(done.stderr)


def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    reports.write(tmp_path / "r.jsonl", [case(change, "1.21") for change in load().changes])
    script = f"{sys.executable} -m conformance matrix r.jsonl | head -1"

    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A state directory of our own, and no private directory of anybody to be found."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(scratch, "stale", list)


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
    dead_run(f"unix://{tmp_path}/{scratch.PREFIX}x/docker.sock")

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
        clean.reaper, "ours", lambda client, run: [entry for entry in there if entry.name not in asked]
    )
    monkeypatch.setattr(clean.reaper, "remove", lambda client, kind, name: asked.append(name) or "")

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
