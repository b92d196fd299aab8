"""The limits of a control group as a process inside it finds them, in cgroup v1 and v2 alike. No daemon here.

A container runs PROBE and its output is read by ``read``. v1 shows a container's own group at the top of each hierarchy or,
where it shows the host's tree, at the path that ``/proc/self/cgroup`` names.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from conformance.wire import Malformed

# what: (controller and file of v1, file of v2)
_FILES = {
    "memory": ("memory", "memory.limit_in_bytes", "memory.max"),
    "swap": ("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"),
    "shares": ("cpu", "cpu.shares", "cpu.weight"),
    "period": ("cpu", "cpu.cfs_period_us", "cpu.max"),
    "quota": ("cpu", "cpu.cfs_quota_us", "cpu.max"),
    "cpus": ("cpuset", "cpuset.cpus", "cpuset.cpus"),
}

_TOP = "/sys/fs/cgroup"
_READ = (
    "own() { sed -n 's/^[0-9]*:'$1'://p' /proc/self/cgroup | grep -v '/\\.\\.'; }; "
    f'show() {{ for f in {_TOP}/$2"$(own $2)"/$3 {_TOP}/$2/$3; do [ -e $f ] && echo $1 v1 $(cat $f) && return; done; '
    f"for f in {_TOP}\"$(own '')\"/$4 {_TOP}/$4; do [ -e $f ] && echo $1 v2 $(cat $f) && return; done; }}; "
)

#: A line of shell that prints what ``read`` understands.
PROBE = _READ + "; ".join(f"show {what} {' '.join(files)}" for what, files in _FILES.items()) + "; true"

#: v1 has no word for "no limit": it shows the largest multiple of a page.
_NO_LIMIT = 1 << 62


class Limits(NamedTuple):
    """What a process finds: bytes, microseconds, a list of CPUs. None is no limit; "" for `cpus` is no file at all.

    `memory_and_swap` is the sum of both. `cpu_shares` is v1's number; in v2, which has another scale, `cpu_weight` is set
    and the shares are None.
    """

    memory: int | None
    memory_and_swap: int | None
    cpu_shares: int | None
    cpu_weight: int | None
    cpu_period: int | None
    cpu_quota: int | None
    cpus: str

    def has_shares(self, shares: int) -> bool:
        """Whether the CPU weight is that of `shares`, by either of the conversions to v2 that are in use."""
        if self.cpu_weight is None:
            return self.cpu_shares == shares
        linear = 1 + ((shares - 2) * 9999) // 262142
        log = math.log2(shares)
        logarithmic = math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34))
        return self.cpu_weight in (linear, logarithmic)


def read(text: str | None) -> Limits:
    """Read the output of PROBE; raises Malformed when it is none."""
    found: dict[str, tuple[str, list[str]]] = {}
    for line in (text or "").splitlines():
        what, version, *values = line.split() or [""]
        found[what] = (version, values)
    if not found.keys() & _FILES.keys():
        raise Malformed(f"the process found no control group: {(text or '')[:200]!r}")
    memory, swap = _number(found, "memory"), _number(found, "swap")
    if found.get("swap", ("",))[0] == "v2" and swap is not None:
        swap = None if memory is None else memory + swap
    weight = _number(found, "shares")
    unified = found.get("shares", ("",))[0] == "v2"
    return Limits(
        memory=memory,
        memory_and_swap=swap,
        cpu_shares=None if unified else weight,
        cpu_weight=weight if unified else None,
        cpu_period=_number(found, "period", 1),
        cpu_quota=_number(found, "quota"),
        cpus=" ".join(found.get("cpus", ("", []))[1]),
    )


def _number(found: dict[str, tuple[str, list[str]]], what: str, place: int = 0) -> int | None:
    """The number; v2's cpu.max holds two of them, quota and period, at `place`."""
    version, values = found.get(what, ("", []))
    index = place if version == "v2" and len(values) > 1 else 0
    if index >= len(values) or values[index] == "max":
        return None
    try:
        number = int(values[index])
    except ValueError:
        raise Malformed(f"{what} is {values[index]!r}") from None
    return None if number < 0 or number >= _NO_LIMIT else number
