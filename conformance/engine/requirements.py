"""Which needs of the catalogue this host and this daemon meet: facts of the kernel and of the run.

A new need is a row of ``needs.toml``; one that is not a file of a control group has a probe here as well.

What the daemon says of itself never excuses a check alone. Where its process can be seen, the kernel is asked; where it
runs elsewhere, a process in one of its containers is the second witness (refine()).
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from conformance.catalogue import load
from conformance.engine.host_cgroups import HostCgroups
from conformance.engine.host_view import HostView
from conformance.engine.identity import Daemon, HostFacts, PrivateFacts, RegistryFacts
from conformance.engine.private import namespaces
from conformance.engine.threads import find_root, find_thread
from conformance.http.documents import at
from conformance.model.changes import Need

_KERNEL_WITHOUT_LIMIT = (5, 16)
_NO_KERNEL_LIMIT = (
    "only cgroup v1 can limit kernel memory, and kernels from 5.16 on accept a limit and ignore it"
)
_NOT_V1 = "the memory controller is not one of cgroup v1 on the daemon's host"
_REMAPS_USERS = (
    "the daemon gives containers a user namespace in which root is an ordinary user of the host, and then no container can"
    " have the host's PID or network namespace, or be privileged"
)
_ROOTLESS = (
    "the daemon is rootless: it runs in a user namespace in which root is an ordinary user of the host"
)
_ELSEWHERE = "the daemon's host cannot be looked at from here"


@dataclass(frozen=True)
class Surroundings:
    """What a probe looks at: the daemon's process (0 with the reason when it is not visible), its ``/info``, the run."""

    pid: int
    why_no_pid: str
    info: dict[str, Any]
    private: PrivateFacts | None
    registry: RegistryFacts | None
    why_no_registry: str
    cgroups: HostCgroups | None
    allow_swarm: bool = False

    @property
    def cgroup_driver(self) -> str:
        """What the daemon says makes its control groups: ``cgroupfs``, ``systemd``, ``none`` or nothing."""
        return _text(self.info, "CgroupDriver")


def assess(
    pid: int,
    why_no_pid: str,
    info: dict[str, Any],
    private: PrivateFacts | None,
    registry: RegistryFacts | None,
    why_no_registry: str,
    *,
    allow_swarm: bool = False,
) -> tuple[HostFacts, dict[str, str]]:
    """The host's facts, and every need with ``""`` or the reason why it is missing."""
    cgroups = HostCgroups(pid) if pid else None
    surroundings = Surroundings(
        pid, why_no_pid, info, private, registry, why_no_registry, cgroups, allow_swarm
    )
    needs = {
        name: _missing_cgroup_file(surroundings, need) if need.cgroup_v1 else PROBES[name](surroundings)
        for name, need in load().needs.items()
    }
    return _host_facts(surroundings), needs


def refine(daemon: Daemon, view: HostView) -> Daemon:
    """The daemon with what a container shows of its host in place of what ``GET /info`` says of it.

    Nothing of control groups changes where a container is shown none, and where the daemon says that it makes none and its
    containers confirm it: root in them is an ordinary user outside.
    """
    needs = dict(daemon.capabilities)
    if daemon.host.remaps_users and view.user_namespace:
        needs["host-namespaces"] = _REMAPS_USERS
    if daemon.host.rootless and view.user_namespace:
        needs["host-namespaces"] = needs["host-root"] = _ROOTLESS
    makes_none = daemon.host.cgroup_driver == "none" and view.user_namespace
    if not view.cgroups or makes_none:
        return msgspec.structs.replace(daemon, capabilities=needs)
    for name, need in load().needs.items():
        if need.cgroup_v1:
            there = name in view.needs
            needs[name] = (
                "" if there else f"a container there has no file for it in its cgroup {view.cgroups}"
            )
    needs["memory-cgroup-v1"] = "" if view.cgroups == "v1" else _NOT_V1
    if view.cgroups != "v1" or _release(view.kernel) >= _KERNEL_WITHOUT_LIMIT:
        needs["kernel-memory"] = _NO_KERNEL_LIMIT
    host = msgspec.structs.replace(daemon.host, source="container", kernel=view.kernel, cgroups=view.cgroups)
    return msgspec.structs.replace(daemon, capabilities=needs, host=host)


