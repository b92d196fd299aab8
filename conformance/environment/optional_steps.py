"""Steps that fail one by one: a failed one blocks only the checks that ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from conformance.model.errors import DaemonFault, FixtureError

T = TypeVar("T")


class OptionalSteps:
    """Runs steps by name and remembers which failed."""

    def __init__(self) -> None:
        self._failed: dict[str, Exception] = {}

    def run(self, name: str, step: Callable[[], T]) -> T | None:
        """The value of a step, or None when it failed."""
        try:
            return step()
        except (FixtureError, DaemonFault, AssertionError) as error:
            self._failed[name] = error
            return None

    def require(self, *names: str) -> None:
        """Raise FixtureError when one of these steps failed."""
        for name in names:
            if name in self._failed:
                raise FixtureError(f"the step {name} failed: {self._failed[name]}")
