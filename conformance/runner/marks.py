"""The marks that bind a check to a change and say in which versions it runs.

``@since(id)`` runs inside the change's window, ``@before(id)`` below it (the legacy side), ``@after(id)`` above it (what a
later document states once the change no longer holds), ``@always(id)`` in every version that is asked. ``@early`` says when
the body may run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from conformance.catalogue import load
from conformance.catalogue.binding import Binding
from conformance.model.cases import Side
from conformance.model.versions import ApiVersion

MARK = "change"
EARLY = "early"
F = TypeVar("F", bound=Callable[..., object])


def side_of(change: str, version: ApiVersion) -> Side:
    """On which side of a change a version lies; a change that is not in the catalogue has only one side."""
    known = load().changes.get(change)
    if known is not None and known.window.is_before(version):
        return Side.BEFORE
    return Side.AFTER if known is not None and known.window.is_after(version) else Side.SINCE


def binding_of(item: pytest.Item) -> Binding | None:
    """What the test is bound to; None when it is not a check."""
    mark = item.get_closest_marker(MARK)
    return mark.args[0] if mark is not None else None


def _bind(side: Side) -> Callable[[str], Callable[[F], F]]:
    def mark(change: str) -> Callable[[F], F]:
        if change not in load():
            raise pytest.UsageError(
                f"there is no change {change!r} in the catalogue (docker-conformance list shows all)"
            )
        stated = {Side.BEFORE: load()[change].before, Side.AFTER: load()[change].after}
        if stated.get(side, "stated") is None:
            raise pytest.UsageError(
                f"@{side}({change!r}): the change says nothing of the versions {side} its window"
            )
        decorate: Callable[[F], F] = pytest.mark.change(Binding(change, side))
        return decorate

    mark.__name__ = str(side)
    return mark


since = _bind(Side.SINCE)
before = _bind(Side.BEFORE)
after = _bind(Side.AFTER)
always = _bind(Side.ALWAYS)


def early(check: F) -> F:
    """Mark a check that waits many seconds for one answer: its body may run from the start of the run, beside other checks.

    The body may ask for ``api``, ``env`` and its own parameters only; see ``conformance.runner.early``.
    """
    marked: F = pytest.mark.early(check)
    return marked
