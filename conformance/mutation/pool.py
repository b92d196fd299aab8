"""The workers of the proof, started and ended together; each is asked by one thread."""

from __future__ import annotations

import contextlib
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from conformance.catalogue.check_index import checks
from conformance.model.errors import ConformanceError, UsageError
from conformance.model.results import Case
from conformance.mutation.protocol import Farewell, Hello, Order, Outcome
from conformance.mutation.worker import Beginning, Lines
from conformance.runner.worker_session import Plan

T = TypeVar("T")


class WorkerLost(ConformanceError):
    """A worker ended in the middle; what it was doing is not known."""


class Hand:
    """One worker as the controller sees it. Used by one thread at a time."""

    def __init__(self, plan: Plan, name: str, files: list[str], *, direct: bool = False) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "conformance.mutation.worker", str(theirs.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        self._socket = ours
        self._lines = Lines(ours)
        self._lines.say(Beginning(plan, name, files, direct))
        self.cases: list[Case] = []

    def meet(self) -> None:
        """Wait until the worker has collected. Raises WorkerLost."""
        hello = self._hear(Hello)
        if hello.trouble:
            raise WorkerLost(f"the checks cannot be collected: {hello.trouble}")
        self.cases = hello.cases

    def ask(self, order: Order) -> Outcome:
        """Have an order obeyed. Raises WorkerLost."""
        try:
            self._lines.say(order)
        except OSError as error:
            raise WorkerLost(f"a worker of the proof is gone: {error}") from None
        return self._hear(Outcome)

    def _hear(self, kind: type[T]) -> T:
        try:
            message = self._lines.hear(kind)
        except (OSError, msgspec.DecodeError) as error:
            raise WorkerLost(f"a worker of the proof broke: {error}") from None
        if message is None:
            raise WorkerLost("a worker of the proof died")
        return message

    def dismiss(self) -> list[str]:
        """Let the worker clean up and end; returns what it could not remove."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        leaks: list[str] = []
        with contextlib.suppress(WorkerLost):
            leaks = self._hear(Farewell).leaks
        self._socket.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        return leaks


class Crew:
    """Some workers for the checks of the plan's changes. Leaving the block ends them; what they could not remove is in `leaks`."""

    def __init__(self, plan: Plan, count: int, *, direct: bool = False) -> None:
        self.leaks: list[str] = []
        self.plan = plan
        files = sorted(
            {
                check.check.partition("::")[0]
                for change, bound in checks().items()
                if plan.selects(change)
                for check in bound
            }
        )
        if not files:
            raise UsageError("these changes have no checks")
        kind = "direct" if direct else "proof"
        self._hands = [Hand(plan, f"{kind}{number}", files, direct=direct) for number in range(count)]

    def __enter__(self) -> Crew:
        try:
            for hand in self._hands:
                hand.meet()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for hand in self._hands:
            self.leaks += hand.dismiss()

    @property
    def cases(self) -> list[Case]:
        """All cases, in the order of collection."""
        return self._hands[0].cases

    def share(self, tasks: Iterable[Callable[[Hand], None]]) -> None:
        """Run every task with some worker; returns when all are done. Raises what the first failing one raised."""
        waiting: queue.SimpleQueue[Callable[[Hand], None]] = queue.SimpleQueue()
        for task in tasks:
            waiting.put(task)
        failures: list[BaseException] = []
        threads = [
            threading.Thread(target=self._work, args=(hand, waiting, failures), daemon=True)
            for hand in self._hands
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)
        if failures:
            raise failures[0]

    @staticmethod
    def _work(
        hand: Hand, waiting: queue.SimpleQueue[Callable[[Hand], None]], failures: list[BaseException]
    ) -> None:
        while not failures:
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                task(hand)
            except BaseException as error:  # noqa: BLE001  raised again in the thread that waits
                failures.append(error)
