"""Verdicts, cases, and what became of a case. How results are kept in a file is in ``report``."""

from __future__ import annotations

import enum
import os
import re
from collections.abc import Iterable

import msgspec


class Verdict(enum.StrEnum):
    """What became of a case; the order is from best to worst, and a case can only get worse."""

    PASS = "pass"
    UNSERVED = "unserved"
    UNAVAILABLE = "unavailable"
    NOT_RUN = "not-run"
    BLOCKED = "blocked"
    NOT_IMPLEMENTED = "not-implemented"
    FAIL = "fail"
    ERROR = "error"

    @property
    def severity(self) -> int:
        """0 for the best verdict, growing towards the worst."""
        return _ORDER[self]


_ORDER = {verdict: index for index, verdict in enumerate(Verdict)}
NOT_CONFORMANT = frozenset({Verdict.FAIL, Verdict.NOT_IMPLEMENTED})
COULD_NOT_TELL = frozenset({Verdict.BLOCKED, Verdict.ERROR, Verdict.NOT_RUN})


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some verdicts; raises ValueError when there is none."""
    return max(verdicts, key=lambda verdict: verdict.severity)


class Side(enum.StrEnum):
    """Which side of a change a case asks for."""

    SINCE = "since"
    BEFORE = "before"  # the legacy side: shown apart, counted only with --strict-legacy
    AFTER = "after"
    ALWAYS = "always"  # of a check that holds on all sides; its cases count as since


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A check in one API version with its parameters.

    `check` is ``FILE::FUNCTION`` relative to the suites' folder, `parameters` the rest of the test's id ("" if none).
    """

    change: str
    version: str
    check: str
    parameters: str = ""
    side: Side = Side.SINCE

    @property
    def key(self) -> str:
        """The case's name in reports and evidence: unique within a run, stable between runs."""
        tail = f"-{self.parameters}" if self.parameters else ""
        return f"{self.check}[{self.change}@{self.version}{tail}]"


def versions_of(cases: Iterable[Case]) -> list[str]:
    """The versions of some cases, each once, in their order."""
    return list(dict.fromkeys(case.version for case in cases))


def parameters_of(cases: Iterable[Case]) -> list[str]:
    """The parameters of some cases, each once, in their order; empty if they have none."""
    return list(dict.fromkeys(case.parameters for case in cases if case.parameters))


_NODE = re.compile(
    r"(?P<check>[^\[]+)\[(?P<change>[\w.]+/[\w-]+?)@(?P<version>\d+\.\d+)(?:-(?P<parameters>.*))?\]",
    re.DOTALL,
)


def parse_node(nodeid: str) -> Case | None:
    """The case that a pytest node id names, or None when the test is no check. Its side is not in the id."""
    match = _NODE.fullmatch(nodeid)
    if match is None:
        return None
    path, _, name = match["check"].partition("::")
    short = path.replace(os.sep, "/").rpartition("suites/")[2]
    return Case(
        change=match["change"],
        version=match["version"],
        check=f"{short}::{name}",
        parameters=match["parameters"] or "",
    )


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The verdict on a case.

    `reason` is one line and ``""`` for a pass; `seconds` is the duration, `daemon_seconds` the part of it in which the
    daemon was waited for; `evidence` says whether exchanges are stored under the case's key.
    """

    case: Case
    verdict: Verdict
    reason: str = ""
    seconds: float = 0.0
    daemon_seconds: float = 0.0
    evidence: bool = False

    @property
    def legacy(self) -> bool:
        """Whether the case asks for the behaviour below its change's version."""
        return self.case.side is Side.BEFORE
