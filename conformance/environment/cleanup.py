"""Removing the objects that a run created: one at a time, by name, and no others."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from conformance.environment.ledger import LABEL, Ledger, LedgerEntry, RunInfo, outstanding
from conformance.environment.object_kinds import KINDS
from conformance.environment.object_lists import ListRefused, ObjectLists
from conformance.environment.wait import becomes_true
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.messages import Response
from conformance.model.errors import DaemonFault, DaemonTimeout
from conformance.model.leaks import describe_removed
from conformance.model.text import one_line

#: Names that may stand in a path, so that a daemon's list cannot make a run delete anything but one object.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@ -]{0,500}")
#: The object at the beginning of a message.
_ABOUT = re.compile(rf"(?:{'|'.join(KINDS)}|tag) [A-Za-z0-9_.:/@-]*[A-Za-z0-9_]")
#: A label of the containers of services.
_OF_A_SERVICE = "com.docker.swarm.service.id"
#: Seconds that a removal which has already begun may take.
_PATIENCE = 10
#: How often leftovers are looked for. After a kill, two looks in a row with this pause in seconds between them must find
#: nothing, as the daemon may still be working on requests of the killed process.
_ATTEMPTS, _UNDER_WAY = 10, 0.5


def remove(client: Client, kind: str, name: str) -> str:
    """Remove one object; returns "" when it does not exist afterwards, else the reason.

    A refused removal says nothing about an object that never was, so the daemon is asked for it. Raises DaemonTimeout when
    the daemon does not answer: requests for other objects would time out as well.
    """
    if not _NAME.fullmatch(name):
        return f"{kind} {name[:100]!r}: invalid name; not deleted"
    try:
        response = _delete(client, kind, name)
        if not response.ok and kind == "container" and "pause" in response.error.lower():
            # Engines up to 1.13 do not remove a paused container, even by force.
            client.post(f"/containers/{name}/unpause")
            response = _delete(client, kind, name)
        if response.ok or response.status == 404 or is_absent(client, kind, name):
            return ""
        if kind == "container" and response.status == 409 and _is_being_removed(client, name):
            return ""
    except DaemonTimeout:
        raise
    except DaemonFault as fault:
        return f"{kind} {name}: {fault}"
    return f"{kind} {name}: {response.status} {one_line(response.error, 400)}"


@contextmanager
def temporary(client: Client, ledger: Ledger, kind: str, name: str) -> Iterator[None]:
    """Record an object that the block may create, and remove it at its end; what stays then is removed with the run."""
    ledger.will_create(kind, name)
    try:
        yield
    finally:
        with suppress(DaemonFault):
            if not remove(client, kind, name):
                ledger.gone(kind, name)


def _delete(client: Client, kind: str, name: str) -> Response:
    row = KINDS[kind]
    return client.delete(row.delete_path.format(name), dict(row.delete_query))


def wait_for_tasks(client: Client, prefix: str) -> None:
    """Wait until the engine has removed the containers of the run's services: it does so after it has removed these."""
    container = KINDS["container"]

    def are_gone() -> bool:
        return not any(
            container.has_label(row, _OF_A_SERVICE) and container.own_names(row, prefix)
            for row in ObjectLists(client).of_kind(container)
        )

    with suppress(DaemonFault, ListRefused):
        becomes_true(are_gone, _PATIENCE)


def is_absent(client: Client, kind: str, name: str) -> bool:
    """Whether the daemon says that it has no such object. Raises DaemonFault."""
    return client.get(KINDS[kind].inspect_path.format(name)).status == 404


def one_per_object(messages: Iterable[str]) -> list[str]:
    """The messages without those about an object that an earlier one is about."""
    found: dict[str, str] = {}
    for message in messages:
        about = _ABOUT.match(message)
        found.setdefault(about[0] if about else message, message)
    return list(found.values())


