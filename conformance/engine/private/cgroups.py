"""A cgroup of its own for a private daemon, as the root of a cgroup namespace.

The daemon then sees an ordinary empty cgroup tree, whatever parent a check names, and all its groups lie below one
directory that can be inspected and removed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time

from conformance.engine.private import namespaces

#: Mount options that are not controllers; all others select the hierarchy and must be repeated.
_NOT_A_CONTROLLER = ("rw", "ro", "xattr", "seclabel", "clone_children", "nsdelegate", "memory_recursiveprot")


def hierarchies() -> list[namespaces.Mount]:
    """The cgroup hierarchies, v1 and v2, that are mounted here and writable."""
    found = {}
    for mount in namespaces.mounts():
        if mount.kind in ("cgroup", "cgroup2") and os.access(mount.path, os.W_OK):
            found[mount.path] = mount
    return list(found.values())


def create(name: str) -> None:
    """Make the cgroup `name` at the top of every hierarchy. Raises OSError."""
    for hierarchy in hierarchies():
        own = os.path.join(hierarchy.path, name)
        if hierarchy.kind == "cgroup2":
            _enable_controllers(hierarchy.path)
        os.makedirs(own, exist_ok=True)
        for knob in ("cpuset.cpus", "cpuset.mems"):
            # A v1 cpuset is created empty and accepts no process until it has CPUs and memory nodes.
            source, target = os.path.join(hierarchy.path, knob), os.path.join(own, knob)
            if hierarchy.kind == "cgroup" and os.path.exists(source):
                _write(target, _read(source))


def enter(name: str) -> None:
    """Move the calling process into the cgroup `name` of every hierarchy. Raises OSError."""
    for hierarchy in hierarchies():
        _write(os.path.join(hierarchy.path, name, "cgroup.procs"), "0")


def prepare_root() -> None:
    """Inside the cgroup namespace: let a v2 root have children with controllers; it may then have no processes itself."""
    for hierarchy in hierarchies():
        if hierarchy.kind == "cgroup2" and _read(os.path.join(hierarchy.path, "cgroup.controllers")).strip():
            # The name is systemd's: an engine takes any other as the sign of a container.
            leaf = os.path.join(hierarchy.path, "init.scope")
            os.makedirs(leaf, exist_ok=True)
            _write(os.path.join(leaf, "cgroup.procs"), "0")
            _enable_controllers(hierarchy.path)


def options_of(hierarchy: namespaces.Mount) -> str:
    """The mount options that select the same hierarchy again."""
    wanted = [
        option
        for option in hierarchy.options
        if option not in _NOT_A_CONTROLLER and not option.startswith("release_agent=")
    ]
    return ",".join(wanted) if hierarchy.kind == "cgroup" else ""


def thaw(name: str) -> None:
    """Let frozen processes (paused containers) in the cgroup `name` run again: even SIGKILL waits for that."""
    for hierarchy in hierarchies():
        for path, _, _ in os.walk(os.path.join(hierarchy.path, name)):
            with contextlib.suppress(OSError):
                _write(os.path.join(path, "freezer.state"), "THAWED")


def remove(name: str, patience: float = 3.0) -> list[str]:
    """Kill what runs in the cgroup `name` and remove it everywhere; returns the directories that are left.

    `patience` is in seconds: a process that has ended leaves its cgroup a moment later.
    """
    deadline = time.monotonic() + patience
    while True:
        thaw(name)
        left = [path for hierarchy in hierarchies() if (path := _remove_tree(hierarchy.path, name))]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def _remove_tree(top: str, name: str) -> str | None:
    own = os.path.join(top, name)
    for path, _, _ in os.walk(own, topdown=False):
        with contextlib.suppress(OSError, ValueError):
            for pid in _read(os.path.join(path, "cgroup.procs")).split():
                if int(pid) > 0:
                    os.kill(int(pid), signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.rmdir(path)
    return own if os.path.isdir(own) else None


def _enable_controllers(path: str) -> None:
    control = os.path.join(path, "cgroup.subtree_control")
    with contextlib.suppress(OSError):
        missing = set(_read(os.path.join(path, "cgroup.controllers")).split()) - set(_read(control).split())
        for controller in sorted(missing):
            # One at a time: a controller that is refused must not prevent the others.
            with contextlib.suppress(OSError):
                _write(control, f"+{controller}")


def _read(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read()


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
