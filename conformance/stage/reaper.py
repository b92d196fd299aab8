"""Removing what a run created: one object at a time, by name, and never anything else."""

from __future__ import annotations

import time

from conformance.client import Client
from conformance.errors import DaemonFault
from conformance.stage.ledger import LABEL, Entry, RunInfo
from conformance.wire import at

_ROUTES = {
    "container": ("/containers/{}", {"force": "1", "v": "1"}),
    "image": ("/images/{}", {"force": "1"}),
    "volume": ("/volumes/{}", {}),
    "network": ("/networks/{}", {}),
}
#: Seconds in which a removal that somebody else has begun comes to its end.
_PATIENCE = 10
_ORDER = {"container": 0, "network": 1, "volume": 2, "image": 3}


def remove(client: Client, kind: str, name: str) -> str:
    """Remove one object; return "" when it is gone (also when it never was), else the daemon's words."""
    path, query = _ROUTES[kind]
    try:
        response = client.delete(path.format(name), query)
        if response.ok or response.status == 404:
            return ""
        if kind == "container" and response.status == 409 and _goes(client, name):
            return ""
    except DaemonFault as fault:
        return f"{kind} {name}: {fault}"
    return f"{kind} {name}: {response.status} {response.error}"


def _goes(client: Client, name: str) -> bool:
    """Whether a container that cannot be removed now is being removed already: of a cancelled build, say."""
    ends = time.monotonic() + _PATIENCE
    while client.get(f"/containers/{name}/json").status != 404:
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def remove_all(client: Client, entries: list[Entry]) -> list[str]:
    """Remove objects, containers first; returns what could not be removed."""
    ordered = sorted(entries[::-1], key=lambda entry: _ORDER[entry.kind])
    return [left for entry in ordered if (left := remove(client, entry.kind, entry.name))]


def ours(client: Client, info: RunInfo) -> list[Entry]:
    """What the daemon still has under the run's prefix or label, whatever the ledger says.

    Raises DaemonFault when the daemon does not answer; a refused list counts as empty.
    """
    entries: list[Entry] = []
    for row in _list(client, "/containers/json", {"all": "1"}):
        names = [str(name).lstrip("/") for name in at(row, "Names") or []]
        if any(name.startswith(info.prefix) for name in names) or (at(row, "Labels") or {}).get(LABEL) == info.run:
            entries.append(Entry("container", str(at(row, "Id"))))
    for row in _list(client, "/images/json", {}):
        tags = [str(tag) for tag in [*(at(row, "RepoTags") or []), *(at(row, "RepoDigests") or [])] if info.prefix in str(tag)]
        entries += [Entry("image", tag) for tag in tags]
        if not tags and (at(row, "Labels") or {}).get(LABEL) == info.run:
            entries.append(Entry("image", str(at(row, "Id"))))
    for row in at(_document(client, "/volumes", {}), "Volumes") or []:
        if str(at(row, "Name")).startswith(info.prefix) or (at(row, "Labels") or {}).get(LABEL) == info.run:
            entries.append(Entry("volume", str(at(row, "Name"))))
    for row in _list(client, "/networks", {}):
        if str(at(row, "Name")).startswith(info.prefix):
            entries.append(Entry("network", str(at(row, "Id"))))
    return entries


def _document(client: Client, path: str, query: dict[str, str]) -> object:
    response = client.get(path, query)
    return response.json() if response.ok else {}


def _list(client: Client, path: str, query: dict[str, str]) -> list[object]:
    document = _document(client, path, query)
    return document if isinstance(document, list) else []