def _is_being_removed(client: Client, name: str) -> bool:
    """Whether a container that cannot be removed now is already being removed: that of a cancelled build, for example."""
    ends = time.monotonic() + _PATIENCE
    while client.get(f"/containers/{name}/json").status != 404:
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def remove_all(client: Client, entries: list[LedgerEntry]) -> list[str]:
    """Remove objects in the order of KINDS, the newest of a kind first; returns why some could not be removed.

    Stops at a daemon that does not answer.
    """
    newest_first = list(reversed(entries))
    order = list(KINDS)
    ordered = sorted(newest_first, key=lambda entry: order.index(entry.kind))
    left: list[str] = []
    for index, entry in enumerate(ordered):
        try:
            words = remove(client, entry.kind, entry.name)
        except DaemonTimeout as fault:
            return [*left, *(f"{rest.kind} {rest.name}: {fault}" for rest in ordered[index:])]
        left += [words] if words else []
    return left


class Leftovers(NamedTuple):
    """The objects of a run that a daemon has, and why a part of them is not known."""

    entries: list[LedgerEntry]
    unknown: list[str]


def find_leftovers(client: Client, info: RunInfo) -> Leftovers:
    """The objects that have the run's prefix or label, whatever the ledger says.

    Raises DaemonFault when the daemon does not answer.
    """
    lists = ObjectLists(client)
    found = Leftovers([], [])
    for kind in KINDS.values():
        try:
            rows = lists.of_kind(kind)
        except ListRefused as error:
            found.unknown.append(f"leftovers in {kind.list_path} are not known: {error}")
            continue
        for row in rows:
            names = kind.own_names(row, info.prefix)
            if not names and kind.has_label(row, LABEL, info.run):
                names = [str(at(row, kind.id))]
            found.entries.extend(LedgerEntry(kind.name, name) for name in names)
    return found


def sweep(client: Client, info: RunInfo, *, killed: bool = False) -> list[str]:
    """Remove everything that a run left on the daemon, by its ledger and by its prefix and label; returns messages.

    The messages name objects that could not be removed, and those that were removed although the ledger did not list them:
    a check leaked them. After a run that was `killed` the latter are not named, and two looks in a row must find nothing, as
    requests of the killed run may still be in progress.
    """
    known = [entry for entry in outstanding(info) if entry.kind in KINDS]
    try:
        found = find_leftovers(client, info)
        whole = not found.unknown
        forgotten = _forgotten(found, known)
        stayed = remove_all(
            client, [*found.entries, *(entry for entry in known if not _is_in(found.entries, entry))]
        )
        quiet = 0
        for _ in range(_ATTEMPTS):
            if killed:
                time.sleep(_UNDER_WAY)
            found = find_leftovers(client, info)
            if not whole:
                forgotten |= _forgotten(found, known)
            whole = whole or not found.unknown
            quiet = 0 if found.entries else quiet + 1
            if quiet > killed or (found.unknown and not found.entries):
                break
            stayed = remove_all(client, found.entries)
        else:
            found = find_leftovers(client, info)
        if not (found.entries or found.unknown):
            stayed = []
        left = [describe_removed(entry.kind, entry.name) for entry in forgotten]
        still = [f"{entry.kind} {entry.name} is still there" for entry in found.entries]
        return [*([] if killed else left), *(stayed or still), *found.unknown]
    except DaemonFault as fault:
        return [f"failed to look for leftovers ({fault}); docker-conformance clean removes them later"]


def _forgotten(found: Leftovers, known: list[LedgerEntry]) -> dict[LedgerEntry, None]:
    """The found entries that are not `known`, in their order."""
    return dict.fromkeys(entry for entry in found.entries if not _is_in(known, entry))


def _is_in(entries: list[LedgerEntry], entry: LedgerEntry) -> bool:
    """Whether one of `entries` is that object. An engine may write a registry before an image's name."""
    return any(
        entry.kind == other.kind
        and (
            entry.name == other.name
            or entry.name.endswith(f"/{other.name}")
            or other.name.endswith(f"/{entry.name}")
        )
        for other in entries
    )
