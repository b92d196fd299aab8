"""What the commands that show a report share: it is read and arranged, and its text goes to stdout or whole into a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from conformance.catalogue import Catalogue, load
from conformance.model.errors import PATH_MISTAKES, UsageError
from conformance.report import matrix
from conformance.report.file import Report, read_report, write_whole
from conformance.report.matrix import Matrix


class Arranged(NamedTuple):
    """A report, and how it stands to the catalogue."""

    report: Report
    matrix: Matrix
    catalogue: Catalogue


def arranged(path: Path, *, strict_legacy: bool = False) -> Arranged:
    """Read a report and arrange it; `strict_legacy` counts legacy cases also where its run did not.

    Raises UsageError for what is no report.
    """
    report, catalogue = read_report(path), load()
    return Arranged(report, matrix.build(report, catalogue, strict_legacy=strict_legacy), catalogue)


def put(path: Path | None, data: bytes) -> None:
    """Write to `path`, whole or not at all; to stdout if it is None. Raises UsageError if the file cannot be written."""
    if path is None:
        sys.stdout.write(data.decode())
        sys.stdout.flush()
        return
    with writing(path):
        write_whole(path, data)


def put_rendering(path: Path | None, data: bytes, *reports: Report) -> int:
    """Write what shows `reports`, as put() does; returns 0.

    Raises Interrupted, when it is written, if one of the reports has no footer: the rendering says so as well.
    """
    put(path, data)
    for report in reports:
        report.finished()
    return 0


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an error of the system that is the user's inside the block into a UsageError: `path` cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno not in PATH_MISTAKES:
            raise
        raise UsageError(f"{path}: cannot write the file: {error.strerror}") from None
