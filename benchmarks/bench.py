"""What the suite costs on this machine, beside its goals: time, cases a second, memory, and the overhead of a request.

Prints figures and judges nothing; run it on a quiet machine (``tox -e bench``). Arguments are names of measurements, by
default those that take less than five minutes together. A machine's speed varies, so the ratios say more than the seconds:
the time of a run beside the time that it waited for the daemon, divided by its workers.
"""

import argparse
import json
import os
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
from docker_py import measure_docker_py
from rich.console import Console
from rich.table import Table

from conformance.engine.targets import find
from conformance.http.client import Client
from conformance.report.file import Report, read_report
from conformance.runner.options import RunOptions

ROUNDS, REQUESTS = 5, 400
#: Goals of every run: cases a second, its time beside the daemon's time divided by the workers, megabytes a process.
CASES_PER_SECOND, TIMES_THE_DAEMON, MEGABYTES = 40, 1.4, 200
#: Goals beside docker-py: how many times as many cases and as many distinct checks a second, and by processor time a case.
TIMES_CASES, TIMES_CHECKS, TIMES_PROCESSOR = 40, 8, 8


class Measurement(msgspec.Struct, frozen=True):
    """A command whose time is measured: `limit` is the goal in seconds. A command with REPORT in it is a run."""

    about: str
    command: str
    limit: float
    #: Whether it is measured when no name is given.
    by_default: bool = False
    #: Whether it is measured at its second use, which finds what the first has cached, and its processor time is held
    #: against that of BASE too, which a busy machine slows down alike.
    beside_base: bool = False


#: A command of pytest that does next to nothing.
BASE = "pytest --version"
MEASUREMENTS = {
    "first-versions": Measurement(
        "all cases of v1.14-v1.21",
        "docker-conformance run --dockerd dockerd --api 1.14-1.21 --every-version -n auto --report REPORT",
        60,
        by_default=True,
    ),
    "quick": Measurement(
        "the edges of all windows",
        "docker-conformance run --dockerd dockerd --quick -n auto --report REPORT",
        60,
        by_default=True,
    ),
    "default": Measurement(
        "the default run", "docker-conformance run --dockerd dockerd -n auto --report REPORT", 180
    ),
    "every-version": Measurement(
        "all cases of all versions",
        "docker-conformance run --dockerd dockerd --every-version -n auto --report REPORT",
        600,
    ),
    "help": Measurement("--help", "docker-conformance --help", 0.4, by_default=True, beside_base=True),
    "list": Measurement("list", "docker-conformance list", 0.4, by_default=True, beside_base=True),
    "show": Measurement(
        "show", "docker-conformance show 1.19/info-booleans", 0.4, by_default=True, beside_base=True
    ),
    "fast-tests": Measurement("the fast tests", "scripts/test --fast", 60),
    "tests": Measurement("all tests", "scripts/test", 600),
    "changed-proof": Measurement(
        "the proof of what a change touched", "scripts/proof --changed-since HEAD~1", 300
    ),
    "proof": Measurement("the proof of the whole catalogue", "scripts/proof", 900),
}


#: Measurements that are no command; docker-py's is held against the last run that is measured before it.
OTHERS = ("request", "docker-py", "validation")
#: Goal: the share of a run's time in which answers are held against the documents.
VALIDATION = 0.05


class Rate(NamedTuple):
    """Cases and distinct checks a second of a run, and its milliseconds of processor time a case."""

    cases: float
    checks: float
    processor: float


class Cost(msgspec.Struct, frozen=True):
    """What a command cost: seconds of wall time and of processor time, and the megabytes of its largest process.

    `busy` is the share of their time in which the machine's processors did anything: near 1, more workers gain nothing.
    """

    wall: float
    processor: float
    megabytes: float
    busy: float
    exit_code: int


def main(arguments: list[str]) -> int:
    """Print the table; returns 0 unless a command could not do its work."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join([*OTHERS, *MEASUREMENTS])}"
    )
    names = parser.parse_args(arguments).names
    unknown = [name for name in names if name not in MEASUREMENTS and name not in OTHERS]
    if unknown:
        parser.error(f"{unknown[0]}: no such measurement; there are {', '.join([*OTHERS, *MEASUREMENTS])}")
    names = names or ["request", *(name for name, row in MEASUREMENTS.items() if row.by_default)]
    table = Table("measurement", "what", "figure", "goal", title=f"{os.cpu_count()} processors")
    failed = False
    memory: dict[int, float] = {}
    rates: list[Rate] = []
    for name in names:
        if name == "request":
            measure_requests(table)
        elif name == "docker-py":
            compare_with_docker_py(table, rates)
        elif name == "validation":
            failed |= not measure_validation(table)
        else:
            failed |= not measure(name, MEASUREMENTS[name], table, memory, rates)
    if len(memory) > 1:
        (few, least), (many, most) = min(memory.items()), max(memory.items())
        slope = (most - least) / (many - few)
        table.add_row("memory", f"growth from {few} to {many} versions", f"{slope:.1f} MB a version", "")
    Console().print(table)
    return 1 if failed else 0


def measure(
    name: str, measurement: Measurement, table: Table, memory: dict[int, float], rates: list[Rate]
) -> bool:
    """Add the rows of a command; False when it failed, which is a row too.

    `memory` notes the megabytes of a run's largest process by the number of its versions, `rates` how fast each run was.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.jsonl")
        print(f"measuring {name}: {measurement.command}", file=sys.stderr, flush=True)
        command = [word.replace("REPORT", str(path)) for word in shlex.split(measurement.command)]
        if measurement.beside_base:
            run_command(command)
        cost = run_command(command)
        is_run = "REPORT" in measurement.command
        if cost.exit_code not in ((0, 1) if is_run else (0,)):
            table.add_row(name, measurement.about, f"ended with {cost.exit_code}", "")
            return False
        figure = f"{cost.wall:.1f} s, {cost.processor:.1f} s of processor time"
        table.add_row(name, measurement.about, figure, f"under {measurement.limit:g} s")
        if measurement.beside_base:
            base = run_command(shlex.split(BASE))
            times = cost.processor / base.processor
            table.add_row("", f"its processor time beside that of {BASE}", f"{times:.2f} times", "")
        if is_run:
            report = read_report(path)
            memory[len(report.header.versions)] = cost.megabytes
            rates.append(add_figures_of_run(report, cost, table))
    return True


