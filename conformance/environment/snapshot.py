"""The objects on a daemon that do not belong to this run, before and after it.

Others may use the daemon meanwhile, so a difference does not prove a fault of the run: it is reported, and a reader who knows
that no one else used the daemon can tell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container
from typing import Any, NamedTuple

from conformance.environment.ledger import LABEL, PREFIX
from conformance.environment.object_kinds import KINDS, ObjectKind
from conformance.environment.object_lists import ListRefused, ObjectLists
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.model.errors import DaemonFault


class Snapshot(NamedTuple):
    """Digests of foreign objects by "KIND ID", why some kinds could not be listed, and the objects without a name."""

    objects: dict[str, str]
    unlisted: dict[str, str]
    unnamed: frozenset[str] = frozenset()


def take(client: Client) -> Snapshot:
    """A snapshot of every object that does not show that a run of this suite created it.

    Raises DaemonFault when the daemon does not answer.
    """
    found = Snapshot({}, {})
    unnamed: set[str] = set()
    lists = ObjectLists(client)
    for kind in KINDS.values():
        try:
            rows = lists.of_kind(kind)
        except ListRefused as error:
            found.unlisted[kind.name] = str(error)
            continue
        for row in rows:
            if not _is_of_a_run(kind, row):
                key = f"{kind.name} {at(row, kind.id)}"
                found.objects[key] = _digest(kind, row)
                unnamed |= set() if any(kind.names_in(row)) else {key}
    return found._replace(unnamed=frozenset(unnamed))


def take_or_none(client: Client) -> Snapshot | None:
    """As take(), or None when the daemon does not answer."""
    try:
        return take(client)
    except DaemonFault:
        return None


def without(snapshot: Snapshot, names: Container[str]) -> Snapshot:
    """The snapshot without objects of these names, which belong to runs although nothing in them shows it."""
    kept = {key: digest for key, digest in snapshot.objects.items() if key.partition(" ")[2] not in names}
    return snapshot._replace(objects=kept, unnamed=snapshot.unnamed & kept.keys())


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """Which foreign objects vanished or changed, and which are new and have no name: no prefix would show whose they are."""
    unknown = {**before.unlisted, **after.unlisted}
    was = {name: digest for name, digest in before.objects.items() if name.partition(" ")[0] not in unknown}
    new = after.unnamed - before.objects.keys()
    return [
        *(f"{name} vanished" for name in was if name not in after.objects),
        *(f"{name} changed" for name in was if after.objects.get(name, was[name]) != was[name]),
        *(f"{name} without a name is new" for name in sorted(new) if name.partition(" ")[0] not in unknown),
        *(f"failed to compare foreign {kind}s: {why}" for kind, why in unknown.items()),
    ]


def _is_of_a_run(kind: ObjectKind, row: Any) -> bool:
    # A foreign image that a run has tagged for a while has other names besides.
    names = [name for each in kind.names_in(row) for name in each]
    return kind.has_label(row, LABEL) or (bool(names) and all(PREFIX in name for name in names))


def _digest(kind: ObjectKind, row: Any) -> str:
    shown = {member: at(row, member) or None for member in kind.compared}
    for member, value in shown.items():
        if isinstance(value, list):
            # Tags that a run gives for a while come and go.
            shown[member] = sorted(
                json.dumps(part, sort_keys=True) for part in value if PREFIX not in str(part)
            )
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()
