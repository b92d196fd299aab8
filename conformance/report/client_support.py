"""Who can use a daemon: the clients that can talk to it, and the profiles of what kinds of clients ask. No I/O."""

from __future__ import annotations

import msgspec

from conformance.catalogue import Catalogue
from conformance.catalogue.clients import Client, Contact, clients, contact
from conformance.catalogue.planner import representative
from conformance.catalogue.recordings import needed_statements, recordings
from conformance.model.errors import UsageError
from conformance.model.verdicts import JUDGED, NOT_CONFORMANT, Verdict, worst
from conformance.model.versions import ApiVersion, Window
from conformance.report.file import Report
from conformance.report.matrix import Matrix, Row
from conformance.report.outcome import Standing, Strictness, Weight, weigh
from conformance.report.statements import JUDGED_STATEMENTS, StatementVerdict, judge_statement


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


class ClientNeeds(msgspec.Struct, frozen=True):
    """What a recorded client needs in the version that it speaks to the daemon of a report: ids of statements.

    `judged` are those of them of which the report has a verdict in that version or an older one, `deviating` those that the daemon does not keep.
    """

    name: str
    title: str
    version: ApiVersion
    needed: list[str]
    judged: list[str]
    deviating: list[str]


def served(report: Report) -> Window:
    """The versions that the daemon of a report serves. Raises UsageError for a report that does not say it."""
    window = report.header.daemon.window
    if window is None:
        raise UsageError(f"{report.path}: the report does not say which versions the daemon serves")
    return window


def contacts(window: Window, known: dict[str, Client]) -> dict[str, Contact]:
    """Which client talks to a daemon that serves `window`, and in which version."""
    return {name: contact(client, window) for name, client in known.items()}


def judge_needs(
    report: Report, matrix: Matrix, catalogue: Catalogue, found: dict[str, Contact]
) -> list[ClientNeeds]:
    """What each recorded client that can talk to the daemon needs. Raises Interrupted if the report has no footer."""
    report.finished()
    rows = {row.id: row for row in matrix.rows}
    needs = []
    for name, recording in recordings().items():
        version = found[name].version
        if version is None:
            continue
        needed = [change.id for change in needed_statements(recording, catalogue, version)]
        verdicts = {
            one: verdict for one in needed if (verdict := _verdict(rows.get(one), version, matrix.strictness))
        }
        deviating = [one for one, verdict in verdicts.items() if verdict in NOT_CONFORMANT]
        needs.append(ClientNeeds(name, recording.client, version, needed, list(verdicts), deviating))
    return needs


def find_needing_clients(report: Report, matrix: Matrix, catalogue: Catalogue) -> dict[str, list[str]]:
    """The titles of the recorded clients that need it, by the id of each statement that the daemon does not keep.

    Nothing of an interrupted report, and of one that does not say which versions the daemon serves.
    """
    window = report.header.daemon.window
    if window is None or report.footer is None:
        return {}
    found: dict[str, list[str]] = {}
    for needs in judge_needs(report, matrix, catalogue, contacts(window, clients())):
        for statement in needs.deviating:
            found.setdefault(statement, []).append(needs.title)
    return found


def _verdict(row: Row | None, version: ApiVersion, strictness: Strictness) -> Verdict | None:
    """The worst verdict of the cases of a statement that count and were judged, in a version or the nearest older one."""
    stands = representative(version, row.cells) if row is not None else None
    if row is None or stands is None:
        return None
    verdicts = [
        result.verdict
        for result in row.cells[stands].results
        if result.verdict in JUDGED and weigh(result, row.change, strictness) is Weight.COUNTED
    ]
    return worst(verdicts) if verdicts else None


def judge_profiles(report: Report, matrix: Matrix, catalogue: Catalogue) -> list[ProfileVerdict]:
    """The profiles of which something was judged. Raises Interrupted if the report has no footer."""
    report.finished()
    verdicts = {row.id: judge_statement(row, matrix) for row in matrix.rows}
    found = []
    for summary in matrix.profiles:
        inside = [change.id for change in catalogue.in_profile(summary.name)]
        judged = [name for name in inside if verdicts.get(name) in JUDGED_STATEMENTS]
        if judged:
            deviating = [name for name in judged if verdicts[name] is not StatementVerdict.KEPT]
            title = catalogue.profiles[summary.name].title
            found.append(ProfileVerdict(summary.name, title, summary.standing, judged, deviating))
    return found
