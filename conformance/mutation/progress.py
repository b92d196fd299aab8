"""How far a proof is, on stderr, where that is a terminal."""

from __future__ import annotations

import sys

from conformance.mutation.result import Trial


class Progress:
    """Counts what is done; `total` 0 means that nobody knows how much there is."""

    def __init__(self, total: int = 0) -> None:
        self._total = total
        self._done = 0

    def trial(self, trial: Trial) -> None:
        """One more mutant is done."""
        self.step(f"{trial.change} {trial.mutant.name}")

    def step(self, what: str) -> None:
        """One more thing is done."""
        self._done += 1
        if sys.stderr.isatty():
            of = f"/{self._total}" if self._total else ""
            sys.stderr.write(f"\r\x1b[K{self._done}{of} {what[:60]}")
            sys.stderr.flush()

    def close(self) -> None:
        """Take the line away."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
