"""Events as documents: their names and the objects that they are about. No sockets.

Up to v1.21 an event has its name in ``status`` and its object in ``id``; the references of v1.22 and v1.23 show
``Action`` and ``Actor`` beside them, those from v1.24 on show only these.
"""

from __future__ import annotations

import re
from typing import Any

from conformance.http.documents import at

_ID = re.compile(r"[0-9a-f]{64}")


def event_action(event: Any) -> str:
    """The name of an event, without the command that engines append to that of an exec, after a colon."""
    name = at(event, "status") or at(event, "Action")
    return name.partition(":")[0] if isinstance(name, str) else ""


def is_about(event: Any, *names: str) -> bool:
    """Whether an event is about an object known by one of `names` (ids in full, names with their tag).

    The documents show ids of twelve digits and complete ones, and names of images without their registry. If there is an
    ``id``, it alone counts: a client that knows only the older form reads nothing else.
    """
    found = [at(event, "id")]
    if not isinstance(found[0], str):
        found = [at(event, "Actor.ID"), at(event, "Actor", "Attributes", "name")]
    return any(_same(word, name) for word in found if isinstance(word, str) for name in names)


def _same(found: str, name: str) -> bool:
    found, name = found.removeprefix("sha256:").lstrip("/"), name.removeprefix("sha256:")
    # Engines of 2015 give the event of an import the id and the tag of the image: ``ID:latest``.
    number = found.partition(":")[0]
    if _ID.fullmatch(number):
        found = number
    return (
        found == name
        or found.endswith(f"/{name}")
        or (len(found) >= 12 and len(name) == 64 and name.startswith(found))
    )


def events_about(events: list[Any], *names: str) -> list[Any]:
    """The events of one object, in their order; see concerns()."""
    return [event for event in events if is_about(event, *names)]


def actions_about(events: list[Any], *names: str) -> list[str]:
    """The names of the events of one object, in their order; see action() and concerns()."""
    return [event_action(event) for event in events_about(events, *names)]


def is_in_order(found: list[str], wanted: list[str]) -> bool:
    """Whether `found` has `wanted` in this order, with anything between."""
    rest = iter(found)
    return all(name in rest for name in wanted)
