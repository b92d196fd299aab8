"""The coverage of a run for a terminal and as JSON."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from conformance.catalogue.coverage_reasons import FactKind
from conformance.model import codec
from conformance.model.text import plural, visible
from conformance.model.versions import ApiVersion
from conformance.report.coverage import Coverage, Fact
from conformance.report.coverage_record import write_versions
from conformance.report.file import Report
from conformance.report.render import labels
from conformance.report.render.console import Printer

#: The name of each kind of fact as a heading.
PLURALS = {
    FactKind.OPERATION: "operations",
    FactKind.STATUS: "statuses",
    FactKind.PARAMETER: "parameters",
    FactKind.REQUEST_MEMBER: "request members",
    FactKind.RESPONSE_MEMBER: "response members",
}
_MEMBERS = (FactKind.REQUEST_MEMBER, FactKind.RESPONSE_MEMBER)


def print_coverage(report: Report, coverage: Coverage, out: Console, *, members: bool = False) -> None:
    """Print the numbers of each version and what was not asked; with `members` also each member, documented or not."""
    printer = Printer(out)
    printer.print_line(labels.format_daemon(report.header.daemon), style="bold")
    printer.print_line()
    out.print(_numbers(coverage))
    printer.print_line(
        "asked or seen / documented, in brackets: not asked, with a reason. Server errors (500) are left out.",
        style="dim",
    )
    unasked = [
        fact for fact in coverage.facts if fact.kind is FactKind.OPERATION and (fact.open or fact.explained)
    ]
    if unasked:
        printer.print_heading("Operations that were not asked")
        for fact in unasked:
            _print_fact(fact, fact.operation, printer)
    kinds = (FactKind.STATUS, FactKind.PARAMETER, *(_MEMBERS if members else ()))
    missed = [fact for fact in coverage.facts if fact.kind in kinds and _is_missed(fact, coverage)]
    if missed:
        printer.print_heading("Not asked, or not seen, of the others")
        for operation, group in groupby(missed, key=lambda fact: fact.operation):
            printer.print_line(operation, style="bold")
            for fact in group:
                _print_fact(fact, fact.name, printer)
    if members and coverage.undocumented:
        printer.print_heading("Members that no document knows (the schema is open: no violation)")
        for one in coverage.undocumented:
            like = f", like the documented {one.nearest}" if one.nearest else ""
            text = f"{one.operation} {one.name} in {write_versions(one.versions)}{like}"
            printer.print_line(visible(text), indent=2)
    elif not members:
        printer.print_line()
        printer.print_line(_members_sentence(coverage))
    for entry in coverage.settled():
        printer.print_line(f"{entry}: listed as open, and nothing of it is: remove the line", style="yellow")


def _is_missed(fact: Fact, coverage: Coverage) -> bool:
    """Whether a fact was not asked in versions in which its operation was."""
    asked = coverage.asked_versions(fact.operation)
    missed = {*fact.open, *(version for versions in fact.explained.values() for version in versions)}
    return not missed.isdisjoint(asked)


def _numbers(coverage: Coverage) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("API")
    for kind in FactKind:
        table.add_column(PLURALS[kind], justify="right")
    for version in coverage.versions:
        counts = (coverage.count(kind, version) for kind in FactKind)
        cells = (
            f"{asked}/{documented}" + (f" ({explained})" if explained else "")
            for asked, explained, documented in counts
        )
        table.add_row(str(version), *cells)
    return table


def _print_fact(fact: Fact, name: str, printer: Printer) -> None:
    name = visible(name)
    if fact.open:
        listed = ", listed as open" if fact.entry else ""
        style = "dim" if fact.entry else "yellow"
        printer.print_line(f"{name} in {write_versions(fact.open)}{listed}", style=style, indent=2)
    for reason, versions in fact.explained.items():
        printer.print_line(f"{name} in {write_versions(versions)}: {reason}", style="dim", indent=2)


def _members_sentence(coverage: Coverage) -> str:
    return (
        f"{plural(len(coverage.never_seen()), 'documented member')} of the operations that were asked never came, "
        f"{plural(len(coverage.undocumented), 'member')} that no document knows came; --members lists them."
    )


def render_json(report: Report, coverage: Coverage) -> bytes:
    """The coverage as one JSON object with a line feed at its end."""
    document: dict[str, Any] = {
        "report": str(report.path),
        "daemon": codec.to_builtins(report.header.daemon),
        "versions": {str(version): _counts(coverage, version) for version in coverage.versions},
        "facts": [_fact(fact) for fact in coverage.facts],
        "undocumented": [
            {
                "operation": one.operation,
                "name": one.name,
                "versions": write_versions(one.versions),
                "nearest": one.nearest,
            }
            for one in coverage.undocumented
        ],
    }
    return codec.encode_indented(document)


def _counts(coverage: Coverage, version: ApiVersion) -> dict[str, dict[str, int]]:
    names = ("asked", "explained", "documented")
    return {PLURALS[kind]: dict(zip(names, coverage.count(kind, version), strict=True)) for kind in FactKind}


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "operation": fact.operation,
        "kind": str(fact.kind),
        "name": fact.name,
        "asked": write_versions(fact.asked),
        "explained": {reason: write_versions(versions) for reason, versions in fact.explained.items()},
        "open": write_versions(fact.open),
        "listed": bool(fact.entry),
    }
