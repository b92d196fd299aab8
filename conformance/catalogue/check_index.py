"""Which checks there are: read from the suites' source, without running or importing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from conformance.model.cases import Side, check_id
from conformance.model.errors import UsageError

_MARK_OR_TEST = re.compile(
    rf"""^[ ]*(?:@(?P<mark>{"|".join(Side)})\(\s*"(?P<change>[^"]+)"|def[ ](?P<test>test_\w+)\()""",
    re.MULTILINE,
)


class Check(msgspec.Struct, frozen=True):
    """A check as its source has it: the statement and the side of it that it asks for, the test function, file and line.

    `file` is relative to the suites' folder.
    """

    change: str
    test: str
    side: Side
    file: str
    line: int

    @property
    def id(self) -> str:
        """The check's name: ``STATEMENT::test_name``."""
        return check_id(self.change, self.test)


@cache
def suites_dir() -> Path:
    """Where the suites are: inside an installed package, beside it in a checkout. Raises UsageError if nowhere."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "suites", package.parent / "suites"):
        if (folder / "conftest.py").is_file():
            return folder
    raise UsageError("the suites are not installed beside the package; reinstall docker-api-conformance")


@cache
def checks(folder: Path | None = None) -> dict[str, list[Check]]:
    """All checks by the id of their statement, in the order of files and lines.

    Only the lines with marks and test functions are read: parsing a thousand checks would take longer than all else that
    ``list`` does. Raises UsageError for a file that cannot be read.
    """
    found: dict[str, list[Check]] = {}
    root = folder or suites_dir()
    for path in sorted(root.rglob("test_*.py")):
        try:
            source = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: {error}") from None
        for check in _checks_of(source, path.relative_to(root).as_posix()):
            found.setdefault(check.change, []).append(check)
    return found


def _checks_of(source: str, file: str) -> Iterator[Check]:
    marks: list[tuple[Side, str]] = []
    for match in _MARK_OR_TEST.finditer(source):
        if match["mark"]:
            marks.append((Side(match["mark"]), match["change"]))
            continue
        line = source.count("\n", 0, match.start("test")) + 1
        for side, change in marks:
            yield Check(change=change, test=match["test"], side=side, file=file, line=line)
        marks = []
