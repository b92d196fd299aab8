"""What the controller of a mutation run and its workers send each other: one line of JSON each."""

from __future__ import annotations

import socket
from typing import TypeVar

import msgspec

from conformance.catalogue import Mutant
from conformance.model import codec
from conformance.model.cases import Case
from conformance.model.verdicts import Result
from conformance.runner.plan import Plan

T = TypeVar("T")


class Start(msgspec.Struct, frozen=True):
    """The controller's first message to the host of the workers: the plan, a name, and the files of the suites to collect.

    With `direct` the checks ask the daemon itself, without a proxy.
    """

    plan: Plan
    name: str
    files: list[str]
    direct: bool = False


class Ready(msgspec.Struct, kw_only=True):
    """The host's ready message: the cases that it collected, or the error that stops it."""

    cases: list[Case] = []
    error: str = ""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Run these cases (by key) under one fault: that of a mutant of `change`, that of controls (by name), or none.

    `on_top_of` is a repairing mutant of the same change that is applied first. `ordinal` limits the fault to the n-th exchange
    of a check, counted from 0. With `until_killed` the first case that notices the fault ends the job. With `with_exchanges`
    the exchanges of each case come back, with the members that the check read.
    """

    cases: list[str]
    change: str = ""
    mutant: Mutant | None = None
    on_top_of: Mutant | None = None
    ordinal: int | None = None
    controls: list[str] = []
    until_killed: bool = False
    with_exchanges: bool = False


class ObservedExchange(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange of a check: the request, the status, and the paths of the members that the check read.

    `absent` are those of them that did not exist.
    """

    method: str
    target: str
    status: int
    reads: list[list[str | int]] = []
    absent: list[list[str | int]] = []


class CaseRun(msgspec.Struct, frozen=True, kw_only=True):
    """A case that ran: its result, and its exchanges if the job asked for them."""

    result: Result
    exchanges: list[ObservedExchange] = []


class JobResult(msgspec.Struct, kw_only=True):
    """What came of a job. `matched` counts the requests that the fault was to change, `reached` the changes that it made.

    `errors` are those of the proxy and of the worker.
    """

    runs: list[CaseRun] = []
    matched: int = 0
    reached: int = 0
    seconds: float = 0.0
    errors: list[str] = []


class Done(msgspec.Struct, kw_only=True):
    """A worker's final message: what it could not remove from the daemon."""

    leaks: list[str] = []


class Channel:
    """Sends and receives messages over a socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._file = sock.makefile("rwb")

    def send(self, message: msgspec.Struct) -> None:
        """Send a message. Raises OSError when the other side has closed."""
        self._file.write(codec.encode(message) + b"\n")
        self._file.flush()

    def receive(self, kind: type[T]) -> T | None:
        """Wait for a message; None when the other side has closed. Raises msgspec.DecodeError for anything else."""
        line = self._file.readline()
        return codec.decode(line, kind) if line.strip() else None
