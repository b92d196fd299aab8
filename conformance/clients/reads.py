"""Notes which members of the daemon's answers a client of requests reads, as scripts and the Docker SDK for Python do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

#: The members that were read, by "METHOD target" of the request.
Reads = dict[str, set[str]]


class _Object(dict[str, Any]):
    """A JSON object that calls `note` with the name of each member that is read."""

    note: Callable[[str], None]

    def __getitem__(self, name: str) -> Any:
        self.note(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """As dict.get, noted."""
        self.note(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.note(str(name))
        return super().__contains__(name)


def note_reads(reads: Reads) -> None:
    """From now on, note in `reads` what is read of the documents that requests returns."""
    plain = requests.Response.json

    def noting(response: requests.Response, **options: Any) -> Any:
        request = response.request
        names = reads.setdefault(f"{request.method} {request.path_url}", set())
        return _wrap(plain(response, **options), names.add)

    requests.Response.json = noting  # type: ignore[assignment, method-assign]


def _wrap(value: Any, note: Callable[[str], None]) -> Any:
    if isinstance(value, dict):
        found = _Object((name, _wrap(member, note)) for name, member in value.items())
        found.note = note
        return found
    if isinstance(value, list):
        return [_wrap(element, note) for element in value]
    return value
