"""``run --count``: how many cases a run would ask, in which versions; nothing is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from conformance.catalogue import load
from conformance.engine.targets import find
from conformance.model.cases import Case
from conformance.model.errors import UsageError
from conformance.model.text import plural
from conformance.runner.collection import SCOPE, case_of
from conformance.runner.options import RunOptions
from conformance.runner.plan import Scope, choose_scope


def find_scope(options: RunOptions) -> Scope:
    """What the run would ask: of the daemon that is named, or where none is, of one that serves every version.

    Raises UsageError or Unreachable, each with one line.
    """
    if not options.host and not options.dockerd:
        return choose_scope(options, load())
    with find(options).open() as daemon:
        if daemon.obstacle:
            raise UsageError(daemon.obstacle)
        return choose_scope(options, load(), daemon)


class CaseCounter:
    """A pytest plugin that notes the cases which are collected, after all that leaves some of them out."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        #: The cases; None while they are not collected.
        self.cases: list[Case] | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand over what is collected."""
        config.stash[SCOPE] = self.scope

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the cases."""
        self.cases = [case for item in session.items if (case := case_of(item)) is not None]


def format_counts(scope: Scope, cases: Sequence[Case]) -> Iterator[str]:
    """A line for each version of the scope, then the sum."""
    counts = Counter(case.version for case in cases)
    for version in scope.versions:
        yield f"{version}  {plural(counts[version], 'case'):>12}"
    checks = len({case.check for case in cases})
    statements = len({case.change for case in cases})
    yield (
        f"{plural(len(cases), 'case')}: {plural(checks, 'check')} of {plural(statements, 'statement')}"
        f" in {plural(len(scope.versions), 'version')}"
    )
