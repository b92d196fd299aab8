"""Files that a command is to write: that they can be written, and are none of those that it reads."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from conformance.model.errors import UsageError
from conformance.report.evidence import evidence_path

#: Options whose value is a string and names a file.
_FILES = ("waivers", "tlscacert", "tlscert", "tlskey", "dockerd")


def verify(options: argparse.Namespace) -> None:
    """Refuse an output that is an input too, or another output. A command names its outputs in ``options.writes``."""
    written: dict[str, Path] = {}
    for path in _outputs(options):
        if written.setdefault(os.path.realpath(path), path) is not path:
            raise UsageError(f"{path} is to be written twice: name another file")
    for value in _others(options):
        place = os.path.realpath(value)
        if place in written:
            raise UsageError(f"{written[place]} is read and is to be written too: name another file to write")


def _outputs(options: argparse.Namespace) -> Iterator[Path]:
    for name in getattr(options, "writes", ()):
        if value := getattr(options, name):
            yield Path(value)
            if name == "report":
                yield evidence_path(Path(value))


def _others(options: argparse.Namespace) -> Iterator[str]:
    """The files that the other options name, with the evidence beside reports."""
    outputs = getattr(options, "writes", ())
    for name, value in vars(options).items():
        for one in value if isinstance(value, list) else [value]:
            if name not in outputs and (isinstance(one, Path) or (name in _FILES and one)):
                yield str(one)
                if Path(one).is_file():
                    yield str(evidence_path(Path(one)))


def writable(option: str, path: Path, *, device: bool = True) -> None:
    """Refuse a path that cannot be written, before anything is done for it; without `device` also what is no file."""
    try:
        if path.is_dir():
            raise UsageError(f"{option}: {path} is a directory; name a file")
        special = path.exists() and not path.is_file()
        if special and not device:
            raise UsageError(f"{option}: {path} is no regular file; name one")
        folder = Path(
            os.path.realpath(path)
        ).parent  # a file is written beside its place, and then moved there
        if not folder.is_dir():
            raise UsageError(f"{option}: there is no directory {folder}")
        if not os.access(path if special else folder, os.W_OK):
            raise UsageError(f"{option}: {path} cannot be written: permission denied")
    except OSError as error:
        raise UsageError(f"{option}: {path} cannot be written: {error.strerror}") from None
