"""Runs the process of a client against a daemon through a recording proxy, and collects what came of each step."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from pathlib import Path

from conformance.clients.protocol import Job, Message, Outcome
from conformance.clients.result import ScenarioResult, StepResult
from conformance.clients.steps import steps_of
from conformance.environment.recording_proxy import RecordingProxy
from conformance.model import codec
from conformance.model.text import one_line

#: Seconds that a whole scenario may take, and that a step may.
_LONGEST, _STEP = 240.0, 90.0


def run_scenario(job: Job, proxy: RecordingProxy, packages: Path | None = None) -> ScenarioResult:
    """Let a client go the steps; its requests go through `proxy`, whose socket the job names.

    `packages` is a folder that another installation of the client was installed into.
    """
    environment = dict(os.environ)
    if packages is not None:
        environment["PYTHONPATH"] = os.pathsep.join(
            [str(packages), *filter(None, [environment.get("PYTHONPATH")])]
        )
    command = [sys.executable, "-m", "conformance.clients.worker", codec.encode(job).decode()]
    # without a buffer, so that what select() sees is all there is
    with subprocess.Popen(
        command,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        try:
            return _Conversation(job, proxy, process).collect()
        finally:
            process.kill()


class _Conversation:
    def __init__(self, job: Job, proxy: RecordingProxy, process: subprocess.Popen[bytes]) -> None:
        self._proxy = proxy
        self._process = process
        self._result = ScenarioResult(job.client, job.version)
        self._open = [step.name for step in steps_of(job.version)]
        self._mark = proxy.mark()
        self._ends = time.monotonic() + _LONGEST

    def collect(self) -> ScenarioResult:
        """The result, when the process has ended or taken too long."""
        assert self._process.stdin is not None
        while (message := self._read()) is not None:
            self._result.client = message.name or self._result.client
            self._result.reads |= message.reads
            if message.unavailable:
                self._result.unavailable = message.unavailable
                return self._result
            if message.begins:
                self._mark = self._proxy.mark()
                self._process.stdin.write(b"\n")
                self._process.stdin.flush()
            if message.ended:
                self._end(message.ended, message.outcome, message.reason)
        if self._open:
            self._end(self._open[0], Outcome.NOT_RUN, self._last_words())
        return self._result

    def _end(self, step: str, outcome: Outcome, reason: str) -> None:
        exchanges = tuple(self._proxy.exchanges(self._mark))
        self._result.steps.append(StepResult(step, outcome, reason, exchanges))
        self._open.remove(step)

    def _read(self) -> Message | None:
        """The next line of the process; None at its end, and when it takes too long."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(min(_STEP, self._ends - time.monotonic())):
                return None
        line = self._process.stdout.readline()
        return codec.decode(line, Message) if line.endswith(b"\n") else None

    def _last_words(self) -> str:
        """Why the process did not go on."""
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            return f"timed out after {_STEP:g} s"
        assert self._process.stderr is not None
        words = self._process.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return f"the client died: {one_line(words[-1] if words else f'exit code {self._process.returncode}')}"
