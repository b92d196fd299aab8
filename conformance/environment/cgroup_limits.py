"""The limits of a control group as a process in it finds them, for cgroup v1 and v2. No I/O.

A container runs PROBE_LIMITS and its output is read by ``parse_limits``. v1 shows a container's own group at the top of each hierarchy or,
where it shows the host's tree, at the path that ``/proc/self/cgroup`` names.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from conformance.http.errors import Malformed

#: What is read: controller and file of v1, file of v2.
FILES = {
    "memory": ("memory", "memory.limit_in_bytes", "memory.max"),
    "swap": ("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"),
    "reservation": ("memory", "memory.soft_limit_in_bytes", "memory.low"),
    "swappiness": ("memory", "memory.swappiness", "memory.swappiness"),
    "killer": ("memory", "memory.oom_control", "memory.oom_control"),
    "shares": ("cpu", "cpu.shares", "cpu.weight"),
    "period": ("cpu", "cpu.cfs_period_us", "cpu.max"),
    "quota": ("cpu", "cpu.cfs_quota_us", "cpu.max"),
    "cpus": ("cpuset", "cpuset.cpus", "cpuset.cpus"),
    "mems": ("cpuset", "cpuset.mems", "cpuset.mems"),
}

_TOP = "/sys/fs/cgroup"
#: Uses builtins of the shell only, as each further process costs time, and stands on one line, so that a build can run it.
_READ = (
    "while IFS=: read -r id names path; do case $path in */..*) path=;; esac; case ,$names, in ,,) unified=$path;; esac; "
    + " ".join(f"case ,$names, in *,{name},*) {name}=$path;; esac;" for name in ("memory", "cpu", "cpuset"))
    + " done </proc/self/cgroup; "
    'first() { what=$1; shift; for f; do [ -f "$f" ] && read -r line <"$f" && echo "$what $line" && return; done; }; '
    f'show() {{ first "$1 v1" "{_TOP}/$2$3/$4" "{_TOP}/$2/$4" || first "$1 v2" "{_TOP}$unified/$5" "{_TOP}/$5"; }}; '
    'while read -r name line; do case $name in Cpus_allowed_list:) echo "allowed - $line";; esac; done </proc/self/status; '
    'first "score -" /proc/self/oom_score_adj; '
)

#: A line of shell that prints what ``parse_limits`` understands.
PROBE_LIMITS = (
    _READ
    + "; ".join(f'show {what} {name} "${name}" {old} {new}' for what, (name, old, new) in FILES.items())
    + "; true"
)

#: cgroup v1 shows the largest multiple of a page where there is no limit.
_NO_LIMIT = 1 << 62


class CgroupLimits(NamedTuple):
    """Limits in bytes and microseconds, lists of CPUs and memory nodes. None: no limit; "": no such file.

    `memory_and_swap` is the sum of both, `memory_reservation` the soft limit. `cpu_shares` is v1's number; in v2, which has
    another scale, `cpu_weight` is set and the shares are None. `cpus` and `mems` are the group's, `allowed_cpus` are those
    on which the kernel lets the process run. `oom_kill_disable` is 1 or 0, and like `swappiness` only in v1.
    """

    memory: int | None
    memory_and_swap: int | None
    cpu_shares: int | None
    cpu_weight: int | None
    cpu_period: int | None
    cpu_quota: int | None
    cpus: str
    mems: str
    allowed_cpus: str
    memory_reservation: int | None
    swappiness: int | None
    oom_kill_disable: int | None
    oom_score_adj: int | None

    def has_shares(self, shares: int) -> bool:
        """Whether the CPU weight is that of `shares`; both conversions to v2 that are in use count."""
        if self.cpu_weight is None:
            return self.cpu_shares == shares
        linear = 1 + ((shares - 2) * 9999) // 262142
        log = math.log2(shares)
        logarithmic = math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34))
        return self.cpu_weight in (linear, logarithmic)


def parse_limits(text: str | None) -> CgroupLimits:
    """Parse the output of PROBE_LIMITS. Raises Malformed."""
    found: dict[str, tuple[str, list[str]]] = {}
    for line in (text or "").splitlines():
        what, version, *values = line.split() or [""]
        found[what] = (version, values)
    if not found.keys() & FILES.keys():
        raise Malformed(f"expected limits of a control group, got {(text or '')[:200]!r}")
    memory, swap = _number(found, "memory"), _number(found, "swap")
    if found.get("swap", ("",))[0] == "v2" and swap is not None:
        swap = None if memory is None else memory + swap
    weight = _number(found, "shares")
    unified = found.get("shares", ("",))[0] == "v2"
    return CgroupLimits(
        memory=memory,
        memory_and_swap=swap,
        cpu_shares=None if unified else weight,
        cpu_weight=weight if unified else None,
        cpu_period=_number(found, "period", 1),
        cpu_quota=_number(found, "quota"),
        cpus=_text(found, "cpus"),
        mems=_text(found, "mems"),
        allowed_cpus=_text(found, "allowed"),
        memory_reservation=_number(found, "reservation"),
        swappiness=_number(found, "swappiness"),
        oom_kill_disable=_number(found, "killer", 1),
        oom_score_adj=_whole(found, "score"),
    )


def _text(found: dict[str, tuple[str, list[str]]], what: str) -> str:
    return " ".join(found.get(what, ("", []))[1])


def _number(found: dict[str, tuple[str, list[str]]], what: str, place: int = 0) -> int | None:
    """A limit; None where the value is no number, negative or very large."""
    number = _whole(found, what, place)
    return None if number is None or number < 0 or number >= _NO_LIMIT else number


def _whole(found: dict[str, tuple[str, list[str]]], what: str, place: int = 0) -> int | None:
    """A number; where a line has more than one value, as v2's cpu.max has quota and period, the one at `place`."""
    _, values = found.get(what, ("", []))
    index = place if len(values) > 1 else 0
    if index >= len(values) or values[index] == "max":
        return None
    try:
        return int(values[index])
    except ValueError:
        raise Malformed(f"{what}: expected an integer, got {values[index]!r}") from None