def _host_facts(here: Surroundings) -> HostFacts:
    said = here.info.get("CgroupVersion")
    return HostFacts(
        source="seen" if here.pid else "told",
        kernel=os.uname().release if here.pid else _text(here.info, "KernelVersion"),
        cgroups=here.cgroups.kind if here.cgroups else f"v{said}" if said in ("1", "2") else "",
        cgroup_driver=here.cgroup_driver,
        remaps_users=_has_security_option(here.info, "userns"),
        rootless=_has_security_option(here.info, "rootless"),
        controllers=here.cgroups.controllers if here.cgroups else [],
        cpus=_number(here.info, "NCPU"),
        memory=_number(here.info, "MemTotal"),
        system=_text(here.info, "OperatingSystem"),
    )


def _missing_cgroup_file(here: Surroundings, need: Need) -> str:
    if without := _makes_no_cgroups(here):
        return without
    if here.cgroups is not None:
        return here.cgroups.missing_file(need)
    if not need.info:
        return _ELSEWHERE
    return "" if here.info.get(need.info) in (True, 1) else _not_claimed(need.info)


def _missing_kernel_memory(here: Surroundings) -> str:
    if without := _makes_no_cgroups(here):
        return without
    if here.cgroups is not None:
        return here.cgroups.missing_kernel_memory()
    if _release(_text(here.info, "KernelVersion")) >= _KERNEL_WITHOUT_LIMIT:
        # Engines go on claiming it there: the file still exists.
        return _NO_KERNEL_LIMIT
    return "" if here.info.get("KernelMemory") in (True, 1) else _not_claimed("KernelMemory")


def _missing_memory_v1(here: Surroundings) -> str:
    if without := _makes_no_cgroups(here):
        return without
    if here.cgroups is not None:
        return here.cgroups.missing_memory_v1()
    return "" if here.info.get("OomKillDisable") in (True, 1) else _not_claimed("OomKillDisable")


def _missing_cgroupfs(here: Surroundings) -> str:
    if without := _makes_no_cgroups(here):
        return without
    if here.cgroups is None:
        return _ELSEWHERE
    if here.cgroup_driver == "systemd" and os.path.isdir(f"{find_root(here.pid)}/run/systemd/system"):
        return "the daemon has systemd make its control groups, whose parents are slices"
    return "" if here.cgroups.kind else "no cgroup file system is mounted where the daemon runs"


def _makes_no_cgroups(here: Surroundings) -> str:
    """Why the daemon can make no control groups: it says so (API v1.40), and its process has no root of its own."""
    if here.cgroup_driver != "none" or (here.pid and not is_rootless(here.pid)):
        return ""
    return "the daemon makes no control groups: its CgroupDriver is none"


def is_rootless(pid: int) -> bool:
    """Whether a process has no power over the host: it is in a user namespace of its own, or runs as an ordinary user."""
    try:
        with open(f"/proc/{pid}/uid_map", encoding="ascii") as table:
            inside, outside, amount = (int(word) for word in table.readline().split())
        return (inside, outside) != (0, 0) or amount < 1 << 31 or os.stat(f"/proc/{pid}").st_uid != 0
    except (OSError, ValueError):
        return False


def _missing_cli(_: Surroundings) -> str:
    program = shutil.which("docker")
    if program is None:
        return "there is no docker client on the PATH"
    try:
        output = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        return f"{program} does not run: {error}"
    return "" if output.startswith("Docker version") else f"{program} is not Docker's client"


def _missing_private_daemon(here: Surroundings) -> str:
    return "" if here.private else "the daemon was not started by this run (--dockerd PATH starts one)"


def _missing_private_engine(here: Surroundings) -> str:
    return (
        ""
        if here.private
        else "further engines are started only beside one that the run starts (--dockerd PATH)"
    )


def _missing_swarm(here: Surroundings) -> str:
    if here.private:
        return ""
    if at(here.info, "Swarm", "ControlAvailable") is not True:
        return "the daemon is no manager of a swarm, and only an engine that the run starts is made one (--dockerd PATH)"
    return (
        ""
        if here.allow_swarm
        else "the daemon is the manager of a swarm that is not the run's (--allow-swarm)"
    )


def _missing_tls_listener(here: Surroundings) -> str:
    there = here.private is not None and bool(here.private.endpoints)
    return "" if there else "the daemon was not started with a TLS listener by this run"


