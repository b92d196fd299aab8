"""What is made once and read by many checks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from conformance.environment.ledger import Ledger
from conformance.model.errors import DaemonFault, FixtureError, SharedFixtureError

T = TypeVar("T")
Object = tuple[str, str]  # the kind and name of an object on the daemon


@dataclass(frozen=True)
class _Entry:
    value: Any
    error: BaseException | None
    exchange: object
    objects: list[Object]


@dataclass(frozen=True)
class _Scope:
    uses: Callable[[], int] | None
    keys: list[Hashable] = field(default_factory=list)


class SharedCache:
    """Values by key. A failure is kept as well, and raised again for each reader.

    A ledger tells which objects on the daemon belong to a value: they outlive the check that made them. Threads may share a
    cache if each has a ledger of its own; while one makes a value, others wait for new ones.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.RLock()
        self._entries: dict[Hashable, _Entry] = {}
        self._scopes: list[_Scope] = []

    def get(
        self,
        key: Hashable,
        make: Callable[[], T],
        ledger: Ledger | None = None,
        transcript: Sequence[object] = (),
    ) -> T:
        """The value of `key`; the first call makes it. Raises SharedFixtureError when `make` failed, now or earlier.

        `ledger` is the one that `make` writes to, by default that of the cache; `transcript` gets the exchanges of `make`.
        """
        entry = self._entries.get(key)
        if entry is None:
            with self._lock:
                entry = self._entries.get(key) or self._add(key, make, ledger or self._ledger, transcript)
        if entry.error is not None:
            raise SharedFixtureError(key_name(key), entry.error, entry.exchange) from entry.error
        value: T = entry.value
        return value

    def _add(
        self, key: Hashable, make: Callable[[], T], ledger: Ledger, transcript: Sequence[object]
    ) -> _Entry:
        before = set(ledger.opened(shared=True))
        sent = len(transcript)
        counts = [scope.uses and scope.uses() for scope in self._scopes]
        error: BaseException | None = None
        exchange: object = None
        value: T | None = None
        try:
            value = make()
        except (FixtureError, DaemonFault, AssertionError) as caught:
            error = caught
            last = transcript[-1] if len(transcript) > sent else None
            exchange = getattr(caught, "exchange", None) or last
        # What another value was made of meanwhile is shared already, and belongs to that one.
        owned = {row for entry in self._entries.values() for row in entry.objects}
        objects = [row for row in ledger.opened(shared=True) if row not in before | owned]
        for kind, name in objects:
            ledger.share(kind, name)
        entry = self._entries[key] = _Entry(value, error, exchange, objects)
        for scope, count in zip(self._scopes, counts, strict=True):
            if scope.uses is None or scope.uses() != count:
                scope.keys.append(key)
        return entry

    @contextmanager
    def scope(self, uses: Callable[[], int] | None = None, *, retry: bool = False) -> Iterator[list[Object]]:
        """Forget at the end of the block what was made inside it.

        Yields a list that then holds the objects of the forgotten values, newest first; the caller removes them. `uses` is a
        counter: with it, a value is forgotten only if the counter rose while the value was made. `retry` hides the failures
        from before the block until its end, so that they are tried again.
        """
        hidden = {key: row for key, row in self._entries.items() if retry and row.error is not None}
        for key in hidden:
            del self._entries[key]
        scope = _Scope(uses)
        self._scopes.append(scope)
        forgotten: list[Object] = []
        try:
            yield forgotten
        finally:
            self._scopes.remove(scope)
            for key in reversed(scope.keys):
                if (entry := self._entries.pop(key, None)) is not None:
                    forgotten += entry.objects
            self._entries |= hidden


def key_name(key: Hashable) -> str:
    """What reports call the value of a key: its words."""
    return " ".join(map(key_name, key)) if isinstance(key, tuple) else str(key)
