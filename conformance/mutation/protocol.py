"""What the proof's controller and its workers say to each other: one line of JSON each."""

from __future__ import annotations

import msgspec

from conformance.catalogue import Mutant
from conformance.model.results import Case, Result


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Run these cases (by key) under one fault: that of a mutant of `change`, or a control by its name, or none.

    With `upon`, a mending mutant of the same change, the fault meets the daemon that this one mends.
    `ordinal` limits the fault to the n-th exchange of the check, from 0. With `until_killed` the first case that notices
    the fault ends the order. With `notes` the exchanges of each case come back, with the members that were read.
    """

    cases: list[str]
    change: str = ""
    mutant: Mutant | None = None
    upon: Mutant | None = None
    ordinal: int | None = None
    control: str = ""
    until_killed: bool = False
    notes: bool = False


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange of a check: what was asked, the status, and the paths of the members that the check read.

    `absent` are those of them that were not there.
    """

    method: str
    target: str
    status: int
    reads: list[list[str | int]] = []
    absent: list[list[str | int]] = []


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """A case that ran: its result, and its exchanges if they were wanted."""

    result: Result
    exchanges: list[Noted] = []


class Outcome(msgspec.Struct, kw_only=True):
    """What became of an order. `matched` counts the requests that were to be broken, `reached` those that were.

    `trouble` is what went wrong in the proxy itself.
    """

    runs: list[Ran] = []
    matched: int = 0
    reached: int = 0
    seconds: float = 0.0
    trouble: list[str] = []


class Hello(msgspec.Struct, kw_only=True):
    """A worker's first word: what it has collected, or why it cannot go on."""

    cases: list[Case] = []
    trouble: str = ""


class Farewell(msgspec.Struct, kw_only=True):
    """A worker's last word: what it could not remove from the daemon."""

    leaks: list[str] = []