def why_registries_need_tls(info: dict[str, Any]) -> str:
    """Why the daemon would not use a registry without TLS on its loopback address; ``""`` when it would.

    ``GET /info`` lists the networks in which registries need no TLS. An engine that does not say is treated as an old
    one, for which loopback is such a network.
    """
    networks = at(info, "RegistryConfig", "InsecureRegistryCIDRs")
    if not isinstance(networks, list) or "127.0.0.0/8" in networks:
        return ""
    return "it requires TLS of registries on its loopback address"


def _has_security_option(info: dict[str, Any], name: str) -> bool:
    """Whether the daemon says that it maps users (``userns``: ``--userns-remap``), or is ``rootless``."""
    options = info.get("SecurityOptions")
    return isinstance(options, list) and f"name={name}" in options


def _missing_host_root(here: Surroundings) -> str:
    """Why the daemon has no power over its host: its process shows it. Elsewhere a container can confirm it; see refine()."""
    return _ROOTLESS if here.pid and is_rootless(here.pid) else ""


def _missing_host_namespaces(here: Surroundings) -> str:
    """Why no container can share namespaces with the host: the daemon says it, and its data is not that of root alone.

    Elsewhere only a container can confirm it; see refine().
    """
    if without := _missing_host_root(here):
        return without
    if not here.pid or not _has_security_option(here.info, "userns"):
        return ""
    with contextlib.suppress(OSError):
        data = os.stat(f"{find_root(here.pid)}{_text(here.info, 'DockerRootDir')}")
        if data.st_uid or data.st_gid:
            return _REMAPS_USERS
    return ""


def _missing_ipv6(here: Surroundings) -> str:
    if not here.pid:
        return _ELSEWHERE
    # A kernel with IPv6 gives the loopback device an address.
    with contextlib.suppress(OSError), open(f"/proc/{here.pid}/net/if_inet6", encoding="ascii") as addresses:
        return "" if addresses.read().strip() else "IPv6 is disabled where the daemon runs"
    return "the kernel has no IPv6 where the daemon runs"


def _missing_storage_quota(here: Surroundings) -> str:
    """Storage drivers that give each container a size, and overlay on XFS with project quotas."""
    driver = _text(here.info, "Driver")
    if driver in ("zfs", "devicemapper"):
        return ""
    if driver == "btrfs":
        return "newer kernels do not hold btrfs to the sizes that its quota groups have"
    if not here.pid:
        return _ELSEWHERE
    root = _text(here.info, "DockerRootDir")
    below = [
        mount for mount in namespaces.mounts(find_thread(here.pid)) if namespaces.is_below(root, mount.path)
    ]
    mount = max(below, key=lambda mount: len(mount.path), default=None)
    if (
        driver.startswith("overlay")
        and mount is not None
        and mount.kind == "xfs"
        and "prjquota" in mount.options
    ):
        return ""
    return f"the storage driver {driver or 'without a name'} on {mount.kind if mount else 'an unknown file system'} has no sizes"


#: Need -> the reason why it is missing, or "". The needs that are one file of a control group need none.
PROBES: dict[str, Callable[[Surroundings], str]] = {
    "registry": lambda here: "" if here.registry else here.why_no_registry,
    "registry-emulator": lambda here: here.why_no_pid or why_registries_need_tls(here.info),
    "private-daemon": _missing_private_daemon,
    "private-engine": _missing_private_engine,
    "swarm": _missing_swarm,
    "tls-listener": _missing_tls_listener,
    "daemon-host": lambda here: "" if here.pid else here.why_no_pid,
    "docker-cli": _missing_cli,
    "cgroups": _makes_no_cgroups,
    "cgroupfs": _missing_cgroupfs,
    "host-root": _missing_host_root,
    "host-namespaces": _missing_host_namespaces,
    "ipv6": _missing_ipv6,
    "storage-quota": _missing_storage_quota,
    "memory-cgroup-v1": _missing_memory_v1,
    "kernel-memory": _missing_kernel_memory,
}


def _release(kernel: str) -> tuple[int, int]:
    match = re.match(r"(\d+)\.(\d+)", kernel)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _not_claimed(member: str) -> str:
    return f"{_ELSEWHERE}, and its /info does not claim {member}"


def _text(document: dict[str, Any], member: str) -> str:
    value = document.get(member)
    return value if isinstance(value, str) else ""


def _number(document: dict[str, Any], member: str) -> int:
    value = document.get(member)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
