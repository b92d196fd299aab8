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
from conformance.runner.plan import Plan

T = TypeVar("T")
#: Seconds that the processes have to end after their final messages.
_PATIENCE = 20


class WorkerLost(ConformanceError):
    """A worker ended before its job was done."""


def _send(channel: Channel, message: msgspec.Struct) -> None:
    try:
        channel.send(message)
    except OSError as error:
        raise WorkerLost(f"failed to reach a worker of the mutation run: {error}") from None


def _receive(channel: Channel, kind: type[T]) -> T:
    try:
        message = channel.receive(kind)
    except (OSError, msgspec.DecodeError) as error:
        raise WorkerLost(f"invalid message from a worker of the mutation run: {error}") from None
    if message is None:
        raise WorkerLost("a worker of the mutation run died")
    return message


class WorkerHandle:
    """One worker process, used by one thread at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._channel = Channel(sock)

    def run(self, job: Job) -> JobResult:
        """Have the worker run a job. Raises WorkerLost."""
        _send(self._channel, job)
        return _receive(self._channel, JobResult)

    def stop(self) -> None:
        """Let the worker clean up and end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def wait(self) -> list[str]:
        """Wait until the worker has cleaned up; returns what it could not remove."""
        try:
            return _receive(self._channel, Done).leaks
        except WorkerLost:
            return []
        finally:
            self._socket.close()


#: Runs with a worker; returns further tasks of its group.
Task = Callable[[WorkerHandle], "Iterable[Task]"]


class WorkerPool:
    """Workers for the checks of the plan's changes. Leaving the block stops them; `leaks` is what they could not remove.

    One process collects the checks and forks the workers.
    """

    def __init__(self, plan: Plan, count: int, *, direct: bool = False) -> None:
        self.leaks: list[str] = []
        self.plan = plan
        files = sorted(
            {
                check.file
                for change, bound in checks().items()
                if plan.selection.has(change)
                for check in bound
            }
        )
        if not files:
            raise UsageError("these changes have no checks")
        ours, theirs = zip(*(socket.socketpair() for _ in range(count + 1)), strict=True)
        numbers = [sock.fileno() for sock in theirs]
        command = [sys.executable, "-m", "conformance.mutation.worker_host", *map(str, numbers)]
        self._process = subprocess.Popen(command, pass_fds=numbers, stdin=subprocess.DEVNULL)
        for sock in theirs:
            sock.close()
        self._control, *sockets = ours
        self._workers = [WorkerHandle(sock) for sock in sockets]
        self._start = Start(plan, "direct" if direct else "mutation", files, direct)
        self._cases: list[Case] = []

    def __enter__(self) -> WorkerPool:
        try:
            control = Channel(self._control)
            _send(control, self._start)
            ready = _receive(control, Ready)
            if ready.error:
                raise WorkerLost(f"failed to collect the checks: {ready.error}")
            self._cases = ready.cases
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._control.close()
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            self.leaks += worker.wait()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def cases(self) -> list[Case]:
        """All cases, in the order of collection."""
        return self._cases

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
