"""Which exchanges a fault changes: by method, path, version in the path, query and status of the response."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.model.versions import ApiVersion
from conformance.mutation.proxy.fault import Fault
from conformance.mutation.proxy.http_edits import get_version, strip_version

_HOLES = {"(id)": "[^/]+", "(name)": ".+"}


@dataclass
class Rule:
    """A fault and the exchanges that it changes.

    `endpoints` are pairs of a method (``""`` or ``any`` for each) and a pattern for the path without its version; without
    any, every request fits. `ordinal` limits the fault to the n-th request that fits, counted from 0.
    `seen` counts the requests that fit, `matched` those that were to be changed, `reached` the changes that were made.
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

    def fits(self, method: str, target: str) -> bool:
        """Whether a request is one of those that the rule describes, whatever its ordinal."""
        path, _, query = target.partition("?")
        bare = strip_version(path)
        return (
            not self.endpoints
            or any(
                wanted in ("", "any", method) and pattern.fullmatch(bare)
                for wanted, pattern in self.endpoints
            )
        ) and bool(has_version(self.versions, get_version(path)) and re.search(self.query, query))

    def take(self, method: str, target: str) -> bool:
        """Whether the fault changes this request; show each request once, as it counts."""
        if not self.fits(method, target):
            return False
        ordinal, self.seen = self.seen, self.seen + 1
        return self.ordinal in (None, ordinal)

    def accepts_status(self, status: int) -> bool:
        """Whether the fault changes responses of this status."""
        return self.status in (0, status)


def compile_path(path: str) -> re.Pattern[str]:
    """A pattern for a path as documents write it: ``(id)`` is one segment, ``(name)`` one or more, ``*`` anything."""
    parts = re.split(r"(\([^)]*\)|\*)", path.partition("?")[0])
    return re.compile(
        "".join(
            _HOLES.get(part, "[^/]+") if part.startswith("(") else ".*" if part == "*" else re.escape(part)
            for part in parts
        )
    )


def has_version(selection: str, version: str) -> bool:
    """Whether the version of a path (``""`` for none) is in a mutant's selection of versions."""
    if not selection:
        return True
    if selection in ("versioned", "unversioned"):
        return bool(version) == (selection == "versioned")
    if not re.fullmatch(r"\d+\.\d+", version):
        return False
    asked = ApiVersion.parse(version)
    first, dash, last = selection.partition("-")
    low = ApiVersion.parse(first) if first else None
    high = ApiVersion.parse(last) if last else None
    if not dash:
        return asked == low
    return (low is None or low <= asked) and (high is None or asked <= high)
