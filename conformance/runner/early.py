"""Checks marked ``@early``: their bodies run in threads from the first case on, their outcome is taken in their turn.

The mark is for checks that wait many seconds for one answer, and for nothing else. The request stands in the body as in any
other check. Each body has a client, a transcript and a ledger of its own, so it may ask only for ``api``, ``env`` and its
own parameters. With pytest-xdist each worker starts those among the cases that it is given at first; a worker that takes over
another's early check later runs it in its turn.
"""

from __future__ import annotations

import math
from contextlib import suppress
from threading import Thread

import pytest

from conformance.model.errors import DaemonFault, FixtureError
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.runner.collection import BINDING
from conformance.runner.marks import EARLY
from conformance.runner.worker import WorkerSession

_FIXTURES = {"api", "env"}


class _Body:
    """The body of one check, running in a thread."""

    def __init__(self, item: pytest.Function, session: WorkerSession, number: int) -> None:
        self._api = session.api(_version(item)).alone()
        self._env = session.env.apart(self._api, session.ledger.apart(f"{EARLY}-{number}"))
        self._check = item.function
        given = {**item.callspec.params, "api": self._api, "env": self._env}
        self._arguments = {name: given[name] for name in _arguments(item)}
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._check(**self._arguments)
        except BaseException as error:  # noqa: BLE001  the case's turn raises it
            self._error = error
        finally:
            # Its turn may be minutes away, and a container that runs until then costs the daemon time.
            self._env.clear()

    def take(self, session: WorkerSession) -> None:
        """Wait for the end; put the exchanges into the transcript of the running case and raise what the body raised."""
        self._thread.join()
        session.client.transcript.extend(self._api.transcript)
        if self._error is not None:
            raise self._error

    def close(self) -> list[str]:
        """Remove everything that is left; returns what could not be removed."""
        # A body whose turn never came may still wait for an answer. What its request makes later is found by the prefix.
        return [] if self._thread.is_alive() else self._env.close()


class EarlyChecks:
    """A pytest plugin of a process that runs checks."""

    def __init__(self, session: WorkerSession) -> None:
        self._session = session
        self._bodies: dict[str, _Body] = {}
        self._has_begun = False
        session.env.before_removal.append(self._close)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Refuse early checks that ask for fixtures which are not theirs alone."""
        for item in _early_items(session.items):
            if others := set(_arguments(item)) - set(item.callspec.params) - _FIXTURES:
                raise pytest.UsageError(
                    f"{item.nodeid}: @early takes api, env and parameters, not {sorted(others)}"
                )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Start all bodies with the first case."""
        if not self._has_begun:
            self._has_begun = True
            self._begin(first_share(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Take the outcome of a body in place of calling it."""
        body = self._bodies.get(pyfuncitem.nodeid)
        if body is None:
            return None
        body.take(self._session)
        return True

    def _begin(self, items: list[pytest.Item]) -> None:
        chosen = [item for item in _early_items(items) if self._is_run(item)]
        if not chosen:
            return
        with suppress(FixtureError, DaemonFault):
            # Most bodies need it, and it must outlive them.
            self._session.env.idle_container()
        self._bodies = {item.nodeid: _Body(item, self._session, number) for number, item in enumerate(chosen)}

    def _is_run(self, item: pytest.Function) -> bool:
        needs = [name for need in item.iter_markers("needs") for name in need.args]
        refusal = self._session.find_refusal(item.stash[BINDING], needs, _version(item))
        return refusal.verdict is Verdict.PASS

    def _close(self) -> list[str]:
        return [left for body in self._bodies.values() for left in body.close()]


def first_share(first: pytest.Item) -> list[pytest.Item]:
    """The cases that this process is given at first, of which `first` is the first: an equal share of all, in their order."""
    items = first.session.items
    workers = getattr(first.config, "workerinput", {}).get("workercount", 1)
    start = items.index(first)
    return items[start : start + math.ceil(len(items) / workers)]


def _early_items(items: list[pytest.Item]) -> list[pytest.Function]:
    return [item for item in items if isinstance(item, pytest.Function) and item.get_closest_marker(EARLY)]


def _version(item: pytest.Function) -> ApiVersion:
    version = item.callspec.params["api_version"]
    assert isinstance(version, ApiVersion)
    return version


def _arguments(item: pytest.Function) -> tuple[str, ...]:
    names: tuple[str, ...] = item._fixtureinfo.argnames
    return names
