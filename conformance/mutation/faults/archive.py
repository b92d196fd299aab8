"""Edits of tar archives, plain or gzipped."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator


def edit_archive(data: bytes, do: str, value: str | int | None = None) -> bytes:
    """Edit a whole archive in the way `do`; bytes that are not a tar archive stay as they are."""
    packed = data[:2] == b"\x1f\x8b"
    try:
        plain = gzip.decompress(data) if packed else data
        with tarfile.open(fileobj=io.BytesIO(plain)) as source:
            members = [(info, _read_content(source, info)) for info in source]
    except (tarfile.TarError, OSError, EOFError):
        return data
    if not members:
        return data
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as sink:
        for info, content in _edit(members, do, value):
            info.size = len(content)
            sink.addfile(info, io.BytesIO(content))
    return gzip.compress(buffer.getvalue()) if packed else buffer.getvalue()


def _read_content(source: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    file = source.extractfile(info) if info.isreg() else None
    return file.read() if file is not None else b""


def _edit(
    members: list[tuple[tarfile.TarInfo, bytes]], do: str, value: str | int | None
) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    if do == "empty":
        return
    if do == "add":
        yield tarfile.TarInfo(str(value or "otherwise")), b"{}"
    for info, content in members[: len(members) // 2] if do == "half" else members:
        match do:
            case "prefix":
                info.name = f"{value or 'otherwise'}/{info.name}"
            case "strip":
                info.name = info.name.partition("/")[2] or "."
            case "flatten":
                info.name = info.name.rpartition("/")[2] or info.name
            case "content":
                content = str(value).encode() if value is not None else content + b"otherwise\n"
            case "mode" | "uid" | "gid" | "mtime":
                number = value if isinstance(value, int) else int(getattr(info, do)) ^ 0o7
                setattr(info, do, number)
                info.pax_headers = {}
        if do == "content" and not info.isreg():
            content = b""
        yield info, content
