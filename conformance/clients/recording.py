"""Reduces what a client asked in its scenarios to a recording: operations, parameters and members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from conformance.catalogue.operations import operations
from conformance.catalogue.recordings import AskedOperation, Recording, member_name
from conformance.clients.result import ScenarioResult
from conformance.http.messages import Exchange
from conformance.report.coverage_recorder import CoverageRecorder


def reduce_scenarios(client: str, results: Iterable[ScenarioResult]) -> Recording:
    """The recording of a client.

    What it reads of an answer is known of clients that use requests; of others, every documented member that came counts as
    read, since they decode whole answers into typed values.
    """
    recorder = CoverageRecorder()
    reads: dict[str, set[str]] = {}
    reads_are_known = False
    for result in results:
        reads_are_known = reads_are_known or bool(result.reads)
        for step in result.steps:
            for exchange in step.exchanges:
                recorder.note(_without_zeros(exchange))
        for request, names in result.reads.items():
            method, _, target = request.partition(" ")
            operation = operations().match(method, target)
            if operation is not None:
                reads.setdefault(operation.name, set()).update(names)
    found = {}
    for name, noted in recorder.record().items():
        came = {member_name(member) for member in noted.members}
        sent = {parameter.partition(" ")[2] for parameter in noted.parameters}
        sent |= {member_name(member) for member in noted.body}
        read = came & reads.get(name, set()) if reads_are_known else came
        found[name] = AskedOperation(
            sorted(noted.statuses), sorted(filter(None, sent)), sorted(filter(None, read))
        )
    return Recording(client, found)


def _without_zeros(exchange: Exchange) -> Exchange:
    """The exchange without the members of its request that have the zero of their type, by which a client asks for nothing."""
    try:
        body = msgspec.json.decode(exchange.request.body or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return exchange
    kept = msgspec.json.encode(_prune(body))
    return replace(exchange, request=replace(exchange.request, body=kept))


def _prune(value: Any) -> Any:
    if isinstance(value, dict):
        pruned = {name: _prune(member) for name, member in value.items()}
        return {name: member for name, member in pruned.items() if member}
    return [_prune(element) for element in value] if isinstance(value, list) else value
