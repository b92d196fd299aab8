"""Why cases are blocked: each failure of a fixture once, with the cases that it blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from conformance.model.verdicts import Result, Verdict

#: What differs between two requests that failed in the same way: the version in the path, names of a run's objects, ids.
_VERSION = re.compile(r"/v\d+\.\d+(?=/)")
_NAME = re.compile(r"\bdockerconf-[0-9a-f]{8}-[\w.-]*?[0-9a-f]{8}(?::\w+)?")
_ID = re.compile(r"\b(?:sha256:)?(?:[0-9a-f]{64}|[0-9a-f]{12})\b")


class Cause(msgspec.Struct, frozen=True):
    """One failure and the cases that it blocks, first those that met it and have its exchange.

    `reason` is without versions, names and ids; `fixtures` are the names of the fixtures that failed so ("" where a check
    prepared something itself).
    """

    reason: str
    fixtures: list[str]
    results: list[Result]

    @property
    def first(self) -> Result:
        """The first case that met the failure."""
        return self.results[0]


def find_causes(results: Iterable[Result]) -> list[Cause]:
    """The causes for which cases among `results` are blocked, the one that blocks most first."""
    blocked = [result for result in results if result.verdict is Verdict.BLOCKED]
    by_key = {result.case.key: result for result in blocked}
    found: dict[str, list[Result]] = {}
    for result in blocked:
        found.setdefault(generalize(by_key.get(result.first, result).reason), []).append(result)
    causes = [
        Cause(
            reason=reason,
            fixtures=list(dict.fromkeys(result.fixture for result in inside if result.fixture)),
            results=sorted(inside, key=lambda result: bool(result.first)),
        )
        for reason, inside in found.items()
    ]
    return sorted(causes, key=lambda cause: -len(cause.results))


def generalize(reason: str) -> str:
    """A reason without the version of the path, names of a run's objects and ids: equal for failures of one kind."""
    return _ID.sub("(id)", _NAME.sub("(name)", _VERSION.sub("", reason)))
