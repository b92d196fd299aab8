"""Who can use a daemon, for a terminal and as JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from conformance.catalogue.clients import Client, Contact
from conformance.model import codec
from conformance.model.text import plural
from conformance.report.client_support import ClientNeeds, ProfileVerdict, served
from conformance.report.file import Report
from conformance.report.render import labels
from conformance.report.render.console import STANDING_STYLES, Printer

#: How many statements are named; JSON has all.
_MOST = 4


def format_profile(verdict: ProfileVerdict) -> str:
    """The verdict on a profile in one line: ``not conformant: 49 of 53 statements kept (92 %)``."""
    percent = 100 * verdict.kept // len(verdict.judged)
    return (
        f"{verdict.standing}: {verdict.kept} of {plural(len(verdict.judged), 'statement')} kept ({percent} %)"
    )


def format_needs(needs: ClientNeeds) -> str:
    """What a client needs in one line: ``Docker's CLI 28.2.2 needs 31 statements in API 1.41; this daemon fails 2 of 30 judged``."""
    judged = len(needs.judged)
    fails = f"fails {len(needs.deviating)} of {judged} judged" if judged else "was judged on none of them"
    return f"{needs.title} needs {plural(len(needs.needed), 'statement')} in API {needs.version}; this daemon {fails}"


def print_support(
    report: Report,
    clients: dict[str, Client],
    contacts: dict[str, Contact],
    profiles: list[ProfileVerdict],
    needs: list[ClientNeeds],
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
    if needs:
        printer.print_heading("What recorded clients need")
        for one in needs:
            style = "bold red" if one.deviating else ""
            printer.print_line(format_needs(one), style=style, indent=2)
            if one.deviating:
                printer.print_line(labels.format_few(one.deviating, _MOST), indent=4)
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
    needs: list[ClientNeeds],
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
        "needs": {
            one.name: {
                "client": one.title,
                "version": str(one.version),
                "needed": one.needed,
                "judged": len(one.judged),
                "deviating": one.deviating,
            }
            for one in needs
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
    return codec.encode_indented(document)
