"""Verdicts, and the result of a case. How results are kept in a file is in ``report``."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import msgspec

from conformance.model.cases import Case, Side


class Verdict(enum.StrEnum):
    """The verdict on a case; the order is from best to worst, and a case can only get worse."""

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
#: The verdicts that say whether a statement is kept.
JUDGED = NOT_CONFORMANT | {Verdict.PASS}
INCONCLUSIVE = frozenset({Verdict.BLOCKED, Verdict.ERROR, Verdict.NOT_RUN})


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some verdicts; raises ValueError when there is none."""
    return max(verdicts, key=lambda verdict: verdict.severity)


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The verdict on a case.

    `reason` is one line and ``""`` for a pass. `fixture` names the fixture whose failure blocked the case; where an earlier
    case met the same failure, `first` is the key of that one, which has the reason and the evidence. `seconds` is the
    duration, `daemon_seconds` the part of it that was spent waiting for the daemon; `evidence` says whether exchanges are
    stored under the case's key.
    """

    case: Case
    verdict: Verdict
    reason: str = ""
    fixture: str = ""
    first: str = ""
    seconds: float = 0.0
    daemon_seconds: float = 0.0
    evidence: bool = False

    @property
    def legacy(self) -> bool:
        """Whether the case asks for the behaviour below its statement's version."""
        return self.case.side is Side.BEFORE
