"""Runs the cases of each job under the fault of the job.

The checks' requests go through a fault proxy of the worker; the environment talks to the daemon directly, so that a fault
cannot disturb a fixture.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from conformance.catalogue import load
from conformance.http.messages import Exchange
from conformance.model.verdicts import Result
from conformance.mutation.controls import build_fault, select_everywhere
from conformance.mutation.emulation import Emulation
from conformance.mutation.fault_proxies import FaultProxies
from conformance.mutation.faults.registry import EMULATE, build_rule
from conformance.mutation.protocol import CaseRun, Channel, Job, JobResult, ObservedExchange
from conformance.mutation.proxy.rule import Rule
from conformance.mutation.result import has_noticed
from conformance.runner.worker import WorkerSession


class Worker:
    """Runs jobs with one session; `run_item` runs a collected item and returns its result.

    `engines` are the proxies that lead the checks to the engines; there are none where no fault is to be applied.
    """

    def __init__(
        self,
        session: WorkerSession,
        items: dict[str, pytest.Item],
        run_item: Callable[[pytest.Item], Result],
        engines: FaultProxies,
    ) -> None:
        self._session = session
        self._items = items
        self._run_item = run_item
        self._engines = engines

    def serve(self, channel: Channel) -> None:
        """Run jobs until the controller has no more."""
        while (job := channel.receive(Job)) is not None:
            # What was shared and made through the proxy may have been made under a fault, or without one.
            with self._engines.apply(lambda engine: engine.scope()):
                channel.send(self._run_job(job))

    def _run_job(self, job: Job) -> JobResult:
        begun = time.monotonic()
        done = JobResult()
        self._engines.close_connections()
        for key in job.cases:
            rule = self._build_rule(job)
            try:
                with self._engines.apply(partial(self._apply, job, rule)):
                    result = self._run_item(self._items[key])
            except Exception as error:  # noqa: BLE001  a broken daemon must not break the harness: it is a finding
                done.errors.append(f"{key} broke the harness: {type(error).__name__}: {error}")
                break
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
        done.errors += self._engines.take_errors()
        done.seconds = round(time.monotonic() - begun, 3)
        return done

    @contextlib.contextmanager
    def _apply(self, job: Job, rule: Rule | None, engine: Emulation) -> Iterator[None]:
        """Apply the fault of a job to one engine: a rule of the proxy, and what does not happen there."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(engine.apply(rule))
            for mutant in filter(None, (job.on_top_of, job.mutant)):
                change = load()[job.change]
                if mutant.fault == EMULATE:
                    stack.enter_context(engine.emulate(change, mutant))
                elif mutant is job.on_top_of:
                    stack.enter_context(engine.apply_below(build_rule(change, mutant)))
            if controls := select_everywhere(job.controls):
                control = Rule(build_fault(controls, self._session.plan.daemon))
                stack.enter_context(engine.apply_to_environment(control))
            yield

    def _build_rule(self, job: Job) -> Rule | None:
        if job.controls:
            return Rule(build_fault(job.controls, self._session.plan.daemon))
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
