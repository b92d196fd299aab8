"""What the commands that show a report share: it is read and arranged, and written in another form."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from conformance.catalogue import Catalogue, load
from conformance.cli.files import write_output
from conformance.cli.parser import check_profile
from conformance.report import matrix
from conformance.report.file import Report, read_report
from conformance.report.matrix import Matrix
from conformance.report.outcome import USUAL, Strictness
from conformance.report.render import console
from conformance.report.selection import select_profile


class Arranged(NamedTuple):
    """A report, its cases arranged as a matrix, and the catalogue that arranged them."""

    report: Report
    matrix: Matrix
    catalogue: Catalogue


def arrange(path: Path, strictness: Strictness = USUAL, *, profile: str | None = None) -> Arranged:
    """Read a report and arrange it; what `strictness` names counts also where its run did not count it.

    With a profile only its cases are taken, as if the run had selected it. Raises UsageError for a file that is not a report
    and for an unknown profile.
    """
    catalogue = load()
    if profile is not None:
        check_profile(profile, catalogue)
    report = read_report(path)
    if profile is not None:
        report = select_profile(report, profile, catalogue)
    return Arranged(report, matrix.build(report, catalogue, strictness), catalogue)


def write_printed(path: Path | None, show: Callable[[Console], None]) -> None:
    """Let `show` print to stdout, or into a file, as text without colour of 100 columns."""
    if path is None:
        show(console.make_console())
        return
    page = io.StringIO()
    show(console.make_console(page, width=100))
    write_output(path, page.getvalue().encode())


def write_rendering(path: Path | None, data: bytes, *reports: Report) -> int:
    """Write what shows `reports`, as write_output() does; returns 0.

    Raises Interrupted, after it is written, if one of the reports has no footer: the rendering says so too.
    """
    write_output(path, data)
    for report in reports:
        report.finished()
    return 0
