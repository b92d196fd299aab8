"""The catalogue as one file in the user's cache: reading its TOML takes ten times as long, and every command needs it.

The file begins with a digest over all that the catalogue comes from: the data, and the code that reads and verifies it. With
another digest, or with content that is no catalogue, the data is read anew and the file replaced, whole or not at all; where
it cannot be written there is none. An installation has a file of its own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from conformance.model import codec
from conformance.model.changes import Catalogue, Change, Document, Need, Profile

PACKAGE = Path(__file__).resolve().parents[1]


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file after its first line, as JSON."""

    changes: list[Change]
    documents: dict[str, Document]
    profiles: dict[str, Profile]
    needs: dict[str, Need]


def user_cache() -> Path:
    """Where this project keeps what it can make anew. Raises RuntimeError for a user without a home."""
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(base) / "docker-conformance"


def read_through(read: Callable[[], Catalogue], package: Path = PACKAGE) -> Catalogue:
    """The catalogue of the package in the folder `package`: from the cache, or what `read` returns, which is then kept."""
    try:
        path = user_cache() / f"catalogue-{hashlib.sha256(bytes(package)).hexdigest()[:12]}"
        digest = _digest(package)
    except (OSError, RuntimeError):
        return read()
    catalogue = _kept(path, digest)
    if catalogue is None:
        catalogue = read()
        with suppress(OSError):
            if _digest(package) == digest:  # the files have not changed while they were read
                _keep(path, digest, catalogue)
    return catalogue


def _digest(package: Path) -> bytes:
    """A SHA-256 over the names and the content of all files that the catalogue comes from, in hexadecimal."""
    digest = hashlib.sha256()
    for path in sorted(_sources(package)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest().encode()


def _sources(package: Path) -> Iterator[Path]:
    for room in (package / "catalogue", package / "model"):
        yield from room.glob("*.py")
    for pattern in ("*.toml", "reference/*.toml", "*.tsv"):
        yield from (package / "catalogue" / "data").glob(pattern)


def _kept(path: Path, digest: bytes) -> Catalogue | None:
    """The catalogue in the file; None if there is none of this digest."""
    try:
        begin, _, content = path.read_bytes().partition(b"\n")
        if begin != digest:
            return None
        read = codec.decode(content, _Content)
    except (OSError, msgspec.DecodeError):
        return None
    return Catalogue(read.changes, read.documents, read.profiles, read.needs)


def _keep(path: Path, digest: bytes, catalogue: Catalogue) -> None:
    """Write the file, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = _Content(
        list(catalogue.changes.values()), catalogue.documents, catalogue.profiles, catalogue.needs
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(digest + b"\n" + codec.encode(content))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
