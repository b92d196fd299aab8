"""The files that a command writes: whole or not at all, only where they can be written, never over what it reads."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.model.errors import PATH_MISTAKES, UsageError
from conformance.report.evidence import evidence_path, page_path
from conformance.report.file import write_whole

#: Options whose value is a string and names a file.
_FILES = ("waivers", "tlscacert", "tlscert", "tlskey", "dockerd")


def write_output(path: Path | None, data: bytes) -> None:
    """Write to `path`, whole or not at all; to stdout if it is None. Raises UsageError if the file cannot be written."""
    if path is None:
        sys.stdout.write(data.decode())
        sys.stdout.flush()
        return
    with writing(path):
        write_whole(path, data)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name `path` in every error of the system inside the block.

    A path that cannot be written becomes a UsageError; what is no mistake of the user, such as a full disk, stays an
    OSError.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in PATH_MISTAKES:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise UsageError(f"{path}: cannot write the file: {error.strerror}") from None


def check_outputs(options: argparse.Namespace) -> None:
    """Refuse an output that is an input too, or another output. A command lists its outputs in ``options.writes``."""
    written: dict[str, Path] = {}
    for path in _outputs(options):
        if written.setdefault(os.path.realpath(path), path) is not path:
            raise UsageError(f"two outputs have the same name, {path}: name another file for one of them")
    for value in _inputs(options):
        place = os.path.realpath(value)
        if place in written:
            raise UsageError(f"{written[place]} is an input too: name another file to write")


def _outputs(options: argparse.Namespace) -> Iterator[Path]:
    for name in getattr(options, "writes", ()):
        if value := getattr(options, name):
            yield Path(value)
            if name == "report":
                yield evidence_path(Path(value))
                yield page_path(Path(value))


def _inputs(options: argparse.Namespace) -> Iterator[str]:
    """The files that the other options name, and the evidence beside reports."""
    outputs = getattr(options, "writes", ())
    for name, value in vars(options).items():
        for one in value if isinstance(value, list) else [value]:
            if name not in outputs and (isinstance(one, Path) or (name in _FILES and one)):
                yield str(one)
                if Path(one).is_file():
                    yield str(evidence_path(Path(one)))


def check_writable(option: str, path: Path, *, device: bool = True) -> None:
    """Refuse a path that cannot be written, before a run starts; without `device` also a path that is not a regular file."""
    try:
        if path.is_dir():
            raise UsageError(f"{option}: {path} is a directory; name a file")
        special = path.exists() and not path.is_file()
        if special and not device:
            raise UsageError(f"{option}: {path} is not a regular file; name one")
        # a file is written beside its place and then moved there
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise UsageError(f"{option}: there is no directory {folder}; create it first")
        if not os.access(path if special else folder, os.W_OK):
            raise UsageError(f"{option}: {path} cannot be written: permission denied")
    except OSError as error:
        raise UsageError(f"{option}: {path} cannot be written: {error.strerror}") from None
