"""Shards: the cases of a run split over machines, so that each takes about as long. The split is the same on every machine.

A check whose duration is not recorded counts as the median of the others.
"""

from __future__ import annotations

import heapq
from statistics import median


def split(cases: list[tuple[str, str]], total: int, known: dict[str, float]) -> list[int]:
    """The number of the shard of each case: the longest case first, each to the shard with the least total so far.

    A case is given by its node id and its check, whose duration in seconds `known` has; "" is a test that is not a check.
    """
    usual = median(known.values()) if known else 1.0
    costs = []
    for place, (nodeid, check) in enumerate(cases):
        costs.append((-max(0.001, known.get(check, usual) if check else 0.001), nodeid, place))
    loads = [(0.0, number) for number in range(1, total + 1)]
    found = [0] * len(cases)
    for cost, _, place in sorted(costs):
        load, number = heapq.heappop(loads)
        found[place] = number
        # rounded, so that sums of floats compare alike everywhere
        heapq.heappush(loads, (round(load - cost, 6), number))
    return found
