"""Runs the cases of each job under the fault of the job.

The checks' requests go through a fault proxy of the worker; the environment talks to the daemon directly, so that a fault
cannot disturb a fixture.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from conformance.catalogue import Mutant, load
from conformance.http.messages import Exchange
from conformance.model.verdicts import Result
from conformance.mutation.controls import CONTROLS
from conformance.mutation.emulation import Emulation, ProxiedAccess
from conformance.mutation.faults.registry import EMULATE, build_rule
from conformance.mutation.protocol import CaseRun, Channel, Job, JobResult, ObservedExchange
from conformance.mutation.proxy.rule import Rule
from conformance.mutation.proxy.server import Proxy
from conformance.mutation.result import has_noticed
from conformance.runner.worker import WorkerSession


class Worker:
    """Runs jobs with one session; `run_item` runs a collected item and returns its result.

    The session's access leads the checks through `proxy`, or directly to the daemon, where no fault can be applied. `below` can
    stand between the proxy and the daemon.
    """

    def __init__(
        self,
        session: WorkerSession,
        items: dict[str, pytest.Item],
        run_item: Callable[[pytest.Item], Result],
        proxy: Proxy,
        below: Proxy,
    ) -> None:
        self._session = session
        self._items = items
        self._run_item = run_item
        self._proxy = proxy
        self._below = below
        self._emulation: Emulation | None = None
        self._count_uses: Callable[[], int] = lambda: 0
        if isinstance(session.access, ProxiedAccess):
            self._emulation = Emulation(session.access, session.env, proxy, below)
            self._count_uses = session.access.count_uses

    def serve(self, channel: Channel) -> None:
        """Run jobs until the controller has no more."""
        while (job := channel.receive(Job)) is not None:
            # What was shared and made through the proxy may have been made under a fault, or without one.
            with self._session.env.scope(self._count_uses):
                channel.send(self._run_job(job))

    def _run_job(self, job: Job) -> JobResult:
        begun = time.monotonic()
        done = JobResult()
        self._session.access.close()
        for key in job.cases:
            rule = self._build_rule(job)
            self._proxy.set_rule(rule)
            try:
                with self._apply(job, job.on_top_of), self._apply(job, job.mutant), self._apply_control(job):
                    result = self._run_item(self._items[key])
            except Exception as error:  # noqa: BLE001  a broken daemon must not break the harness: it is a finding
                done.errors.append(f"{key} broke the harness: {type(error).__name__}: {error}")
                break
            finally:
                self._proxy.set_rule(None)
            exchanges = self._session.client.transcript if job.with_exchanges else []
            observed = [_observe(exchange) for exchange in exchanges if exchange.role == "check"]
            done.runs.append(CaseRun(result=result, exchanges=observed))
            if job.mutant is not None and job.mutant.fault == EMULATE:
                done.reached += 1
            elif rule is not None:
                done.matched += rule.matched
                done.reached += rule.reached
            self._session.stopped = ""  # if the daemon seemed to be gone, the fault was the reason
            if job.until_killed and job.mutant is not None and has_noticed(job.mutant, result.verdict):
                break
        for proxy in (self._proxy, self._below):
            done.errors += proxy.errors
            proxy.errors.clear()
        done.seconds = round(time.monotonic() - begun, 3)
        return done

    def _apply(self, job: Job, mutant: Mutant | None) -> contextlib.AbstractContextManager[None]:
        """Apply what does not happen in the proxy itself: an emulator, or a repairing mutant below the fault."""
        if mutant is None or self._emulation is None:
            return contextlib.nullcontext()
        change = load()[job.change]
        if mutant.fault == EMULATE:
            return self._emulation.emulate(change, mutant)
        if mutant is job.on_top_of:
            return self._emulation.apply_below(build_rule(change, mutant))
        return contextlib.nullcontext()

    def _apply_control(self, job: Job) -> contextlib.AbstractContextManager[None]:
        """Let the environment meet a control as well."""
        if self._emulation is None or not job.control or not CONTROLS[job.control].everywhere:
            return contextlib.nullcontext()
        return self._emulation.apply_to_environment(
            Rule(CONTROLS[job.control].build(self._session.plan.daemon))
        )

    def _build_rule(self, job: Job) -> Rule | None:
        if job.control:
            return Rule(CONTROLS[job.control].build(self._session.plan.daemon))
        if job.mutant is None:
            return None
        rule = build_rule(load()[job.change], job.mutant)
        rule.ordinal = job.ordinal
        return rule


def _observe(exchange: Exchange) -> ObservedExchange:
    response = exchange.response
    reads = response.reads if response is not None else {}
    return ObservedExchange(
        method=exchange.request.method,
        target=exchange.request.target,
        status=response.status if response is not None else 0,
        reads=[list(path) for path in reads],
        absent=[list(path) for path, exists in reads.items() if not exists],
    )
