"""What is written where: files, links, devices, pipes that break and disks that are full."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest
import reports
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.cli import main as cli
from conformance.model.errors import UsageError
from conformance.report.evidence import CaseRecord
from conformance.report.file import Header, ReportWriter, write_whole
from conformance.report.recorder import Recorder


@pytest.fixture
def report(tmp_path):
    """The path of a report in the test's own directory."""
    path = tmp_path / "r.jsonl"
    reports.write(path, [case(BOOLEANS, "1.19")])
    return path


def test_a_link_is_followed(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("target")

    write_whole(link, b"new")

    assert link.is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_a_device_stays_one(tmp_path):
    (tmp_path / "null").symlink_to("/dev/null")

    write_whole(tmp_path / "null", b"gone")

    assert Path("/dev/null").is_char_device()


def test_a_pipe_is_written_to(report):
    script = f"{sys.executable} -m conformance junit r.jsonl -o /dev/stdout | head -c 5"

    done = subprocess.run(
        ["bash", "-c", script], cwd=report.parent, capture_output=True, text=True, check=False
    )

    assert done.stdout == "<?xml"


@pytest.mark.parametrize(
    "words",
    [
        ("html", "r.jsonl", "-o", "./r.jsonl"),
        ("html", "r.jsonl", "-o", "r.evidence.jsonl"),
        ("run", "--junit", "conformance-report.jsonl"),
        ("junit", "r.jsonl", "-o", "link.jsonl"),
        ("compare", "r.jsonl", "r.jsonl", "-o", "r.jsonl"),
        ("run", "--waivers", "r.jsonl", "--report", "r.jsonl"),
        ("run", "--report", "x.jsonl", "--junit", "x.jsonl"),
        ("run", "--report", "x.jsonl", "--junit", "x.evidence.jsonl"),
    ],
    ids=" ".join,
)
def test_what_is_read_or_written_already_is_not_written_over(words, command, report):
    (report.parent / "link.jsonl").symlink_to(report)
    before = report.read_bytes()

    code, _, err = command(*words)

    assert code == 2
    assert "another file" in mistake(err)
    assert report.read_bytes() == before


@pytest.mark.parametrize("option", ["--report", "--junit"])
def test_a_name_that_cannot_be_one_is_refused_at_once(option, command):
    code, _, err = command("run", option, "x" * 300)

    assert code == 2
    assert "cannot be written" in mistake(err)


def test_a_report_is_not_written_to_what_cannot_be_read_again(command, tmp_path):
    (tmp_path / "null").symlink_to("/dev/null")

    code, _, err = command("run", "--report", "null")

    assert code == 2
    assert "not a regular file" in mistake(err)


@pytest.mark.parametrize(
    ("redirection", "expected"),
    [("| true", 141), (">/dev/full", 3), (">&-", 0), ("2>&-", 0)],
    ids=["pipe", "full", "closed", "no stderr"],
)
def test_who_does_not_listen_does_not_change_what_a_code_means(redirection, expected, report):
    script = f"{sys.executable} -m conformance matrix r.jsonl {redirection}; exit ${{PIPESTATUS[0]}}"

    done = subprocess.run(
        ["bash", "-c", script], cwd=report.parent, capture_output=True, text=True, check=False
    )

    assert done.returncode == expected
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_a_mistake_that_cannot_be_printed_has_its_exit_code(redirection, tmp_path):
    script = f"{sys.executable} -m conformance matrix nowhere.jsonl {redirection}"

    assert subprocess.run(["bash", "-c", script], cwd=tmp_path, check=False).returncode == 2


def test_what_an_encoding_lacks_is_written_as_an_escape(report):
    command = [sys.executable, "-m", "conformance", "markdown", "r.jsonl"]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin"}

    done = subprocess.run(
        command, cwd=report.parent, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u" in done.stdout or "\\U" in done.stdout


def test_text_of_others_in_a_mistake_cannot_steer_the_terminal(monkeypatch, command):
    def refuse(_):
        raise UsageError("\x1b[31mred\x07")

    monkeypatch.setattr(cli, "_run", refuse)

    _, _, err = command("list")

    assert mistake(err) == "docker-conformance: \\e[31mred\\x07\n"


@pytest.mark.parametrize("name", ["html", "junit", "badge"])
def test_a_full_disk_is_one_line_that_names_the_file(name, command, report):
    code, _, err = command(name, "r.jsonl", "-o", "/dev/full")

    assert code == 3
    assert mistake(err).endswith("No space left on device: /dev/full\n")


def test_a_full_disk_does_not_end_a_run(tmp_path, monkeypatch):
    recorder = Recorder(tmp_path / "r.jsonl", Header())

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ReportWriter, "result", full)
    monkeypatch.setattr(ReportWriter, "finish", full)

    recorder.record(CaseRecord(case(BOOLEANS, "1.19"), None))
    footer = recorder.finish(lambda report: 0).finished()

    assert footer.totals == {"pass": 1}
    assert "No space left on device" in recorder.unwritable
