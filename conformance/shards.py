"""Shards: the cases of a run split over machines so that each takes about as long, the same split everywhere.

How long a check takes is recorded with the suites (``durations.json``: seconds by ``FILE::FUNCTION``, from published runs);
of a check that is not in it, the median of the others is assumed.
"""

from __future__ import annotations

import heapq
import re
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec

from conformance.errors import UsageError
from conformance.inventory import suites_dir
from conformance.results import Result, Verdict, parse_node

FILE = "durations.json"
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


@cache
def durations(folder: Path | None = None) -> dict[str, float]:
    """The recorded seconds by check; empty if none are recorded. Raises UsageError for a damaged file."""
    path = (folder or suites_dir()) / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, float])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: not the recorded durations: {error}") from None


def recorded(results: list[Result]) -> dict[str, float]:
    """The median seconds of each check, in the order of their names."""
    seconds: dict[str, list[float]] = {}
    for result in results:
        if result.verdict not in (Verdict.NOT_RUN, Verdict.UNSERVED, Verdict.UNAVAILABLE):
            seconds.setdefault(result.case.check, []).append(result.seconds)
    return {check: round(median(seconds[check]), 3) for check in sorted(seconds)}


def split(nodeids: list[str], total: int, known: dict[str, float]) -> list[int]:
    """The number of the shard of each node id: the longest first, each to the shard that has least so far."""
    usual = median(known.values()) if known else 1.0
    costs = []
    for place, nodeid in enumerate(nodeids):
        case = parse_node(nodeid)
        costs.append((-max(0.001, known.get(case.check, usual) if case else 0.001), nodeid, place))
    loads = [(0.0, number) for number in range(1, total + 1)]
    found = [0] * len(nodeids)
    for cost, _, place in sorted(costs):
        load, number = heapq.heappop(loads)
        found[place] = number
        # rounded, so that sums of floats compare alike everywhere
        heapq.heappush(loads, (round(load - cost, 6), number))
    return found
