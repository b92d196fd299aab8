"""The noun that a statement is about: that of its first endpoint."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.model.changes import Change

_SEGMENTS: Mapping[str, tuple[str, ...]] = {
    "containers": ("containers",),
    "exec": ("exec",),
    "images": ("images", "build", "commit", "session"),
    "networks": ("networks",),
    "volumes": ("volumes",),
    "events": ("events",),
    "registry": ("auth", "distribution"),
    "swarm": ("swarm", "nodes", "services", "tasks", "secrets", "configs"),
    "plugins": ("plugins",),
    "system": ("_ping", "info", "system", "version"),
}
_NOUNS = {segment: noun for noun, segments in _SEGMENTS.items() for segment in segments}
#: All nouns, in the order of the table.
NOUNS = tuple(_SEGMENTS)


def noun_of(change: Change) -> str:
    """The noun of a statement; ``system`` if it is about every endpoint."""
    return noun_of_endpoint(change.endpoints[0] if change.endpoints else "")


def noun_of_endpoint(endpoint: str) -> str:
    """The noun of an endpoint such as ``GET /containers/json``; ``system`` for a path of no noun.

    It is that of the path's first segment, but for ``POST /containers/{id}/exec``, which creates an exec instance.
    """
    segments = endpoint.partition("/")[2].split("/")
    return "exec" if segments[-1] == "exec" else _NOUNS.get(segments[0], "system")
