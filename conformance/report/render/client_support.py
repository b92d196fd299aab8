"""Who can use a daemon, for a terminal and as JSON."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.console import Console

from conformance.catalogue.clients import Client, Contact
from conformance.model import codec
from conformance.model.text import escape_json, plural
from conformance.report.client_support import ProfileVerdict, served
from conformance.report.file import Report
from conformance.report.render import labels
from conformance.report.render.console import STANDING_STYLES, Printer


def format_profile(verdict: ProfileVerdict) -> str:
    """The verdict on a profile in one line: ``not conformant: 49 of 53 statements kept (92 %)``."""
    percent = 100 * verdict.kept // len(verdict.judged)
    return (
        f"{verdict.standing}: {verdict.kept} of {plural(len(verdict.judged), 'statement')} kept ({percent} %)"
    )


def print_support(
    report: Report,
    clients: dict[str, Client],
    contacts: dict[str, Contact],
    profiles: list[ProfileVerdict],
    out: Console,
) -> None:
    """Print which clients cannot talk to the daemon, the version that the others speak, and a line for each profile."""
    printer = Printer(out)
    daemon = labels.format_daemon(report.header.daemon)
    printer.print_line(f"{daemon}, serves API {served(report)}", style="bold")
    mute = {name: found.reason for name, found in contacts.items() if found.version is None}
    printer.print_heading(
        f"Cannot talk to this daemon: {len(mute) or 'none'} of {plural(len(clients), 'client')}"
    )
    for name, reason in mute.items():
        printer.print_line(f"{clients[name].title}: {reason}", style="bold red", indent=2)
    printer.print_heading("Talk to it, and in which version")
    wide = max(len(client.title) for client in clients.values())
    for name, found in contacts.items():
        if found.version is not None:
            printer.print_line(f"{clients[name].title.ljust(wide)}  {found.version}", indent=2)
    if profiles:
        printer.print_heading("By profile")
        wide = max(len(verdict.name) for verdict in profiles)
        for verdict in profiles:
            printer.print_line(
                f"{verdict.name.ljust(wide)}  {format_profile(verdict)}",
                style=STANDING_STYLES[verdict.standing],
                indent=2,
            )


def render_json(
    report: Report,
    clients: dict[str, Client],
    contacts: dict[str, Contact],
    profiles: list[ProfileVerdict],
) -> bytes:
    """The same as one JSON object with a line feed at its end."""
    document: dict[str, Any] = {
        "report": str(report.path),
        "daemon": codec.to_builtins(report.header.daemon),
        "serves": str(served(report)),
        "clients": {
            name: {
                "title": clients[name].title,
                "speaks": clients[name].speaks,
                "source": clients[name].source,
                "version": str(found.version) if found.version else None,
                "reason": found.reason,
            }
            for name, found in contacts.items()
        },
        "profiles": {
            verdict.name: {
                "standing": str(verdict.standing),
                "kept": verdict.kept,
                "judged": len(verdict.judged),
                "deviating": verdict.deviating,
            }
            for verdict in profiles
        },
    }
    return escape_json(msgspec.json.format(msgspec.json.encode(document), indent=2)) + b"\n"
