"""Which versions a check is asked in: all of them, the edges of its window, or the edges and one version of each class.

A class is a stretch of versions in which no document changes the operations of a statement, and no statement about them
begins or ends; what a daemon does in one version of a class it does in the others. Of v1.14 to v1.24, whose documents are
prose, each version is a class of its own. The choice depends on the catalogue and on the served versions alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache

from conformance.catalogue.load import load
from conformance.catalogue.operations import operations
from conformance.model.changes import Change
from conformance.model.policy import Policy
from conformance.model.versions import ApiVersion, Window


def choose_versions(change: str, covered: Sequence[ApiVersion], policy: Policy) -> list[ApiVersion]:
    """The versions of `covered`, which is ascending, in which a check of the statement is asked.

    A version that is left out is represented by the nearest older one that is asked (see ``representative``).
    """
    if policy is Policy.EVERY_VERSION or len(covered) < 3:
        return list(covered)
    edges = {covered[0], covered[-1]}
    if policy is Policy.EDGES:
        return [version for version in covered if version in edges]
    begins = class_begins(change)
    seen: set[int] = set()
    chosen = []
    for version in covered:
        number = bisect_right(begins, version)
        if number not in seen or version in edges:
            chosen.append(version)
        seen.add(number)
    return chosen


def representative(version: ApiVersion, asked: Iterable[ApiVersion]) -> ApiVersion | None:
    """The version that was asked and stands for `version`: the nearest that is not newer; None if there is none."""
    return max((other for other in asked if other <= version), default=None)


@cache
def class_begins(change: str) -> list[ApiVersion]:
    """The versions in which a class of the statement begins, ascending.

    A statement about operations that no document names (any method, any path) has every version as a class of its own.
    """
    catalogue = load()
    begins: set[ApiVersion] = set()
    for endpoint in catalogue[change].endpoints:
        operation = operations().get(endpoint)
        if operation is None:
            return list(catalogue.askable)
        begins.update(operation.classes)
        begins.update(_ends(operation.windows, catalogue.askable))
        for other in _statements_of(endpoint):
            begins.add(other.window.since)
            begins.update(_ends([other.window], catalogue.askable))
    return sorted(begins)


@cache
def _statements_of(endpoint: str) -> list[Change]:
    return [change for change in load().changes.values() if endpoint in change.endpoints]


def _ends(windows: Iterable[Window], versions: Sequence[ApiVersion]) -> list[ApiVersion]:
    """The first version after each window that ends."""
    return [
        version
        for window in windows
        if (version := next((v for v in versions if window.is_after(v)), None)) is not None
    ]
