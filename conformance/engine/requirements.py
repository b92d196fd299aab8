"""What this host and this daemon make possible: facts of the kernel and of the run, not of the daemon's behaviour.

Where the daemon's process is to be seen, its own view of cgroups is read through ``/proc``. Only where it runs
elsewhere its word in ``/info`` has to do, and the host facts say so.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
from typing import Any

from conformance.engine.identity import HostFacts, PrivateFacts, RegistryFacts
from conformance.engine.private import namespaces

#: Need: (v1 controller, its file, v2 controller, its file in a child). A controller None is always there.
_CGROUP_NEEDS: dict[str, tuple[str, str, str | None, str]] = {
    "memory-cgroup": ("memory", "memory.limit_in_bytes", "memory", "memory.max"),
    "swap-accounting": ("memory", "memory.memsw.limit_in_bytes", "memory", "memory.swap.max"),
    "cpu-cfs": ("cpu", "cpu.cfs_quota_us", "cpu", "cpu.max"),
    "cpu-shares": ("cpu", "cpu.shares", "cpu", "cpu.weight"),
    "cpuset": ("cpuset", "cpuset.cpus", "cpuset", "cpuset.cpus"),
    "freezer": ("freezer", "cgroup.procs", None, "cgroup.freeze"),
    "blkio-weight": ("blkio", "blkio.weight", "io", "io.weight"),
}
#: What /info says of the same, for daemons elsewhere.
_TOLD = {
    "memory-cgroup": "MemoryLimit",
    "swap-accounting": "SwapLimit",
    "cpu-cfs": "CpuCfsQuota",
    "cpu-shares": "CPUShares",
    "cpuset": "CPUSet",
    "kernel-memory": "KernelMemory",
    "memory-cgroup-v1": "OomKillDisable",
}
#: Needs of cgroups that are no matter of one file.
_SPECIAL_NEEDS = ("kernel-memory", "memory-cgroup-v1")
_NO_KERNEL_LIMIT = (5, 16)
_NO_CGROUPS = "the daemon makes no cgroups: its CgroupDriver is none"
_ELSEWHERE = "the daemon's host cannot be looked at from here"


class Cgroups:
    """The cgroup hierarchies as process `pid` has them mounted."""

    def __init__(self, pid: int) -> None:
        self._root = f"/proc/{pid}/root"
        #: v1 controller -> directory, reachable from here.
        self.v1: dict[str, str] = {}
        self.v2 = ""
        self.v2_controllers: list[str] = []
        for mount in namespaces.mounts(pid):
            if mount.kind == "cgroup":
                for option in mount.options:
                    self.v1.setdefault(option, self._root + mount.path)
            elif mount.kind == "cgroup2":
                self.v2 = self._root + mount.path
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
        known = ("blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "hugetlb", "memory", "pids")
        return sorted({name for name in known if name in self.v1} | set(self.v2_controllers))

    def missing(self, need: str) -> str:
        """Why a need of cgroups is not there; ``""`` when it is."""
        if need == "kernel-memory":
            return self._missing_kernel_memory()
        if need == "memory-cgroup-v1":
            return (
                ""
                if "memory" in self.v1
                else "the controller memory is not one of cgroup v1 where the daemon runs"
            )
        old, old_file, new, new_file = _CGROUP_NEEDS[need]
        if old in self.v1:
            there = os.path.exists(os.path.join(self.v1[old], old_file))
            return "" if there else f"the kernel offers no {old_file}"
        if not self.v2:
            return f"no cgroup controller {old} is mounted where the daemon runs"
        if new is not None and new not in self.v2_controllers:
            return f"the cgroup controller {new} is not available where the daemon runs"
        if self._in_a_child(new_file):
            return ""
        return f"the kernel offers no {new_file}"

    def _in_a_child(self, name: str) -> bool:
        """Whether some child of the v2 root has the file: the root itself never has it."""
        with contextlib.suppress(OSError):
            return any(
                entry.is_dir() and os.path.exists(os.path.join(entry.path, name))
                for entry in os.scandir(self.v2)
            )
        return False

    def _missing_kernel_memory(self) -> str:
        """Newer kernels take the limit and ignore it: only writing one shows."""
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
                    taken = int(file.read())
            finally:
                os.rmdir(probe)
        except (OSError, ValueError) as error:
            return f"this kernel does not limit kernel memory ({error.__class__.__name__})"
        return "" if taken == limit else "this kernel takes a limit of kernel memory and ignores it"


def assess(
    pid: int,
    why_no_pid: str,
    info: dict[str, Any],
    private: PrivateFacts | None,
    registry: RegistryFacts | None,
    why_no_registry: str,
) -> tuple[HostFacts, dict[str, str]]:
    """The host's facts, and every need with ``""`` or the reason why it is missing."""
    needs = {
        "registry": "" if registry else why_no_registry,
        "private-daemon": ""
        if private
        else "the daemon was not started by this run (--dockerd PATH starts one)",
        "tls-listener": ""
        if private and private.endpoints
        else "the daemon was not started with a TLS listener by this run",
        "daemon-host": "" if pid else why_no_pid,
        "docker-cli": _missing_cli(),
    }
    driver = info.get("CgroupDriver") if isinstance(info.get("CgroupDriver"), str) else ""
    cgroups = Cgroups(pid) if pid else None
    if cgroups is not None:
        needs |= {need: cgroups.missing(need) for need in (*_CGROUP_NEEDS, *_SPECIAL_NEEDS)}
    else:
        needs |= {
            need: "" if info.get(member) in (True, 1) else _said(member) for need, member in _TOLD.items()
        }
        needs["freezer"] = needs["blkio-weight"] = _ELSEWHERE
        if _kernel_release(info) >= _NO_KERNEL_LIMIT:
            # Engines go on claiming it there: the file still exists.
            needs["kernel-memory"] = (
                "kernels from 5.16 on take a limit of kernel memory and ignore it, or refuse it"
            )
    if driver == "none":  # rootless, as API v1.40 says; its host may have them all the same
        needs |= dict.fromkeys((*_CGROUP_NEEDS, *_SPECIAL_NEEDS, "cgroupfs"), _NO_CGROUPS)
    elif driver == "systemd":
        needs["cgroupfs"] = "the daemon has systemd make its cgroups, whose parents are slices"
    elif cgroups is None:
        needs["cgroupfs"] = _ELSEWHERE
    else:
        needs["cgroupfs"] = "" if cgroups.kind else "no cgroup file system is mounted where the daemon runs"
    host = HostFacts(
        source="seen" if pid else "told",
        kernel=os.uname().release if pid else _text(info, "KernelVersion"),
        cgroups=cgroups.kind
        if cgroups
        else f"v{info['CgroupVersion']}"
        if info.get("CgroupVersion") in ("1", "2")
        else "",
        cgroup_driver=str(driver or ""),
        controllers=cgroups.controllers if cgroups else [],
        cpus=_number(info, "NCPU"),
        memory=_number(info, "MemTotal"),
        system=_text(info, "OperatingSystem"),
    )
    return host, needs


def _kernel_release(info: dict[str, Any]) -> tuple[int, int]:
    match = re.match(r"(\d+)\.(\d+)", _text(info, "KernelVersion"))
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _said(member: str) -> str:
    return f"{_ELSEWHERE}, and its /info does not claim {member}"


def _missing_cli() -> str:
    program = shutil.which("docker")
    if program is None:
        return "there is no docker client on the PATH"
    try:
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        return f"{program} does not run: {error}"
    return "" if said.startswith("Docker version") else f"{program} is not Docker's client"


def _text(document: dict[str, Any], member: str) -> str:
    value = document.get(member)
    return value if isinstance(value, str) else ""


def _number(document: dict[str, Any], member: str) -> int:
    value = document.get(member)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
