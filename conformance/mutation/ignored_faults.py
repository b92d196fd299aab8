"""Automatic faults that need not be noticed, each with the reason: ``unnoticed.toml`` beside this module.

A check reads more than its claim rests on: a member to find its own object by, a status that the document leaves open. A
fault there breaks no promise. Others cannot be reached, as the check asks past the proxy. Whatever else is not noticed
shows a weak check::

    [[unnoticed]]
    checks = ["v1_14/test_images.py::test_x"]
    faults = ["status *", "Id dropped"]   # shell patterns for the faults as they are told
    asked = "POST /images/create"         # a shell pattern for method and path; left out: any
    reason = "..."

It is strict: a check that there is not, a word that is none and a table without a reason are errors. A table of which
nothing came in a survey of its checks is told.
"""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import msgspec

from conformance.model.errors import UsageError
from conformance.mutation.faults import edits
from conformance.mutation.survey import Automatic, Notice

#: What a reason can stand for; a check that cannot tell a bad daemon from a bad suite is to be mended.
EXCUSABLE = (Notice.PASSED, Notice.UNREACHED)
DATA = Path(__file__).parent / "ignored_faults.toml"


class Unnoticed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Faults that some checks need not notice; see the module's text."""

    checks: list[str]
    faults: list[str]
    reason: str
    asked: str = "*"

    @cached_property
    def _of(self) -> frozenset[str]:
        return frozenset(self.checks)

    def covers(self, row: Automatic) -> bool:
        """Whether it speaks of that fault of that case."""
        return (
            row.case.check in self._of
            and any(fnmatch.fnmatchcase(row.fault, pattern) for pattern in self.faults)
            and fnmatch.fnmatchcase(_bare(row.asked), self.asked)
        )


def _bare(asked: str) -> str:
    """Method and path of ``POST /v1.21/images/create?x=y (200)``."""
    method, _, rest = asked.partition(" ")
    return f"{method} {edits.with_version(rest.partition(' ')[0].partition('?')[0], '')}"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    unnoticed: list[Unnoticed] = []


def load(known: Iterable[str], path: Path = DATA) -> list[Unnoticed]:
    """Read the file; `known` are the checks that there are. Raises UsageError, naming the file, for what cannot be meant."""
    try:
        tables = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).unnoticed
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: {error}") from None
    checks = set(known)
    for number, table in enumerate(tables, 1):
        for check in table.checks:
            if check not in checks:
                raise UsageError(f"{path}: table {number}: there is no check {check}")
        if not (table.checks and table.faults and table.reason.strip()):
            raise UsageError(f"{path}: table {number}: names no check, no fault or no reason")
    return tables


def reason(row: Automatic, tables: list[Unnoticed]) -> str:
    """Why a fault need not be noticed; empty when nothing says so."""
    return next((table.reason for table in tables if table.covers(row)), "")


def stale(found: list[Automatic], tables: list[Unnoticed]) -> list[Unnoticed]:
    """The tables whose checks have all been surveyed, and that no fault needed."""
    seen = {row.case.check for row in found}
    needing = [row for row in found if row.notice in EXCUSABLE]
    return [
        table for table in tables if seen.issuperset(table.checks) and not any(map(table.covers, needing))
    ]
