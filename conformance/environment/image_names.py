"""Names of images. No sockets here."""

from __future__ import annotations

_UNNAMED = ("docker.io/library/", "docker.io/", "localhost/")


def familiar_name(name: str) -> str:
    """`name` without the registry and the library that an engine may write before a name that was given without them."""
    for prefix in _UNNAMED:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name
