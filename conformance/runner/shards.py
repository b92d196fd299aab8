"""Shards: the cases of a run split over machines so that each takes about as long, the same split everywhere.

Of a check whose duration is not recorded, the median of the others is assumed.
"""

from __future__ import annotations

import heapq
from statistics import median

from conformance.model.results import parse_node


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
