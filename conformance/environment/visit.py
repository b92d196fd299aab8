"""A run's stay on a daemon: what comes before its first object there, and after its last.

On a daemon that others use, a visit begins by cleaning up after killed runs, and takes a snapshot of objects that the run does
not own, to compare it at the end.
"""

from __future__ import annotations

from typing import NamedTuple

from conformance.engine.identity import Daemon
from conformance.environment import cleanup, registry_cleanup, snapshot
from conformance.environment.ledger import (
    Ledger,
    RunInfo,
    forget,
    is_alive,
    known_runs,
    names_of_runs,
    new_run,
)
from conformance.environment.snapshot import Snapshot
from conformance.http.client import Client
from conformance.http.timeouts import Timeouts


class Departure(NamedTuple):
    """How a run has left the daemon: its own objects that could not be removed, or should not have been there any more, and
    foreign objects that vanished or changed meanwhile, each in a sentence.
    """

    left: list[str]
    foreign: list[str]


class Visit:
    """The stay of one run. Its ledger is that of the controller; workers have their own below the same `run`."""

    def __init__(self, daemon: Daemon, timeouts: Timeouts) -> None:
        registry = daemon.registry
        external = registry.address if registry is not None and registry.external else ""
        self.run: RunInfo = new_run(daemon.address, tls=daemon.endpoint.tls is not None, registry=external)
        self.ledger = Ledger(self.run, "controller")
        self._daemon = daemon
        self._timeouts = timeouts
        self._before: Snapshot | None = None
        self._has_ended = False

    def begin(self) -> None:
        """Clean up after killed runs on this daemon, and take the snapshot. Raises Unreachable or DaemonFault."""
        if self._daemon.private is not None:
            return
        client = Client(self._daemon.endpoint, self._daemon.newest, timeouts=self._timeouts)
        try:
            self._clean_up_after_killed_runs(client)
            self._before = snapshot.take_or_none(client)
            # another run that is still running has objects that only its ledger shows to be a run's
            if self._before is not None:
                self._before = snapshot.without(self._before, names_of_runs())
        finally:
            client.close()

    def _clean_up_after_killed_runs(self, client: Client) -> None:
        for dead in known_runs():
            if dead.host == self.run.host and not is_alive(dead):
                left = cleanup.sweep(client, dead, killed=True)
                # the credentials in the environment are for the registry of this run, and for no other
                if not left and dead.registry == self.run.registry:
                    left = registry_cleanup.sweep(dead, killed=True)
                if not left and dead.registry in ("", self.run.registry):
                    forget(dead)

    def end(self, *, killed: bool, patience: float | None = None) -> Departure:
        """Remove what is left of the run; a second call does nothing.

        `killed` says that the run, or a part of it, ended before its time; `patience` is how long the daemon may take now to
        answer, in seconds.
        """
        if self._has_ended:
            return Departure([], [])
        timeouts = (
            self._timeouts if patience is None else Timeouts.patient(min(self._timeouts.first_byte, patience))
        )
        client = Client(self._daemon.endpoint, self._daemon.newest, timeouts=timeouts)
        try:
            left = cleanup.sweep(client, self.run, killed=killed)
            after = snapshot.take_or_none(client) if self._before is not None else None
        finally:
            client.close()
        foreign = []
        if self._before is not None and after is not None:
            foreign = snapshot.differences(self._before, snapshot.without(after, names_of_runs()))
        self._has_ended = True
        if self._daemon.private is not None:
            left = []  # it ends with everything that is on it
        left += registry_cleanup.sweep(self.run, killed=killed)
        if not left:
            forget(self.run)
        return Departure(left, foreign)

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()
