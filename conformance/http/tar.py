"""Tar archives in memory: those that checks send and those that they get. Nothing is ever extracted to disk.

The standard library writes archives and decodes each header. It does not walk through those that a daemon sends: it
accepts negative sizes, recurses without a limit for a chain of long names, and needs time quadratic in the length of an
extended header.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from conformance.http.errors import Malformed, Missing

#: Pytest shows the arguments of every function on the way to a failure; here they may be megabytes.
__tracebackhide__ = True

_BLOCK = tarfile.BLOCKSIZE
_MOST_MEMBERS = 10_000
_LARGEST = 16 * 1024 * 1024
#: Bytes of one extended header, and of all in an archive: no name or attribute in a check is longer.
_LARGEST_EXTENSION, _MOST_EXTENSIONS = 64 * 1024, 4 * 1024 * 1024
_TYPES = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.CONTTYPE: "file",
    tarfile.DIRTYPE: "dir",
    tarfile.SYMTYPE: "symlink",
    tarfile.LNKTYPE: "link",
}
_LONG = {tarfile.GNUTYPE_LONGNAME: "path", tarfile.GNUTYPE_LONGLINK: "linkpath"}
_PAX = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)


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


class Members(dict[str, Member]):
    """The members of an archive by name. Reading one that does not exist raises Missing, which fails a check."""

    def __missing__(self, name: str) -> NoReturn:
        raise Missing(f"the archive has no member {name!r}")


class Entry(NamedTuple):
    """A header: the member without its content, its `size` in bytes, and the offset of the content."""

    member: Member
    size: int
    begin: int


def pack(*members: Member) -> bytes:
    """Write members into an uncompressed tar archive, in their order.

    It ends with the two empty blocks that mark the end, as the usual clients write it. It has no padding to a full record:
    a daemon that has read the end may not read on.
    """
    buffer = io.BytesIO()
    kinds = {
        kind: number for number, kind in _TYPES.items() if number not in (tarfile.AREGTYPE, tarfile.CONTTYPE)
    }
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for member in members:
            info = tarfile.TarInfo(member.name)
            info.type = kinds[member.kind]
            info.mode, info.uid, info.gid, info.mtime = member.mode, member.uid, member.gid, member.mtime
            info.linkname = member.target
            info.size = len(member.content)
            archive.addfile(info, io.BytesIO(member.content))
        end = archive.offset + 2 * _BLOCK
    return buffer.getvalue()[:end]


def unpack(data: bytes) -> Members:
    """Read an uncompressed tar archive: members by name, a directory without its trailing slash.

    Raises Malformed for anything that is not a complete archive within the limits.
    """
    members = Members()
    if not data:
        raise Malformed("not a tar archive: it is empty")
    for entry in entries(data):
        end = entry.begin + entry.size
        if end > len(data):
            raise Malformed(f"the archive ends within {entry.member.name!r}")
        name = entry.member.name.rstrip("/") or entry.member.name
        members[name] = entry.member._replace(name=name, content=data[entry.begin : end])
    return members


def entries(data: bytes) -> Iterator[Entry]:
    """The headers of an archive in their order, up to its end or to where `data` is cut off.

    Raises Malformed for what is not an archive or exceeds the limits.
    """
    if len(data) > _LARGEST:
        raise Malformed(f"archive is {len(data)} bytes; limit is {_LARGEST}")
    position = extensions = 0
    extended: dict[str, str] = {}
    for _ in range(2 * _MOST_MEMBERS):
        header = data[position : position + _BLOCK]
        if len(header) < _BLOCK or not any(header):
            if header and any(header):
                raise Malformed("the archive ends within a header")
            return
        info = _header(header)
        begin = position + _BLOCK
        if info.type in _LONG or info.type in (*_PAX, tarfile.XGLTYPE):
            extensions += info.size
            if info.size > _LARGEST_EXTENSION or extensions > _MOST_EXTENSIONS:
                raise Malformed(f"extended header is {info.size} bytes; limit is {_LARGEST_EXTENSION}")
            raw = data[begin : begin + info.size]
            if info.type in _LONG:
                extended[_LONG[info.type]] = raw.split(b"\0")[0].decode("utf-8", "surrogateescape")
            else:
                extended |= _attributes(raw)
        else:
            yield Entry(_member(info, extended), info.size, begin)
            extended = {}
        position = begin + -(-info.size // _BLOCK) * _BLOCK
    raise Malformed(f"the archive has more than {_MOST_MEMBERS} members")


def _header(block: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise Malformed(f"not a tar archive: {error}: {block[:40]!r}") from None
    if info.type not in (*_TYPES, *_LONG, *_PAX, tarfile.XGLTYPE):
        if info.type == tarfile.GNUTYPE_SPARSE:
            raise Malformed(f"{info.name!r} is a sparse file")
        info.size = info.size if info.size > 0 and info.type not in _WITHOUT_CONTENT else 0
    elif info.type in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE):
        info.size = 0
    if not 0 <= info.size <= _LARGEST:
        raise Malformed(f"{info.name!r} is {info.size} bytes; limit is {_LARGEST}")
    return info


_WITHOUT_CONTENT = (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)


def _attributes(raw: bytes) -> dict[str, str]:
    """The records of a POSIX extended header: ``LENGTH KEY=VALUE`` and a line feed each."""
    found = {}
    while raw and raw[:1] != b"\0":
        digits, space, _ = raw[:16].partition(b" ")
        length = int(digits) if space and digits.isdigit() else 0
        key, sign, value = raw[len(digits) + 1 : length].partition(b"=")
        if length <= len(digits) + 1 or length > len(raw) or not sign or not value.endswith(b"\n"):
            raise Malformed(f"not an extended header of a tar archive: {raw[:40]!r}")
        name = key.decode("utf-8", "surrogateescape")
        if name == "size" or name.startswith("GNU.sparse"):
            raise Malformed(f"the size of a member is in an extended header ({name})")
        found[name] = value[:-1].decode("utf-8", "surrogateescape")
        raw = raw[length:]
    return found


def _member(info: tarfile.TarInfo, extended: dict[str, str]) -> Member:
    try:
        return Member(
            extended.get("path", info.name),
            b"",
            _TYPES.get(info.type, "other"),
            info.mode & 0o7777,
            int(extended.get("uid", info.uid)),
            int(extended.get("gid", info.gid)),
            int(float(extended.get("mtime", info.mtime))),
            extended.get("linkpath", info.linkname),
        )
    except (ValueError, OverflowError) as error:
        raise Malformed(f"not an extended header of a tar archive: {error}") from None
