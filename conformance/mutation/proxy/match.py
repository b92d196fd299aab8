"""Which exchanges a fault breaks: by method, path, version in the path, query and status of the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from conformance.catalogue import Change, Mutant
from conformance.model.versions import ApiVersion
from conformance.mutation.faults import edits
from conformance.mutation.faults.fault import Fault
from conformance.mutation.faults.registry import build

_HOLES = {"(id)": "[^/]+", "(name)": ".+"}


@dataclass
class Rule:
    """A fault and the exchanges that it breaks; counts how often it was asked for, and how often it broke something.

    `endpoints` are pairs of a method ("" for any) and a pattern for the path without its version. `ordinal` limits
    the fault to the n-th, counted from 0, of the exchanges that fit.
    """

    fault: Fault
    endpoints: tuple[tuple[str, re.Pattern[str]], ...] = ()
    versions: str = ""
    query: str = ""
    status: int = 0
    ordinal: int | None = None
    seen: int = 0
    matched: int = 0
    reached: int = 0
    paths: list[str] = field(default_factory=list)

    def asks(self, method: str, target: str) -> bool:
        """Whether a request is one that the fault breaks; each request that comes is to be shown here once."""
        path, _, query = target.partition("?")
        version = edits.version_of(path)
        bare = edits.with_version(path, "")
        fits = not self.endpoints or any(
            wanted in ("", "any", method) and pattern.fullmatch(bare) for wanted, pattern in self.endpoints
        )
        if not fits or not has_version(self.versions, version) or not re.search(self.query, query):
            return False
        ordinal, self.seen = self.seen, self.seen + 1
        return self.ordinal in (None, ordinal)

    def answered(self, status: int) -> bool:
        """Whether an answer of this status is one that the fault breaks."""
        return self.status in (0, status)


def rule_of(change: Change, mutant: Mutant) -> Rule:
    """The rule of a mutant: its own method and path, or the endpoints of its change."""
    if mutant.path:
        endpoints = [(mutant.method, pattern(mutant.path))]
    else:
        pairs = [_split(endpoint) for endpoint in change.endpoints]
        endpoints = [
            (method, pattern(path))
            for method, path in pairs
            if mutant.method in ("", method) or method == "any"
        ]
    return Rule(build(mutant), tuple(endpoints), mutant.versions, mutant.query, mutant.status)


def _split(endpoint: str) -> tuple[str, str]:
    method, _, path = endpoint.partition(" ")
    return method, path or "*"


def pattern(path: str) -> re.Pattern[str]:
    """A pattern for a path in the documents' spelling: ``(id)`` is one segment, ``(name)`` one or more, ``*`` anything."""
    parts = re.split(r"(\([^)]*\)|\*)", path.partition("?")[0])
    return re.compile(
        "".join(
            _HOLES.get(part, "[^/]+") if part.startswith("(") else ".*" if part == "*" else re.escape(part)
            for part in parts
        )
    )


def has_version(selection: str, version: str) -> bool:
    """Whether the version in a path ("" for none) is in a mutant's selection of versions."""
    if not selection:
        return True
    if selection in ("versioned", "unversioned"):
        return bool(version) == (selection == "versioned")
    if not version:
        return False
    asked = ApiVersion.parse(version) if re.fullmatch(r"\d+\.\d+", version) else None
    first, dash, last = selection.partition("-")
    low = ApiVersion.parse(first) if first else None
    high = ApiVersion.parse(last) if last else None
    if asked is None:
        return False
    if not dash:
        return asked == low
    return (low is None or low <= asked) and (high is None or asked <= high)
