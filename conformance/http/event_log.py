"""Events as documents: whose they are and what they tell. No sockets.

Up to v1.21 an event has its name in ``status`` and its object in ``id``; the references of v1.22 and v1.23 show
``Action`` and ``Actor`` beside them, those from v1.24 on show only these.
"""

from __future__ import annotations

from typing import Any

from conformance.http.documents import at


def event_action(event: Any) -> str:
    """The name of an event, without what engines write behind an exec's, after a colon."""
    name = at(event, "status") or at(event, "Action")
    return name.partition(":")[0] if isinstance(name, str) else ""


def is_about(event: Any, *names: str) -> bool:
    """Whether an event is about an object known by one of `names` (ids in full, names with their tag).

    The documents show ids cut to twelve digits and whole ones, and names of images without their registry. Where there
    is an ``id``, a client that knows the older form goes by it alone, so an Actor beside it does not make it right.
    """
    told = [at(event, "id")]
    if not isinstance(told[0], str):
        told = [at(event, "Actor.ID"), at(event, "Actor", "Attributes", "name")]
    return any(_same(word, name) for word in told if isinstance(word, str) for name in names)


def _same(told: str, name: str) -> bool:
    told, name = told.removeprefix("sha256:").lstrip("/"), name.removeprefix("sha256:")
    return (
        told == name
        or told.endswith(f"/{name}")
        or (len(told) >= 12 and len(name) == 64 and name.startswith(told))
    )


def events_about(events: list[Any], *names: str) -> list[Any]:
    """The events of one object, in their order; see concerns()."""
    return [event for event in events if is_about(event, *names)]


def actions_about(events: list[Any], *names: str) -> list[str]:
    """What is told of one object, in its order; see action() and concerns()."""
    return [event_action(event) for event in events_about(events, *names)]


def is_in_order(told: list[str], wanted: list[str]) -> bool:
    """Whether `wanted` occurs in `told` in this order, whatever stands between."""
    rest = iter(told)
    return all(name in rest for name in wanted)
