"""The root file system of the test image: a static busybox, a link per applet, a few files.

The same busybox gives the same bytes in every run, so that the image has the same digest everywhere.
"""

from __future__ import annotations

import functools
import io
import os
import struct
import subprocess
import tarfile
from pathlib import Path

from conformance.model.errors import UsageError

#: The modification time of everything inside, in seconds since the epoch (2001-09-09 01:46:40 UTC).
MTIME = 1_000_000_000

#: Users and groups that checks name; ``video`` (44) has a member, so that group lists have something to show.
PASSWD = (
    "root:x:0:0:root:/root:/bin/sh\n"
    "daemon:x:1:1:daemon:/:/bin/false\n"
    "tester:x:1000:1000:tester:/home/tester:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/:/bin/false\n"
)
GROUP = "root:x:0:\ndaemon:x:1:\naudio:x:29:\nvideo:x:44:tester\ntester:x:1000:\nextra:x:2000:\nnogroup:x:65534:\n"

FILE_CONTENT = b"a file of the test image\n"

# path: (mode, uid, gid), made in this order
_DIRECTORIES = {
    "bin": (0o755, 0, 0),
    "dev": (0o755, 0, 0),
    "etc": (0o755, 0, 0),
    "fixtures": (0o755, 0, 0),
    "fixtures/dir": (0o755, 0, 0),
    "fixtures/dir/sub": (0o700, 1000, 1000),
    "fixtures/empty": (0o755, 0, 0),
    "home": (0o755, 0, 0),
    "home/tester": (0o755, 1000, 1000),
    "proc": (0o555, 0, 0),
    "root": (0o700, 0, 0),
    "run": (0o755, 0, 0),
    "sys": (0o555, 0, 0),
    "tmp": (0o1777, 0, 0),
    "var": (0o755, 0, 0),
}

#: path: (mode, uid, gid, content)
FILES = {
    "etc/passwd": (0o644, 0, 0, PASSWD.encode()),
    "etc/group": (0o644, 0, 0, GROUP.encode()),
    "fixtures/file": (0o640, 1000, 44, FILE_CONTENT),
    "fixtures/dir/one": (0o644, 0, 0, b"one\n"),
    "fixtures/dir/sub/two": (0o600, 1000, 1000, b"two\n"),
    "fixtures/script": (0o755, 0, 0, b"#!/bin/sh\necho script\n"),
}

_LINKS = {
    "fixtures/link": "dir",
    "fixtures/absolute": "/fixtures/dir",
    "fixtures/to-file": "file",
    "fixtures/dangling": "nowhere",
    "fixtures/out": "../../../etc",
}


@functools.cache
def make_rootfs() -> bytes:
    """The uncompressed tar of the root file system, about 2 MB. Raises UsageError without a static busybox."""
    return build_tar(find_busybox())


def build_tar(busybox: Path) -> bytes:
    """The tar around one `busybox`, which is run once to name its applets."""
    listed = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True, timeout=10)
    applets = sorted(set(listed.stdout.split()) - {"busybox"})
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, (mode, uid, gid) in _DIRECTORIES.items():
            archive.addfile(_entry(name, tarfile.DIRTYPE, mode, uid, gid))
        _add_file(archive, "bin/busybox", 0o755, 0, 0, busybox.read_bytes())
        for applet in applets:
            archive.addfile(_link(f"bin/{applet}", "busybox"))
        for name, (mode, uid, gid, content) in FILES.items():
            _add_file(archive, name, mode, uid, gid, content)
        for name, target in _LINKS.items():
            archive.addfile(_link(name, target))
    return buffer.getvalue()


def find_busybox() -> Path:
    """The first static busybox on the PATH. Raises UsageError that says what is missing."""
    dynamic = None
    for directory in [*os.get_exec_path(), "/bin", "/usr/bin"]:
        for name in ("busybox", "busybox-static", "busybox.static"):
            path = Path(directory, name)
            # Not Path.is_file(): it raises PermissionError for a directory that this user may not read.
            if os.path.isfile(path) and os.access(path, os.X_OK | os.R_OK):
                if is_static(path):
                    return path
                dynamic = dynamic or path
    found = f"{dynamic} is linked dynamically" if dynamic else "no busybox is on the PATH"
    raise UsageError(f"{found}: install busybox-static, or name a ready image with --image")


def is_static(path: Path) -> bool:
    """Whether `path` is an ELF program that needs no dynamic loader."""
    data = path.read_bytes()
    if data[:4] != b"\x7fELF":
        return False
    order = "<" if data[5] == 1 else ">"
    if data[4] == 2:
        (offset,) = struct.unpack_from(order + "Q", data, 32)
        size, count = struct.unpack_from(order + "HH", data, 54)
    else:
        (offset,) = struct.unpack_from(order + "I", data, 28)
        size, count = struct.unpack_from(order + "HH", data, 42)
    interpreter = 3
    return all(
        struct.unpack_from(order + "I", data, offset + size * number)[0] != interpreter
        for number in range(count)
    )


def _entry(name: str, kind: bytes, mode: int, uid: int = 0, gid: int = 0) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.uid, entry.gid, entry.mtime = kind, mode, uid, gid, MTIME
    return entry


def _add_file(archive: tarfile.TarFile, name: str, mode: int, uid: int, gid: int, content: bytes) -> None:
    entry = _entry(name, tarfile.REGTYPE, mode, uid, gid)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _link(name: str, target: str) -> tarfile.TarInfo:
    entry = _entry(name, tarfile.SYMTYPE, 0o777)
    entry.linkname = target
    return entry
