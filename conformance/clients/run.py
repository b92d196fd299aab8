"""Runs the scenarios of all clients on one daemon: opens it, gives it the test image, and removes what was created."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from conformance.clients.protocol import Job
from conformance.clients.result import ScenarioResult
from conformance.clients.scenario import run_scenario
from conformance.engine.identity import Daemon
from conformance.environment.recording_proxy import RecordingProxy
from conformance.environment.test_image import TestImage, make_test_image
from conformance.environment.visit import Departure, Visit
from conformance.http.client import Client
from conformance.http.timeouts import Timeouts
from conformance.model.errors import UsageError
from conformance.model.versions import ApiVersion


@dataclass(frozen=True)
class Participant:
    """A client that takes part: its name, and the folder or the program of another installation of it (None: the usual one)."""

    client: str
    packages: Path | None = None
    program: Path | None = None


@dataclass
class ClientRun:
    """What came of all scenarios, and how the daemon was left."""

    daemon: Daemon
    results: list[ScenarioResult] = field(default_factory=list)
    departure: Departure = field(default_factory=lambda: Departure([], []))

    @property
    def exit_code(self) -> int:
        """1 if a step failed; else 3 if no client could be tried or something could not be removed; else 0."""
        tried = [result for result in self.results if not result.unavailable]
        if any(result.failed for result in tried):
            return 1
        return 0 if tried and not self.departure.left else 3


def run_clients(
    daemon: Daemon,
    participants: Iterable[Participant],
    versions: list[ApiVersion],
    announce: Callable[[str], None],
) -> ClientRun:
    """Run each participant in each version. Raises UsageError for a daemon that cannot be asked or takes no image."""
    if daemon.obstacle:
        raise UsageError(daemon.obstacle)
    run = ClientRun(daemon)
    timeouts = Timeouts()
    visit = Visit(daemon, timeouts)
    killed = True
    try:
        visit.begin()
        announce("preparing the test image")
        client = Client(daemon.endpoint, daemon.newest, timeouts=timeouts)
        image = make_test_image(client, visit.ledger)
        client.close()
        if image.fault:
            raise UsageError(image.fault)
        with RecordingProxy(daemon.endpoint) as proxy:
            for participant in participants:
                for version in versions:
                    announce(f"{participant.client} in API {version}")
                    job = _job(participant, version, visit, image, proxy, len(run.results))
                    run.results.append(run_scenario(job, proxy, participant.packages))
        killed = False
    finally:
        run.departure = visit.end(killed=killed)
        visit.close()
    return run


def _job(
    participant: Participant,
    version: ApiVersion,
    visit: Visit,
    image: TestImage,
    proxy: RecordingProxy,
    number: int,
) -> Job:
    return Job(
        client=participant.client,
        socket=proxy.path,
        version=version,
        run=visit.run,
        image=image.id,
        base=image.name,
        number=number,
        program=str(participant.program or ""),
    )
