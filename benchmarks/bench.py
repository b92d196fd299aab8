"""What the suite costs: a full run on a private engine, and a request beside a bare keep-alive socket.

Prints figures and judges nothing; run it on a quiet machine (``tox -e bench``). Arguments go to ``docker-conformance run``.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from conformance.engine.targets import find
from conformance.http.client import Client
from conformance.report.file import read_report
from conformance.runner.options import RunOptions

ROUNDS, REQUESTS = 5, 400


def main(arguments: list[str]) -> int:
    """Print all figures; returns 0 unless the run itself could not be done."""
    measure_requests()
    return measure_run(["-n", "auto", *arguments])


def measure_requests() -> None:
    """The median time of GET /_ping through the client, and over a socket that only reads what comes."""
    with find(RunOptions(dockerd="dockerd")).open() as daemon:
        client = Client(daemon.endpoint)
        ours = statistics.median(timed(lambda: client.get("/_ping")) for _ in range(ROUNDS))
        bare_socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        bare_socket.connect(daemon.endpoint.path)
        request = b"GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"

        def bare() -> None:
            bare_socket.sendall(request)
            bare_socket.recv(65536)

        base = statistics.median(timed(bare) for _ in range(ROUNDS))
        bare_socket.close()
        client.close()
    print(
        f"request: {ours * 1e3:.3f} ms through the client, {base * 1e3:.3f} ms over a bare socket, overhead {(ours - base) * 1e3:.3f} ms"
    )


def timed(action) -> float:
    """Seconds per call."""
    begun = time.perf_counter()
    for _ in range(REQUESTS):
        action()
    return (time.perf_counter() - begun) / REQUESTS


def measure_run(arguments: list[str]) -> int:
    """A full run: cases a second, and wall time beside the time that the daemon was waited for."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.jsonl")
        command = [
            sys.executable,
            "-m",
            "conformance",
            "run",
            "--dockerd",
            "dockerd",
            "--report",
            str(path),
            *arguments,
        ]
        begun = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        wall = time.perf_counter() - begun
        if done.returncode not in (0, 1):
            print(f"the run ended with {done.returncode}", file=sys.stderr)
            return done.returncode
        report = read_report(path)
    footer = report.finished()
    workers = max(report.header.workers, 1)
    ideal = footer.daemon_seconds / workers
    print(
        f"run: {len(report.results)} cases in {footer.seconds:.1f} s ({wall:.1f} s with start and end of the engine), {len(report.results) / footer.seconds:.1f} cases/s"
    )
    print(
        f"daemon: waited for {footer.daemon_seconds:.1f} s over {workers} workers on {os.cpu_count()} cores; wall is {footer.seconds / ideal:.2f} times {ideal:.1f} s"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
