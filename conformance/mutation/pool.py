"""The worker processes of a mutation run."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from conformance.catalogue.check_index import checks
from conformance.model.cases import Case
from conformance.model.errors import ConformanceError, UsageError
from conformance.mutation.protocol import Channel, Done, Job, JobResult, Ready, Start
from conformance.mutation.schedule import Schedule
from conformance.runner.worker_session import Plan

T = TypeVar("T")
#: Seconds that a worker has to end after its final message.
_PATIENCE = 20


class WorkerLost(ConformanceError):
    """A worker ended before its job was done."""


class WorkerHandle:
    """One worker process, used by one thread at a time."""

    def __init__(self, start: Start) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "conformance.mutation.worker", str(theirs.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        self._socket = ours
        self._channel = Channel(ours)
        self._channel.send(start)
        self.cases: list[Case] = []

    def wait_until_ready(self) -> None:
        """Wait until the worker has collected its cases. Raises WorkerLost."""
        ready = self._receive(Ready)
        if ready.error:
            raise WorkerLost(f"failed to collect the checks: {ready.error}")
        self.cases = ready.cases

    def run(self, job: Job) -> JobResult:
        """Have the worker run a job. Raises WorkerLost."""
        try:
            self._channel.send(job)
        except OSError as error:
            raise WorkerLost(f"failed to send a job to a worker of the mutation run: {error}") from None
        return self._receive(JobResult)

    def _receive(self, kind: type[T]) -> T:
        try:
            message = self._channel.receive(kind)
        except (OSError, msgspec.DecodeError) as error:
            raise WorkerLost(f"invalid message from a worker of the mutation run: {error}") from None
        if message is None:
            raise WorkerLost("a worker of the mutation run died")
        return message

    def stop(self) -> list[str]:
        """Let the worker clean up and end; returns what it could not remove."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        leaks: list[str] = []
        with contextlib.suppress(WorkerLost):
            leaks = self._receive(Done).leaks
        self._socket.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        return leaks


#: Runs with a worker; returns further tasks of its group.
Task = Callable[[WorkerHandle], "Iterable[Task]"]


class WorkerPool:
    """Workers for the checks of the plan's changes. Leaving the block stops them; `leaks` is what they could not remove."""

    def __init__(self, plan: Plan, count: int, *, direct: bool = False) -> None:
        self.leaks: list[str] = []
        self.plan = plan
        files = sorted(
            {check.file for change, bound in checks().items() if plan.selects(change) for check in bound}
        )
        if not files:
            raise UsageError("these changes have no checks")
        kind = "direct" if direct else "mutation"
        self._workers = [
            WorkerHandle(Start(plan, f"{kind}{number}", files, direct)) for number in range(count)
        ]

    def __enter__(self) -> WorkerPool:
        try:
            for worker in self._workers:
                worker.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            self.leaks += worker.stop()

    @property
    def cases(self) -> list[Case]:
        """All cases, in the order of collection."""
        return self._workers[0].cases

    def run_all(self, groups: Iterable[Iterable[Task]]) -> None:
        """Run every task with one of the workers; returns when all are done. Raises the first error of a task.

        Tasks of one group share fixtures: one worker runs them as long as the others have work. What a task returns are further
        tasks of its group.
        """
        schedule = Schedule(groups)
        errors: list[BaseException] = []
        threads = [
            threading.Thread(target=self._run_tasks, args=(worker, schedule, errors), daemon=True)
            for worker in self._workers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)
        if errors:
            raise errors[0]

    @staticmethod
    def _run_tasks(worker: WorkerHandle, schedule: Schedule[Task], errors: list[BaseException]) -> None:
        group = None
        while (taken := schedule.take(group)) is not None:
            group, task = taken
            try:
                schedule.finish(group, task(worker))
            except BaseException as error:  # noqa: BLE001  raised again in the thread that waits
                errors.append(error)
                schedule.stop()
