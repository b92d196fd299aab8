"""Which API versions clients speak (``data/clients.toml``), and which of them can talk to a daemon."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from conformance.catalogue.toml_file import Problem, read_structs
from conformance.model.text import join_words
from conformance.model.versions import ApiVersion, Window

FILE = Path(__file__).parent / "data" / "clients.toml"


class Client(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A client and the versions that it speaks; `fixed` ones are tried in their order, else it negotiates.

    `oldest` and `newest` are the versions beyond which it does not go, None where it goes as far as the daemon does.
    """

    title: str
    source: str
    oldest: ApiVersion | None = None
    newest: ApiVersion | None = None
    fixed: list[ApiVersion] = []

    @property
    def speaks(self) -> str:
        """The versions in words."""
        if self.fixed:
            return f"{join_words([str(version) for version in self.fixed])} only"
        if self.oldest is None and self.newest is None:
            return "what the daemon speaks"
        if self.newest is None:
            return f"{self.oldest} and newer"
        return f"up to {self.newest}" if self.oldest is None else f"{self.oldest} to {self.newest}"


class Contact(NamedTuple):
    """The version that a client and a daemon agree on, or None and the reason."""

    version: ApiVersion | None
    reason: str = ""


@cache
def clients(path: Path = FILE) -> dict[str, Client]:
    """The clients by name. Raises CatalogueError with file and line for the first thing that is wrong."""
    return read_structs(path, Client, _find_problems)


def _find_problems(client: Client) -> Iterator[Problem]:
    """What is wrong with a client."""
    if client.fixed and (client.oldest or client.newest):
        yield "fixed", "has `fixed`, and `oldest` or `newest`: a fixed version is not negotiated"
    if client.oldest and client.newest and client.oldest > client.newest:
        yield "oldest", f"runs backwards: {client.oldest} to {client.newest}"


def contact(client: Client, served: Window) -> Contact:
    """Whether a client can talk to a daemon that serves the versions `served`, whose end is known."""
    newest = served.until
    assert newest is not None
    window = f"the daemon serves {served}"
    if client.fixed:
        version = next((version for version in client.fixed if version in served), None)
        return Contact(version, "" if version else f"asks for {client.speaks}; {window}")
    if client.oldest is not None and newest < client.oldest:
        return Contact(None, f"speaks {client.oldest} and newer; {window}")
    if client.newest is not None and client.newest < served.since:
        return Contact(None, f"speaks up to {client.newest}; {window}")
    return Contact(min(newest, client.newest or newest))
