"""The few Linux calls that Python 3.11 has no function for: namespaces, mounts, death signals, loopback.

Imports little of the standard library and nothing else: the supervisor of a private daemon starts with it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REC = 16384
MS_SLAVE = 1 << 19
MS_SHARED = 1 << 20
MNT_DETACH = 2

_PR_SET_PDEATHSIG = 1
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _call(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` (CLONE_NEW...) for new ones. Raises OSError."""
    _call("unshare", _libc.unshare(ctypes.c_int(flags)))


def enter_network_of(pid: int) -> None:
    """Move the calling thread into the network namespace of process `pid`. Raises OSError."""
    handle = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _call(f"enter the network of process {pid}", _libc.setns(handle, CLONE_NEWNET))
    finally:
        os.close(handle)


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount; an empty `kind` or `options` is passed as NULL. Raises OSError that names the target."""
    result = _libc.mount(
        os.fsencode(source),
        os.fsencode(target),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    _call(f"mount {kind or 'flags'} on {target}", result)


def unmount(target: str) -> None:
    """Detach the mount at `target` with all below it. Raises OSError."""
    _call(f"unmount {target}", _libc.umount2(os.fsencode(target), MNT_DETACH))


def die_with_parent() -> None:
    """Have this process killed when the thread that forked it ends. Lasts over exec."""
    _call("prctl", _libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0))


def loopback_up() -> None:
    """Bring up ``lo`` in the network namespace of the caller; the kernel gives it 127.0.0.1 and ::1."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))


class Mount:
    """One line of ``/proc/PID/mountinfo``."""

    def __init__(self, line: str) -> None:
        own, _, filesystem = line.rstrip("\n").partition(" - ")
        fields = own.split(" ")
        self.root = _unescape(fields[3])
        self.path = _unescape(fields[4])
        self.kind, source, *rest = filesystem.split(" ")
        self.source = _unescape(source)
        self.options = rest[0].split(",") if rest else []


def mounts(pid: int | str = "self") -> list[Mount]:
    """The mounts that process `pid` sees, in the order in which they were made. Raises OSError."""
    with open(f"/proc/{pid}/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
        return [Mount(line) for line in table]


def is_below(path: str, directory: str) -> bool:
    """Whether `path` is `directory` or lies in it; compares text and follows no link."""
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def _unescape(text: str) -> str:
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, char)
    return text
