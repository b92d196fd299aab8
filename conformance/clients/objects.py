"""The objects of a scenario: their names, each in the ledger before it is created, and what goes into them."""

from __future__ import annotations

import time
from collections.abc import Callable

from conformance.clients.protocol import Job
from conformance.environment.ledger import LABEL, Ledger
from conformance.environment.rootfs import make_rootfs
from conformance.http import tar

#: The container of most steps: it says something on both outputs and stays until it is killed.
COMMAND = ["sh", "-c", "echo out; echo err >&2; exec sleep 600"]
#: The container of the step ``attach``: it answers what is written to it.
ECHO = ["sh", "-c", "read line; echo got $line"]
#: The process of the step ``exec``, with its exit code.
EXEC, EXEC_CODE = ["sh", "-c", "echo ran; exit 3"], 3
COPIED = b"copied into the container\n"
#: Seconds that a step may wait for something to become true.
_PATIENCE = 10.0


class Objects:
    """Names and content for one job."""

    def __init__(self, job: Job) -> None:
        self._ledger = Ledger(job.run, f"client-{job.number}")
        self._prefix = f"{job.run.prefix}{job.number}"
        self.image = job.image
        self.base = job.base or job.image
        self.labels = {LABEL: job.run.run}

    def name(self, kind: str, suffix: str) -> str:
        """A name for a new object, which is in the ledger from now on; the same suffix gives the same name."""
        name = f"{self._prefix}-{suffix}"
        self._ledger.will_create(kind, f"{name}:1" if kind == "image" else name)
        return name

    def rootfs(self) -> bytes:
        """The archive of the test image, for an import."""
        return make_rootfs()

    def archive(self) -> bytes:
        """An archive with the file ``copied``."""
        return tar.pack(tar.Member("copied", COPIED))

    def context(self) -> bytes:
        """A build context that adds a label to the test image."""
        lines = f"FROM {self.base}\nLABEL {LABEL}={self.labels[LABEL]}\nLABEL built=yes\n"
        return tar.pack(tar.Member("Dockerfile", lines.encode()))

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()


def expect(condition: object, expected: str, got: object) -> None:
    """Fail the step unless the condition is true."""
    if not condition:
        raise AssertionError(f"expected {expected}, got {got!r}")


def wait_until(condition: Callable[[], bool], expected: str) -> None:
    """Wait for a condition. Raises AssertionError when it does not become true."""
    ends = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(f"timed out after {_PATIENCE:g} s waiting for {expected}")
        time.sleep(0.05)
