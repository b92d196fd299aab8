"""What a process tells of itself: the text of files in ``/proc``, as checks read it. No daemon and no files here."""

from __future__ import annotations

from conformance.http.errors import Malformed

#: The numbers of the capabilities that checks name, as the kernel's ``linux/capability.h`` has them.
CAPABILITIES = {"CHOWN": 0, "KILL": 5, "NET_ADMIN": 12, "SYS_TIME": 25, "MKNOD": 27}

SHOW_STATUS = ("cat", "/proc/self/status")
SHOW_LIMITS = ("cat", "/proc/self/limits")


def read_status(text: str, name: str) -> str:
    """The value of a line of ``/proc/PID/status`` (the first, if there are several); raises Malformed without one."""
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and key == name:
            return value.strip()
    raise Malformed(f"no line {name!r} in {text[:200]!r}")


def read_capabilities(text: str) -> set[str]:
    """The names out of CAPABILITIES that are effective, from the text of ``/proc/PID/status``; raises Malformed."""
    mask = int(read_status(text, "CapEff"), 16)
    return {name for name, number in CAPABILITIES.items() if mask >> number & 1}


def read_limit(text: str, name: str) -> tuple[str, str]:
    """Soft and hard limit as ``/proc/PID/limits`` has them (``unlimited`` or a number); raises Malformed."""
    for line in text.splitlines():
        if line.startswith(f"{name} "):
            soft, hard, *_ = line[len(name) :].split()
            return soft, hard
    raise Malformed(f"no line {name!r} in {text[:200]!r}")


def read_cgroup_paths(text: str) -> dict[str, str]:
    """The path in each hierarchy, from the text of ``/proc/PID/cgroup``; the unified hierarchy has the name ``""``."""
    rows = (line.split(":", 2) for line in text.splitlines() if line.count(":") >= 2)
    return {controllers: path for _, controllers, path in rows}
