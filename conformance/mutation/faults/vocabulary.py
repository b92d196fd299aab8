"""Which function builds the fault of each name."""

from __future__ import annotations

from collections.abc import Callable

from conformance.mutation.proxy.fault import Fault

FaultBuilder = Callable[..., Fault]
BUILDERS: dict[str, FaultBuilder] = {}


def fault(name: str) -> Callable[[FaultBuilder], FaultBuilder]:
    """Register the function that builds the faults of a name from a mutant's arguments."""

    def register(builder: FaultBuilder) -> FaultBuilder:
        BUILDERS[name] = builder
        return builder

    return register
