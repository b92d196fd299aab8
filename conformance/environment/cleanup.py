"""Removing what a run created: one object at a time, by name, and never anything else."""

from __future__ import annotations

import re
import time
from typing import Any, NamedTuple

from conformance.environment.ledger import LABEL, Entry, RunInfo, outstanding
from conformance.environment.object_kinds import ListRefused, ObjectLists
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.model.errors import DaemonFault, DaemonTimeout

_ROUTES = {
    "container": ("/containers/{}", {"force": "1", "v": "1"}),
    "image": ("/images/{}", {"force": "1"}),
    "volume": ("/volumes/{}", {}),
    "network": ("/networks/{}", {}),
}
#: What may stand in a path: a daemon's list must not be able to name anything but one object.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,500}")
#: Seconds in which a removal that somebody else has begun comes to its end.
_PATIENCE = 10
#: How often leftovers are looked for again; and after a kill seconds between two looks that must find nothing, as the
#: daemon may still be at what the dead had asked for.
_ATTEMPTS, _UNDER_WAY = 10, 0.5
_ORDER = {"container": 0, "network": 1, "volume": 2, "image": 3}


def remove(client: Client, kind: str, name: str) -> str:
    """Remove one object; return "" when it is gone (also when it never was), else the daemon's words.

    Raises DaemonTimeout when the daemon does not answer, as it then need not be asked for the next object.
    """
    if not _NAME.fullmatch(name):
        return f"{kind} {name[:100]!r}: this is no name, so nothing was asked to go"
    path, query = _ROUTES[kind]
    try:
        response = client.delete(path.format(name), query)
        if response.ok or response.status == 404:
            return ""
        if kind == "container" and response.status == 409 and _goes(client, name):
            return ""
    except DaemonTimeout:
        raise
    except DaemonFault as fault:
        return f"{kind} {name}: {fault}"
    return f"{kind} {name}: {response.status} {response.error[:400]}"


def _goes(client: Client, name: str) -> bool:
    """Whether a container that cannot be removed now is being removed already: of a cancelled build, say."""
    ends = time.monotonic() + _PATIENCE
    while client.get(f"/containers/{name}/json").status != 404:
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def remove_all(client: Client, entries: list[Entry]) -> list[str]:
    """Remove objects, containers first; returns what could not be removed, and stops at a daemon that does not answer."""
    newest_first = list(reversed(entries))
    ordered = sorted(newest_first, key=lambda entry: _ORDER[entry.kind])
    left: list[str] = []
    for index, entry in enumerate(ordered):
        try:
            words = remove(client, entry.kind, entry.name)
        except DaemonTimeout as fault:
            return [*left, *(f"{rest.kind} {rest.name}: {fault}" for rest in ordered[index:])]
        left += [words] if words else []
    return left


class Leftovers(NamedTuple):
    """What a daemon has of a run, and why a part of it is not known, in words."""

    entries: list[Entry]
    unknown: list[str]


def ours(client: Client, info: RunInfo) -> Leftovers:
    """What the daemon still has under the run's prefix or label, whatever the ledger says.

    Raises DaemonFault when the daemon does not answer.
    """
    lists = ObjectLists(client)
    remains = Leftovers([], [])

    def rows(path: str, query: dict[str, str], member: str = "") -> list[Any]:
        try:
            return lists.rows(path, query, member)
        except ListRefused as error:
            remains.unknown.append(f"what may be left in {path}: {error}")
            return []

    entries = remains.entries
    for row in rows("/containers/json", {"all": "1"}):
        names = [str(name).lstrip("/") for name in _rows(at(row, "Names"))]
        if any(name.startswith(info.prefix) for name in names) or _is_labelled(row, info):
            mine = [name for name in names if name.startswith(info.prefix) and "/" not in name]
            entries.append(Entry("container", mine[0] if mine else str(at(row, "Id"))))
    for row in rows("/images/json", {}):
        tags, digests = (
            [str(name) for name in _rows(at(row, member)) if info.prefix in str(name)]
            for member in ("RepoTags", "RepoDigests")
        )
        # Some engines give every image a digest, which is no name of its own and goes with the tag.
        names = tags or digests
        entries += [Entry("image", name) for name in names]
        if not names and _is_labelled(row, info):
            entries.append(Entry("image", str(at(row, "Id"))))
    for row in rows("/volumes", {}, "Volumes"):
        if str(at(row, "Name")).startswith(info.prefix) or _is_labelled(row, info):
            entries.append(Entry("volume", str(at(row, "Name"))))
    for row in rows("/networks", {}):
        if str(at(row, "Name")).startswith(info.prefix):
            entries.append(Entry("network", str(at(row, "Name"))))
    return remains


def sweep(client: Client, info: RunInfo, *, killed: bool = False) -> list[str]:
    """Remove whatever a run has left on the daemon, by its ledger and by its prefix and label; returns what stayed, in words.

    What was there although the ledger did not have it as open is removed, and named all the same: nobody meant to leave
    it. After an end before its time (`killed`) that says nothing, and requests of the dead may still be under way: it
    looks until it has found nothing twice.
    """
    known = [entry for entry in outstanding(info) if entry.kind in _ROUTES]
    try:
        found = ours(client, info)
        whole = not found.unknown
        forgotten = _forgotten(found, known)
        stayed = remove_all(
            client, [*found.entries, *(entry for entry in known if not _is_in(found.entries, entry))]
        )
        quiet = 0
        for _ in range(_ATTEMPTS):
            if killed:
                time.sleep(_UNDER_WAY)
            found = ours(client, info)
            if not whole:
                forgotten |= _forgotten(found, known)
            whole = whole or not found.unknown
            quiet = 0 if found.entries else quiet + 1
            if quiet > killed or (found.unknown and not found.entries):
                break
            stayed = remove_all(client, found.entries)
        else:
            found = ours(client, info)
        if not (found.entries or found.unknown):
            stayed = []
        left = [f"{entry.kind} {entry.name} was left behind, and removed at the end" for entry in forgotten]
        still = [f"{entry.kind} {entry.name} is still there" for entry in found.entries]
        return [*([] if killed else left), *(stayed or still), *found.unknown]
    except DaemonFault as fault:
        return [
            f"the daemon could not be asked for leftovers ({fault}); docker-conformance clean removes them later"
        ]


def _forgotten(found: Leftovers, known: list[Entry]) -> dict[Entry, None]:
    """What was found and is not `known`: a set that keeps its order."""
    return dict.fromkeys(entry for entry in found.entries if not _is_in(known, entry))


def _is_in(entries: list[Entry], entry: Entry) -> bool:
    """Whether one of `entries` is that object; an engine may write a registry before an image's name."""
    return any(
        entry.kind == other.kind
        and (
            entry.name == other.name
            or entry.name.endswith(f"/{other.name}")
            or other.name.endswith(f"/{entry.name}")
        )
        for other in entries
    )


def _is_labelled(row: object, info: RunInfo) -> bool:
    labels = at(row, "Labels")
    return isinstance(labels, dict) and labels.get(LABEL) == info.run


def _rows(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
