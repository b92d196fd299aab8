"""What a process in a container sees of the daemon's host: its kernel, its control groups, its user namespace.

Where the daemon's own process cannot be looked at, this is the second witness beside what ``GET /info`` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from conformance.model.changes import Need

_TOP = "/sys/fs/cgroup"


class HostView(NamedTuple):
    """`kernel` is the release; `cgroups` is ``v1``, ``v2`` or empty where a container is shown none.

    `needs` are those whose file of a control group is there; `user_namespace` says whether root in a container is an
    ordinary user outside.
    """

    kernel: str
    cgroups: str
    needs: frozenset[str]
    user_namespace: bool


def build_script(needs: Mapping[str, Need]) -> str:
    """A script for the test image's shell, whose output parse_view() reads."""
    lines = [
        "read -r _ _ release _ </proc/version; echo kernel $release",
        "read -r inside outside amount </proc/self/uid_map; echo users $inside $outside",
        f"[ -d {_TOP}/memory ] && echo cgroups v1; [ -f {_TOP}/cgroup.controllers ] && echo cgroups v2",
    ]
    for name, need in needs.items():
        if need.cgroup_v1:
            old, new = need.cgroup_v1, need.cgroup_v2.partition("/")[2]
            lines.append(f"[ -e {_TOP}/{old} ] || [ -e {_TOP}/{new} ] && echo need {name}")
    return "; ".join([*lines, "echo end"])


def parse_view(output: str) -> HostView | None:
    """What the script wrote; None when it did not get to its end."""
    rows = [line.partition(" ")[::2] for line in output.splitlines()]
    facts = dict(rows)
    if "end" not in facts:
        return None
    return HostView(
        kernel=facts.get("kernel", ""),
        cgroups=facts.get("cgroups", ""),
        needs=frozenset(value for name, value in rows if name == "need"),
        user_namespace=facts.get("users", "0 0") != "0 0",
    )
