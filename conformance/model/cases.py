"""Cases: a test function, bound to a statement, in one API version with its parameters."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import msgspec

from conformance.model.versions import ApiVersion


class Side(enum.StrEnum):
    """Which side of its statement's window a case asks for."""

    SINCE = "since"
    BEFORE = "before"  # the legacy side: shown apart, counted only with --strict-legacy
    AFTER = "after"
    ALWAYS = "always"  # of a check that holds on all sides; its cases count as since


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A check in one API version with its parameters. It is set when pytest collects the test.

    `change` is the id of the statement, `test` the name of the test function without its file, `parameters` the test's
    parameters as pytest writes them ("" if it has none).
    """

    change: str
    test: str
    parameters: str = ""
    version: ApiVersion
    side: Side = Side.SINCE

    @property
    def check(self) -> str:
        """The check that the case belongs to: ``STATEMENT::test_name``."""
        return check_id(self.change, self.test)

    @property
    def local_id(self) -> str:
        """The test with its parameters, unique within its statement: ``test_name[parameters]``."""
        return f"{self.test}[{self.parameters}]" if self.parameters else self.test

    @property
    def key(self) -> str:
        """The case's name in reports, evidence and waivers: ``STATEMENT::test_name[parameters]@VERSION``.

        It is unique within a run and stable between runs; moving a test to another file does not change it.
        """
        return f"{self.change}::{self.local_id}@{self.version}"


def check_id(change: str, test: str) -> str:
    """The name of a check: ``STATEMENT::test_name``."""
    return f"{change}::{test}"


def versions_of(cases: Iterable[Case]) -> list[ApiVersion]:
    """The versions of some cases, each once, in their order."""
    return list(dict.fromkeys(case.version for case in cases))


def parameters_of(cases: Iterable[Case]) -> list[str]:
    """The parameters of some cases, each once, in their order; empty if they have none."""
    return list(dict.fromkeys(case.parameters for case in cases if case.parameters))
