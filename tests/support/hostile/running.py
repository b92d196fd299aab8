"""Runs the command line in a process of its own and measures what it took."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]


class Ran(NamedTuple):
    """A run that has ended: exit code, what it wrote, how long it took in seconds, the most memory it had in MB."""

    code: int
    out: str
    err: str
    seconds: float
    memory: float


def environment(folder: Path) -> dict[str, str]:
    """The environment of a run that keeps its ledger in `folder`."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "XDG_STATE_HOME": str(folder / "state"),
        "COLUMNS": "200",
    }


def command(*argv: str, folder: Path, bound: float = 120.0) -> Ran:
    """Run ``docker-conformance ARGV`` in `folder`; a run that is not over after `bound` seconds is killed (code -9)."""
    begun = time.monotonic()
    with (folder / "out").open("w+b") as out, (folder / "err").open("w+b") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "conformance", *argv],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        # not what wait4() tells: that begins with the memory of this process, from which the other was forked
        memory = 0.0
        while process.poll() is None:
            memory = max(memory, most_memory(process.pid))
            if time.monotonic() - begun > bound:
                process.kill()
            time.sleep(0.01)
        written = []
        for stream in (out, err):
            stream.seek(0)
            written.append(stream.read().decode("utf-8", "replace"))
    return Ran(process.returncode, written[0], written[1], time.monotonic() - begun, memory)


def most_memory(pid: int) -> float:
    """The most memory that a process has had so far, in MB; 0 when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


class Live:
    """A command that goes on, by default a run with a report; ends with the block, however."""

    def __init__(self, *argv: str, folder: Path, report: str = "report.jsonl", command: str = "run") -> None:
        self.report = folder / report
        self._out = (folder / f"{report}.out").open("w+b")
        options = ("--report", str(self.report)) if command == "run" else ()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "conformance", command, *options, *argv],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def __enter__(self) -> Live:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._out.close()

    @property
    def output(self) -> str:
        """What it has written to its terminal so far."""
        return Path(self._out.name).read_text("utf-8", "replace")

    def lines(self) -> list[str]:
        """The whole lines of its report so far."""
        try:
            return self.report.read_text("utf-8", "replace").splitlines()
        except OSError:
            return []

    def until(self, wanted: str, patience: float = 90.0, *, count: int = 1) -> float:
        """Wait until so many lines of the report hold `wanted`; returns when that was seen (``time.monotonic``)."""
        ends = time.monotonic() + patience
        while sum(wanted in line for line in self.lines()) < count:
            if self.process.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"no {wanted!r} in the report: {self.output}")
            time.sleep(0.02)
        return time.monotonic()

    def wait(self, patience: float = 120.0) -> int:
        """Its exit code."""
        return self.process.wait(patience)

    def descendants(self) -> dict[int, str]:
        """The processes below it that run now, with their programs."""
        parents: dict[int, tuple[int, str]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    program, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
                except OSError:
                    continue
                parents[int(entry.name)] = (int(rest.split()[1]), program)
        found: dict[int, str] = {}
        generation = {self.process.pid}
        while generation:
            generation = {pid for pid, (parent, _) in parents.items() if parent in generation}
            found |= {pid: parents[pid][1] for pid in generation}
        return found
