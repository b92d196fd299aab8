"""Parsers for files in ``/proc`` that processes in containers print. No I/O."""

from __future__ import annotations

from conformance.http.errors import Malformed

#: Numbers of the capabilities that checks name, from the kernel's ``linux/capability.h``.
CAPABILITIES = {"CHOWN": 0, "KILL": 5, "NET_ADMIN": 12, "SYS_TIME": 25, "MKNOD": 27}

SHOW_STATUS = ("cat", "/proc/self/status")
SHOW_LIMITS = ("cat", "/proc/self/limits")


def read_status(text: str, name: str) -> str:
    """The value of a line of ``/proc/PID/status``, the first one of that name. Raises Malformed without one."""
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and key == name:
            return value.strip()
    raise Malformed(f"expected a line {name!r}, got {text[:200]!r}")


def read_capabilities(text: str) -> set[str]:
    """The effective capabilities among CAPABILITIES, from the text of ``/proc/PID/status``. Raises Malformed."""
    mask = int(read_status(text, "CapEff"), 16)
    return {name for name, number in CAPABILITIES.items() if mask >> number & 1}


def read_limit(text: str, name: str) -> tuple[str, str]:
    """Soft and hard limit from the text of ``/proc/PID/limits``: ``unlimited`` or a number. Raises Malformed."""
    for line in text.splitlines():
        if line.startswith(f"{name} "):
            soft, hard, *_ = line[len(name) :].split()
            return soft, hard
    raise Malformed(f"expected a line {name!r}, got {text[:200]!r}")


def read_cgroup_paths(text: str) -> dict[str, str]:
    """The path in each hierarchy, from the text of ``/proc/PID/cgroup``; the unified hierarchy has the name ``""``."""
    rows = (line.split(":", 2) for line in text.splitlines() if line.count(":") >= 2)
    return {controllers: path for _, controllers, path in rows}
