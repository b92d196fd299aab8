"""How many bytes of a daemon's answers a client keeps in memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Upper bounds in bytes: ``body`` of one body, ``transcript`` of all bodies of one transcript together.

    ``stream`` bounds a body that is read piece by piece; it is smaller, as several may be read at the same time.
    """

    body: int = 16 * 1024 * 1024
    stream: int = 4 * 1024 * 1024
    transcript: int = 48 * 1024 * 1024
