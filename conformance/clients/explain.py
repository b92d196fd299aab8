"""Which statements explain that a step failed: those about the operations that the client asked for in it."""

from __future__ import annotations

from typing import NamedTuple

from conformance.catalogue import Catalogue
from conformance.catalogue.operations import operations
from conformance.clients.result import StepResult
from conformance.engine.identity import Identity
from conformance.model.verdicts import NOT_CONFORMANT
from conformance.model.versions import ApiVersion
from conformance.report.compact import published_names, read_published
from conformance.report.file import Report


class Explanation(NamedTuple):
    """Ids of statements: those that the daemon does not keep, and all that document the operation in that version."""

    deviating: list[str]
    documented: list[str]


def published_report(identity: Identity) -> Report | None:
    """The published report of the same engine in the same version, if there is one."""
    for name in published_names():
        report = read_published(name)
        if (report.header.daemon.engine, report.header.daemon.version) == (identity.name, identity.version):
            return report
    return None


def find_deviating(report: Report | None) -> set[str]:
    """The statements that the daemon of a report does not keep in some version."""
    results = report.results if report is not None else []
    return {
        result.case.change for result in results if result.verdict in NOT_CONFORMANT and not result.legacy
    }


def explain(step: StepResult, version: ApiVersion, catalogue: Catalogue, deviating: set[str]) -> Explanation:
    """The statements about the operation of the exchange that tells most of a step; of deviations those about all of its operations."""
    asked = {
        operation.name
        for exchange in step.exchanges
        if (operation := operations().match(exchange.request.method, exchange.request.target)) is not None
    }
    told = step.telling
    found = operations().match(told.request.method, told.request.target) if told is not None else None
    # a statement about one operation says more of it than one about many
    about = sorted(
        (change for change in catalogue.changes.values() if version in change.window),
        key=lambda change: len(change.endpoints),
    )
    return Explanation(
        [change.id for change in about if change.id in deviating and asked & set(change.endpoints)],
        [change.id for change in about if found is not None and found.name in change.endpoints],
    )
