"""Actions that a daemon does one at a time: whoever runs one keeps the others of this user waiting."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from conformance.environment.ledger import state_directory


@contextmanager
def exclusively(action: str) -> Iterator[None]:
    """Run the block while no other process of this user runs one of the same `action`, such as ``prune`` or ``disk-usage``."""
    folder = state_directory().parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{action}.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
