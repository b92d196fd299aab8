"""Threads of a process of this host, as ``/proc`` shows them."""

from __future__ import annotations

import contextlib
import os


def find_thread(pid: int) -> int:
    """The number of a thread that has the mount namespace of most threads of a process.

    The first thread may have another one: Podman's is in that of a container after it copied files there.
    """
    namespaces: dict[str, list[int]] = {}
    with contextlib.suppress(OSError):
        for thread in os.scandir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                namespaces.setdefault(os.readlink(f"{thread.path}/ns/mnt"), []).append(int(thread.name))
    most: list[int] = max(namespaces.values(), key=len, default=[pid])
    return min(most)


def find_root(pid: int) -> str:
    """The directory that is the root of the file system of a process, as seen from here."""
    return f"/proc/{find_thread(pid)}/root"
