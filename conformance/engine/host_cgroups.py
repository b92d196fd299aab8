"""Control groups as the daemon's process has them: which hierarchies are mounted, which files the kernel offers."""

from __future__ import annotations

import contextlib
import os
import secrets

from conformance.engine.private import namespaces
from conformance.engine.threads import find_root, find_thread
from conformance.model.changes import Need

_KNOWN = ("blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "hugetlb", "memory", "pids")


class HostCgroups:
    """The control group hierarchies that process `pid` has mounted, read through ``/proc``."""

    def __init__(self, pid: int) -> None:
        root = find_root(pid)
        #: v1 controller -> directory, reachable from here.
        self.v1: dict[str, str] = {}
        self.v2 = ""
        self.v2_controllers: list[str] = []
        for mount in namespaces.mounts(find_thread(pid)):
            if mount.kind == "cgroup":
                for option in mount.options:
                    self.v1.setdefault(option, root + mount.path)
            elif mount.kind == "cgroup2":
                self.v2 = root + mount.path
                with (
                    contextlib.suppress(OSError),
                    open(f"{self.v2}/cgroup.controllers", encoding="ascii") as file,
                ):
                    self.v2_controllers = file.read().split()

    @property
    def kind(self) -> str:
        """``v1``, ``v2``, ``hybrid`` (v1 with a v2 beside it) or empty."""
        v1 = any(name in self.v1 for name in ("memory", "cpu", "devices", "pids"))
        return ("hybrid" if self.v2 else "v1") if v1 else "v2" if self.v2 else ""

    @property
    def controllers(self) -> list[str]:
        """The controllers that containers can have."""
        return sorted({name for name in _KNOWN if name in self.v1} | set(self.v2_controllers))

    def missing_file(self, need: Need) -> str:
        """Why the file of `need` is not there; ``""`` when it is."""
        old, _, old_file = need.cgroup_v1.partition("/")
        new, _, new_file = need.cgroup_v2.partition("/")
        if old in self.v1:
            there = os.path.exists(os.path.join(self.v1[old], old_file))
            return "" if there else f"the kernel has no {old_file}"
        if not self.v2:
            return f"no cgroup controller {old} is mounted where the daemon runs"
        if new != "-" and new not in self.v2_controllers:
            return f"the cgroup controller {new} is not available where the daemon runs"
        return "" if self._exists_in_a_child(new_file) else f"the kernel has no {new_file}"

    def missing_memory_v1(self) -> str:
        """Why the memory controller is not one of cgroup v1; ``""`` when it is."""
        there = "memory" in self.v1
        return "" if there else "the memory controller is not one of cgroup v1 on the daemon's host"

    def missing_kernel_memory(self) -> str:
        """Why kernel memory cannot be limited; ``""`` when it can. Newer kernels accept the limit and ignore it."""
        if "memory" not in self.v1:
            return "only cgroup v1 can limit kernel memory"
        probe = os.path.join(self.v1["memory"], f"docker-conformance-probe-{secrets.token_hex(4)}")
        limit = 32 * 1024 * 1024
        try:
            os.mkdir(probe)
            try:
                path = os.path.join(probe, "memory.kmem.limit_in_bytes")
                with open(path, "r+", encoding="ascii") as file:
                    file.write(str(limit))
                with open(path, encoding="ascii") as file:
                    found = int(file.read())
            finally:
                os.rmdir(probe)
        except (OSError, ValueError) as error:
            return f"this kernel does not limit kernel memory ({error.__class__.__name__})"
        return "" if found == limit else "this kernel accepts a limit of kernel memory and ignores it"

    def _exists_in_a_child(self, name: str) -> bool:
        """Whether some child of the v2 root has the file; the root itself never has it."""
        with contextlib.suppress(OSError):
            return any(
                entry.is_dir() and os.path.exists(os.path.join(entry.path, name))
                for entry in os.scandir(self.v2)
            )
        return False
