"""The command line: commands, help, mistakes, reports shown again, exit codes."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys

import pytest
import reports
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.__main__ import main
from conformance.catalogue import load
from conformance.cli import main as cli
from conformance.model.cases import Side
from conformance.model.verdicts import Verdict


def commands() -> dict[str, argparse.ArgumentParser]:
    action = next(
        action for action in cli.build_parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    return dict(action.choices)


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
        words = shlex.split(re.split(r" (?:--|\|) ", example)[0])
        options = cli.build_parser().parse_args(words)

        assert callable(options.command)
        assert words[0] == name


@pytest.mark.parametrize("name", commands())
def test_every_option_says_what_it_does(name):
    for action in commands()[name]._actions:
        assert action.help, action


def test_help_names_every_command(command):
    _, out, _ = command("--help")

    assert all(re.search(rf"^ +{name}( |$)", out, re.MULTILINE) for name in commands())


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
        ["run", "-n", "1000"],
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


def test_matrix_counts_legacy_cells_on_request(command, tmp_path):
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


def test_the_package_can_be_run_as_the_command(tmp_path):
    command = [sys.executable, "-m", "conformance", "matrix", "nowhere.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere.jsonl" in mistake(done.stderr)


@pytest.mark.parametrize("module", ["conformance.cli.main", "conformance.cli.badge"])
def test_an_interrupt_while_the_command_still_loads_is_no_traceback(module, monkeypatch, capsys):
    class Interrupt:
        @staticmethod
        def find_spec(name, *_):
            if name == module:
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupt, *sys.meta_path])
    monkeypatch.setattr(sys, "argv", ["docker-conformance", "badge", "--help"])

    assert main() == 130
    assert capsys.readouterr().err == "docker-conformance: interrupted\n"


def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    reports.write(tmp_path / "r.jsonl", [case(change, "1.21") for change in load().changes])
    script = f"{sys.executable} -m conformance matrix r.jsonl | head -1"

    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_terminal_that_goes_away_is_no_traceback_and_says_nothing_about_the_daemon(tmp_path):
    master, terminal = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", "list"], cwd=tmp_path, stdout=terminal, stderr=subprocess.PIPE
    )
    os.close(terminal)
    os.close(master)

    _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (141, b"")


def test_the_matrix_of_a_profile_is_that_of_its_statements(tmp_path, command):
    results = [case(BOOLEANS, "1.21", Verdict.FAIL), case("1.21/volumes-list", "1.21")]
    reports.write(tmp_path / "r.jsonl", results)

    code, out, _ = command("matrix", "r.jsonl", "--profile", "networks-volumes")

    assert "volumes-list" in out
    assert "info-booleans" not in out
    assert code == 3  # the profile has statements that this run left out
    assert command("matrix", "r.jsonl", "--profile", "system")[0] == 1


def test_an_unknown_profile_is_one_line(tmp_path, command):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.21")])

    code, out, err = command("matrix", "r.jsonl", "--profile", "volumes")

    assert (code, out) == (2, "")
    assert "unknown profile 'volumes'" in mistake(err)


def test_the_summary_of_a_report_is_the_first_screen_of_its_run(tmp_path, command):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.21", Verdict.FAIL, "expected 1, got 2")])

    code, out, _ = command("matrix", "r.jsonl", "--summary")

    assert code == 1
    assert len(out.splitlines()) <= 24
    assert "expected 1, got 2" in out
    assert "Page:" not in out
    (tmp_path / "r.html").write_text("")
    assert "Page:     r.html" in command("matrix", "r.jsonl", "--summary")[1]
