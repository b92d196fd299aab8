"""Private directories with a record of their owner, so that those of killed runs can be found and removed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator

from conformance.engine.private import cgroups, namespaces

PREFIX = "docker-conformance-"
_OWNER = "owner.json"
_MINUTE = 60
#: Here a path is short enough whatever TMPDIR says; the directories themselves are created safely.
_SHORT = "/tmp"  # noqa: S108
#: A unix socket's path may have 107 bytes; this leaves room for the longest name that we put in a directory.
_LONGEST = 107 - len("/registry-relay.sock")


def create(base: str | None = None) -> str:
    """Make a private directory below `base` and record this process as its owner; returns its path.

    Without `base`, or when its path leaves no room for a socket, it lies in the temporary directory or in /tmp.
    """
    for parent in (base, tempfile.gettempdir(), _SHORT):
        if parent and len(os.path.abspath(parent).encode()) + len(PREFIX) + 9 <= _LONGEST:
            break
    path = tempfile.mkdtemp(prefix=PREFIX, dir=os.path.abspath(parent or _SHORT))
    # Others may reach the socket inside if its own mode lets them; the daemon chooses that mode.
    os.chmod(path, 0o711)  # noqa: S103
    _write_owners(path, [_identity(os.getpid())])
    return path


@contextlib.contextmanager
def directory() -> Iterator[str]:
    """A private directory for the length of a block; find_stale() finds one that a kill leaves."""
    path = create()
    try:
        yield path
    finally:
        remove(path)


def add_owner(path: str, pid: int) -> None:
    """Record that process `pid` owns the directory too: it is stale when all owners have ended."""
    _write_owners(path, [*_owners(path), _identity(pid)])


def find_stale(bases: list[str] | None = None) -> list[str]:
    """The private directories of this user whose owners have all ended; sorted."""
    found = []
    for base in dict.fromkeys(bases or [tempfile.gettempdir(), _SHORT]):
        with contextlib.suppress(OSError):
            for entry in os.scandir(base):
                if not entry.name.startswith(PREFIX) or not entry.is_dir(follow_symlinks=False):
                    continue
                owned = entry.stat(follow_symlinks=False).st_uid == os.geteuid()
                recorded = os.path.exists(os.path.join(entry.path, _OWNER))
                if owned and (not _alive(entry.path) if recorded else _is_abandoned(entry)):
                    found.append(entry.path)
    return sorted(found)


def remove(path: str) -> list[str]:
    """Remove the directory with all below it, with mounts and cgroups of its name; returns what could not be removed."""
    with contextlib.suppress(OSError):
        for mount in reversed(namespaces.mounts()):
            if namespaces.is_below(mount.path, path):
                with contextlib.suppress(OSError):
                    namespaces.unmount(mount.path)
    left = cgroups.remove(os.path.basename(path)) if os.geteuid() == 0 else []
    # The owner record goes last, so that an interrupted removal can be continued.
    with contextlib.suppress(FileNotFoundError):
        for entry in list(os.scandir(path)):
            if entry.name == _OWNER:
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)
    if [name for name in _names(path) if name != _OWNER]:
        return [*left, path]
    shutil.rmtree(path, ignore_errors=True)
    return [*left, path] if os.path.isdir(path) else left


def _is_abandoned(entry: os.DirEntry[str]) -> bool:
    """Whether a kill left the directory before its record was written or after it was removed: empty, older than a minute."""
    return time.time() - entry.stat(follow_symlinks=False).st_mtime > _MINUTE and not _names(entry.path)


def _names(path: str) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(path)
    return []


def _alive(path: str) -> bool:
    return any(owner["start"] and _identity(owner["pid"]) == owner for owner in _owners(path))


def _owners(path: str) -> list[dict[str, int]]:
    with contextlib.suppress(OSError, ValueError):
        record = os.path.join(path, _OWNER)
        if stat.S_ISREG(os.lstat(record).st_mode):
            with open(record, encoding="ascii") as file:
                return [{"pid": int(one["pid"]), "start": int(one["start"])} for one in json.load(file)]
    return []


def _write_owners(path: str, owners: list[dict[str, int]]) -> None:
    new = os.path.join(path, _OWNER + ".new")
    with open(new, "w", encoding="ascii") as file:
        json.dump(owners, file)
    os.replace(new, os.path.join(path, _OWNER))


def _identity(pid: int) -> dict[str, int]:
    """The process id with its start time in clock ticks since boot (0 if there is no such process)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return {"pid": pid, "start": 0}
    # A zombie has ended, even if its parent does not know yet.
    return {"pid": pid, "start": 0 if fields[0] in "ZX" else int(fields[19])}
