"""One part of a run whose cases are split over machines."""

from __future__ import annotations

import re
from typing import NamedTuple

MOST = 1000
_SHARD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", re.ASCII)


class Shard(NamedTuple):
    """One of `total` parts; `number` counts from 1."""

    number: int
    total: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``"2/5"``; raises ValueError for anything else."""
        match = _SHARD.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]) or int(match[2]) > MOST:
            raise ValueError(
                f"not a shard: {text!r} (expected NUMBER/TOTAL with NUMBER up to TOTAL, for example 2/5)"
            )
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.total}"
