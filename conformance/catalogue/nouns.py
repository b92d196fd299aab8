"""The noun that a statement is about, by the first segment of its first endpoint's path."""

from __future__ import annotations

from conformance.model.changes import Change

#: Segments whose noun has another name; every other segment is its own noun, as in ``/containers``.
_OF_SEGMENT = {
    "_ping": "system",
    "auth": "registry",
    "build": "images",
    "commit": "images",
    "configs": "swarm",
    "distribution": "registry",
    "info": "system",
    "nodes": "swarm",
    "secrets": "swarm",
    "services": "swarm",
    "session": "images",
    "tasks": "swarm",
    "version": "system",
}


def noun_of(change: Change) -> str:
    """``containers``, ``images``, ...; ``system`` for a statement about every endpoint."""
    for endpoint in change.endpoints:
        _, slash, path = endpoint.partition("/")
        if slash:
            segment = path.partition("/")[0]
            return _OF_SEGMENT.get(segment, segment)
    return "system"
