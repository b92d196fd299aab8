"""How long a client waits for a daemon."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timeouts:
    """Times in seconds.

    ``first_byte`` runs from the end of the request to the first byte of the answer, ``silence`` between two reads,
    ``total`` over one whole exchange.
    """

    connect: float = 10.0
    first_byte: float = 60.0
    silence: float = 30.0
    total: float = 180.0

    @classmethod
    def patient(cls, seconds: float) -> Timeouts:
        """Timeouts for a daemon that may take `seconds` before it answers; the other times follow from that one."""
        return cls(connect=min(10.0, seconds), first_byte=seconds, silence=seconds / 2, total=seconds * 3)
