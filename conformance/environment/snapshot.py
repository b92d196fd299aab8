"""What is on a daemon that is not this run's: taken before and after, so that it can be seen to have stayed.

Other people use a daemon while it is asked, so a difference is no proof of a fault of ours; it is reported, and who
knows that nobody else was there can tell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container
from typing import Any, NamedTuple

from conformance.environment.ledger import LABEL, PREFIX
from conformance.environment.object_kinds import ListRefused, ObjectLists
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.model.errors import DaemonFault


class Snapshot(NamedTuple):
    """The objects of others by kind and id, with a digest of what must not change; and the kinds that were not listed."""

    objects: dict[str, str]
    unlisted: dict[str, str]


#: Per kind: where the list is, what it is in, and what of an object must not change. What a list says of the state of
#: a container changes by itself (``Up 3 minutes``).
_LISTS: dict[str, tuple[str, dict[str, str], str, tuple[str, ...]]] = {
    "container": (
        "/containers/json",
        {"all": "1"},
        "",
        ("Names", "Image", "Command", "Created", "Labels", "State"),
    ),
    "image": ("/images/json", {"all": "1"}, "", ("RepoTags", "RepoDigests", "ParentId", "Created", "Labels")),
    "volume": ("/volumes", {}, "Volumes", ("Name", "Driver", "Mountpoint", "Labels", "Options")),
    "network": ("/networks", {}, "", ("Name", "Driver", "Scope", "IPAM", "Labels", "Options")),
}


def take(client: Client) -> Snapshot:
    """Every object that does not show that a run of this suite has made it. Raises DaemonFault when there is no answer."""
    found = Snapshot({}, {})
    lists = ObjectLists(client)
    for kind, (path, query, member, kept) in _LISTS.items():
        try:
            rows = lists.rows(path, query, member)
        except ListRefused as error:
            found.unlisted[kind] = str(error)
            continue
        for row in rows:
            if not _is_of_a_run(row):
                found.objects[f"{kind} {_name(kind, row)}"] = _digest(row, kept)
    return found


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """What of others vanished or changed, in words; what is new is somebody's business."""
    unknown = {**before.unlisted, **after.unlisted}
    was = {name: digest for name, digest in before.objects.items() if name.partition(" ")[0] not in unknown}
    gone = [f"{name} vanished" for name in was if name not in after.objects]
    changed = [f"{name} changed" for name in was if after.objects.get(name, was[name]) != was[name]]
    return (
        gone + changed + [f"{kind}s of others could not be compared: {why}" for kind, why in unknown.items()]
    )


def without(census: Snapshot, names: Container[str]) -> Snapshot:
    """The census without objects of these names, which are a run's though nothing in them shows it."""
    kept = {key: digest for key, digest in census.objects.items() if key.partition(" ")[2] not in names}
    return census._replace(objects=kept)


def safely(client: Client) -> Snapshot | None:
    """As take(), or None when the daemon does not answer."""
    try:
        return take(client)
    except DaemonFault:
        return None


def _name(kind: str, row: Any) -> str:
    return str(at(row, "Name") if kind == "volume" else at(row, "Id"))


def _is_of_a_run(row: Any) -> bool:
    labels = at(row, "Labels")
    if isinstance(labels, dict) and LABEL in labels:
        return True
    names = [at(row, "Name"), at(row, "Names"), at(row, "RepoTags"), at(row, "RepoDigests")]
    # an image of others that a run has tagged for a while is not the run's
    known = [name for name in _flat(names) if "<none>" not in name]
    return bool(known) and all(PREFIX in name for name in known)


def _flat(values: list[Any]) -> list[str]:
    rows = [value if isinstance(value, list) else [value] for value in values]
    return [name for row in rows for name in row if isinstance(name, str)]


def _digest(row: Any, kept: tuple[str, ...]) -> str:
    shown = {name: at(row, name) or None for name in kept}
    for name, value in shown.items():
        if isinstance(value, list):
            # tags that a run gives for a while come and go
            shown[name] = sorted(
                json.dumps(part, sort_keys=True) for part in value if PREFIX not in str(part)
            )
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