def run_command(command: list[str]) -> Cost:
    """Run a command to its end with this environment's programs first on the path; its output is not shown."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path}
    # without bytecode each process compiles all that it imports
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    idle, begun = read_idle_seconds(), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    busy = 1 - (read_idle_seconds() - idle) / (wall * (os.cpu_count() or 1))
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, busy, process.returncode)


def read_idle_seconds() -> float:
    """For how long the processors have had nothing to do since the machine started, added up, in seconds."""
    return float(Path("/proc/uptime").read_text(encoding="ascii").split()[1])


def add_figures_of_run(report: Report, cost: Cost, table: Table) -> Rate:
    """Add cases and distinct checks a second, processor time a case, wall time beside daemon time, and memory."""
    footer = report.finished()
    workers = max(report.header.workers, 1)
    cases = len(report.results)
    checks = len({(result.case.change, result.case.test) for result in report.results})
    ideal = footer.daemon_seconds / workers
    for about, figure, goal in (
        (f"{cases} cases", f"{cases / footer.seconds:.1f} a second", f"at least {CASES_PER_SECOND}"),
        (f"{checks} distinct checks", f"{checks / footer.seconds:.1f} a second", ""),
        ("processor time, most of the engine's aside", f"{cost.processor / cases * 1000:.1f} ms a case", ""),
        ("processors busy, with all else that runs here", f"{cost.busy:.0%}", ""),
        (
            f"waited for the daemon {footer.daemon_seconds:.1f} s in {workers} workers",
            f"{footer.seconds / ideal:.2f} times {ideal:.1f} s",
            f"under {TIMES_THE_DAEMON} times",
        ),
        ("largest process", f"{cost.megabytes:.0f} MB", f"under {MEGABYTES} MB"),
    ):
        table.add_row("", about, figure, goal)
    return Rate(cases / footer.seconds, checks / footer.seconds, cost.processor / cases * 1000)


def compare_with_docker_py(table: Table, rates: list[Rate]) -> None:
    """Add how fast docker-py's integration tests are, and how many times as fast the last run was."""
    print("measuring docker-py: its integration tests on a private engine", file=sys.stderr, flush=True)
    theirs = measure_docker_py()
    about = "docker-py's integration tests"
    if theirs is None or not theirs.passed:
        table.add_row("docker-py", about, "its source package cannot be installed here", "")
        return
    rate, processor = theirs.passed / theirs.wall, theirs.processor / theirs.passed * 1000
    table.add_row("docker-py", f"{theirs.passed} passed", f"{rate:.2f} a second, {processor:.0f} ms each", "")
    for ours in rates[-1:]:
        for about, times, goal in (
            ("cases a second of the last run beside it", ours.cases / rate, TIMES_CASES),
            ("distinct checks a second beside it", ours.checks / rate, TIMES_CHECKS),
            ("its processor time a test beside ours a case", processor / ours.processor, TIMES_PROCESSOR),
        ):
            table.add_row("", about, f"{times:.1f} times", f"{goal} times")


def measure_validation(table: Table) -> bool:
    """Add the share of a quick run in one process that holding answers against documents takes."""
    print("measuring validation: a quick run in one process", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            str(Path(__file__).with_name("validation.py")),
            "--dockerd",
            "dockerd",
            "--quick",
        ]
        command += ["--report", str(Path(folder, "report.jsonl"))]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):
        table.add_row("validation", "answers held against the documents", f"ended with {done.returncode}", "")
        return False
    figures = json.loads(done.stdout.splitlines()[-1])
    share = figures["validation"] / figures["run"]
    table.add_row(
        "validation",
        f"answers held against the documents, {figures['validation']:.1f} of {figures['run']:.0f} s",
        f"{share:.2%}",
        f"under {VALIDATION:.0%}",
    )
    return True


def measure_requests(table: Table) -> None:
    """The median time of GET /_ping through the client, and over a socket that only reads what comes."""
    with find(RunOptions(dockerd="dockerd")).open() as daemon:
        client = Client(daemon.endpoint)
        ours = statistics.median(time_calls(lambda: client.get("/_ping")) for _ in range(ROUNDS))
        bare_socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        bare_socket.connect(daemon.endpoint.path)
        request = b"GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"

        def send_bare() -> None:
            bare_socket.sendall(request)
            bare_socket.recv(65536)

        base = statistics.median(time_calls(send_bare) for _ in range(ROUNDS))
        bare_socket.close()
        client.close()
    table.add_row(
        "request",
        "GET /_ping through the client, and over a bare socket",
        f"{ours * 1e3:.3f} and {base * 1e3:.3f} ms",
        "",
    )


def time_calls(action: Callable[[], object]) -> float:
    """Seconds per call."""
    begun = time.perf_counter()
    for _ in range(REQUESTS):
        action()
    return (time.perf_counter() - begun) / REQUESTS


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
