"""Automatic faults that checks need not notice, each with the reason: ``ignored_faults.toml`` of the catalogue.

A check reads more than its claim rests on: a member by which it finds its own object, a status that the document leaves open.
A fault there violates nothing. Other faults cannot be reached, because the check asks past the proxy. Any other fault that a
check does not notice shows a weak check::

    [[ignored]]
    checks = ["1.14/some-fact::test_x"]
    faults = ["status *", "Id dropped"]   # shell patterns for the faults as a survey names them
    asked = "POST /images/create"         # a shell pattern for method and path; left out: any
    reason = "..."

An unknown check, an unknown key and a table without a reason are errors. A survey reports tables that no fault needed.
"""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import msgspec

from conformance.catalogue.load import DATA
from conformance.model.errors import UsageError
from conformance.mutation.automatic_faults import AutomaticFault, FaultStatus
from conformance.mutation.proxy.http_edits import strip_path

#: What can be ignored; a check that cannot tell a bad daemon from a bad suite must be corrected.
IGNORABLE = (FaultStatus.PASSED, FaultStatus.UNREACHED)
PATH = DATA / "ignored_faults.toml"


class IgnoredFaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Faults that some checks need not notice; see the module's text."""

    checks: list[str]
    faults: list[str]
    reason: str
    asked: str = "*"

    @cached_property
    def _checks(self) -> frozenset[str]:
        return frozenset(self.checks)

    def covers(self, row: AutomaticFault) -> bool:
        """Whether the table is about that fault of that case."""
        return (
            row.case.check in self._checks
            and any(fnmatch.fnmatchcase(row.fault, pattern) for pattern in self.faults)
            and fnmatch.fnmatchcase(_strip_names(row.asked), self.asked)
        )


def _strip_names(asked: str) -> str:
    """Method and path of ``POST /v1.21/images/create?x=y (200)``."""
    method, _, rest = asked.partition(" ")
    return f"{method} {strip_path(rest.partition(' ')[0])}"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ignored: list[IgnoredFaults] = []


def load(known: Iterable[str], path: Path = PATH) -> list[IgnoredFaults]:
    """Read the file; `known` are the checks of the suites. Raises UsageError, naming the file, if it is invalid."""
    try:
        tables = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).ignored
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}: {error}") from None
    checks = set(known)
    for number, table in enumerate(tables, 1):
        for check in table.checks:
            if check not in checks:
                raise UsageError(f"{path}: table {number}: unknown check {check}")
        if not (table.checks and table.faults and table.reason.strip()):
            raise UsageError(f"{path}: table {number}: needs checks, faults and a reason")
    return tables


def find_reason(row: AutomaticFault, tables: list[IgnoredFaults]) -> str:
    """Why a fault need not be noticed; empty if no table covers it."""
    return next((table.reason for table in tables if table.covers(row)), "")


def find_stale(found: list[AutomaticFault], tables: list[IgnoredFaults]) -> list[IgnoredFaults]:
    """The tables whose checks have all been surveyed, and that no fault needed."""
    surveyed = {row.case.check for row in found}
    ignorable = [row for row in found if row.status in IGNORABLE]
    return [
        table
        for table in tables
        if surveyed.issuperset(table.checks) and not any(map(table.covers, ignorable))
    ]
