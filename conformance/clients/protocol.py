"""What the process of a client and the one that started it tell each other: a job, and a line of JSON for each step."""

from __future__ import annotations

import enum

import msgspec

from conformance.environment.ledger import RunInfo
from conformance.model.versions import ApiVersion


class Job(msgspec.Struct, frozen=True):
    """One way of a client through the scenario: `socket` is the path of the daemon, `image` the id of the test image.

    `base` is a name of the test image for a Dockerfile, "" if it has none. `number` tells the jobs of a run apart. `program` is the
    path of the client, where it is a program and not the one on the PATH.
    """

    client: str
    socket: str
    version: ApiVersion
    run: RunInfo
    image: str
    base: str
    number: int
    program: str = ""


class Outcome(enum.StrEnum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "failed"
    BLOCKED = "blocked"  # a step that it needs has failed
    NOT_RUN = "not-run"  # the client died, or took too long


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the client's process. Before a step begins, the process waits for an empty line.

    `unavailable` says why the client cannot run here, with the line that installs it; `name` is the client with its version.
    `reads` are the members of answers that the client has read, by "METHOD target", where that can be seen.
    """

    name: str = ""
    unavailable: str = ""
    begins: str = ""
    ended: str = ""
    outcome: Outcome = Outcome.PASSED
    reason: str = ""
    reads: dict[str, list[str]] = {}
