"""Who can use a daemon: the clients that can talk to it, and the profiles of what kinds of clients ask. No I/O."""

from __future__ import annotations

import msgspec

from conformance.catalogue import Catalogue
from conformance.catalogue.clients import Client, Contact, contact
from conformance.model.errors import UsageError
from conformance.model.verdicts import NOT_CONFORMANT, Verdict
from conformance.model.versions import ApiVersion, Window
from conformance.report import matrix
from conformance.report.file import Report
from conformance.report.outcome import Standing, Weight, get_strictness, weigh

_JUDGED = NOT_CONFORMANT | {Verdict.PASS}


class ProfileVerdict(msgspec.Struct, frozen=True):
    """A profile in a report: its standing, the statements that were judged, and those of them that are not kept."""

    name: str
    title: str
    standing: Standing
    judged: list[str]
    deviating: list[str]

    @property
    def kept(self) -> int:
        """How many statements are kept."""
        return len(self.judged) - len(self.deviating)


def served(report: Report) -> Window:
    """The versions that the daemon of a report serves. Raises UsageError for a report that does not say it."""
    daemon = report.header.daemon
    try:
        return Window(ApiVersion.parse(daemon.oldest), ApiVersion.parse(daemon.newest))
    except ValueError:
        raise UsageError(f"{report.path}: the report does not say which versions the daemon serves") from None


def contacts(window: Window, clients: dict[str, Client]) -> dict[str, Contact]:
    """Which client talks to a daemon that serves `window`, and in which version."""
    return {name: contact(client, window) for name, client in clients.items()}


def judge_profiles(report: Report, catalogue: Catalogue) -> list[ProfileVerdict]:
    """The profiles of which something was judged. Raises Interrupted if the report has no footer."""
    report.finished()
    judged: dict[str, bool] = {}
    for result in report.results:
        change = catalogue.changes.get(result.case.change)
        counted = weigh(result, change, get_strictness(report.header)) is Weight.COUNTED
        if counted and result.verdict in _JUDGED:
            name = result.case.change
            judged[name] = judged.get(name, True) and result.verdict is Verdict.PASS
    found = []
    for summary in matrix.build(report, catalogue).profiles:
        names = [change.id for change in catalogue.in_profile(summary.name) if change.id in judged]
        if names:
            deviating = [name for name in names if not judged[name]]
            title = catalogue.profiles[summary.name].title
            found.append(ProfileVerdict(summary.name, title, summary.standing, names, deviating))
    return found
