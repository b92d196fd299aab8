"""Tar archives in memory: what checks send and what they get. Nothing is ever extracted to disk."""

from __future__ import annotations

import io
import tarfile
from typing import NamedTuple

from conformance.wire import Malformed

_MOST_MEMBERS = 10_000
_LARGEST = 64 * 1024 * 1024
_TYPES = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.DIRTYPE: "dir", tarfile.SYMTYPE: "symlink", tarfile.LNKTYPE: "link"}


class Member(NamedTuple):
    """A member of an archive. `kind` is file, dir, symlink, link or other; `mtime` is in whole seconds of the epoch."""

    name: str
    content: bytes = b""
    kind: str = "file"
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime: int = 1_400_000_000
    target: str = ""


def pack(*members: Member) -> bytes:
    """Write members into an uncompressed tar archive, in their order."""
    buffer = io.BytesIO()
    kinds = {kind: number for number, kind in _TYPES.items() if number != tarfile.AREGTYPE}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for member in members:
            info = tarfile.TarInfo(member.name)
            info.type = kinds[member.kind]
            info.mode, info.uid, info.gid, info.mtime = member.mode, member.uid, member.gid, member.mtime
            info.linkname = member.target
            info.size = len(member.content)
            archive.addfile(info, io.BytesIO(member.content))
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, Member]:
    """Read an uncompressed tar archive: members by name, a directory without its trailing slash.

    Raises Malformed for anything that is no whole archive or larger than is taken.
    """
    members: dict[str, Member] = {}
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for info in archive:
                total += info.size
                if len(members) >= _MOST_MEMBERS or total > _LARGEST:
                    raise Malformed("the archive is larger than a check could have asked for")
                content = b""
                if info.isreg():
                    file = archive.extractfile(info)
                    content = file.read() if file is not None else b""
                    if len(content) != info.size:
                        raise Malformed(f"the archive ends within {info.name!r}")
                kind = _TYPES.get(info.type, "other")
                name = info.name.rstrip("/") or info.name
                members[name] = Member(
                    name, content, kind, info.mode & 0o7777, info.uid, info.gid, int(info.mtime), info.linkname
                )
    except (tarfile.TarError, EOFError, ValueError, OverflowError, UnicodeError) as error:
        raise Malformed(f"not a tar archive: {error}: {data[:40]!r}") from None
    return members
