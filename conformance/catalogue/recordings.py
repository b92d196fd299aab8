"""What real clients ask of a daemon, recorded and reduced to operations, parameters and members, and which statements that needs.

``data/recordings`` has a file for each client, named as in ``clients.toml``; ``scripts/record-clients`` writes them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from conformance.catalogue.answers import answers
from conformance.catalogue.operations import operations
from conformance.model.changes import Catalogue, Change
from conformance.model.errors import CatalogueError
from conformance.model.versions import ApiVersion

FOLDER = Path(__file__).parent / "data" / "recordings"
_WORD = re.compile(r"[A-Za-z]\w*")
#: Kinds of statements that are about a member, a parameter or an event.
_ABOUT_NAMES = ("request-field", "response-field", "type-change", "event")
_REFUSAL = re.compile(r"\b[45]\d\d\b")


class AskedOperation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operation that a client asks: the statuses that came, the parameters and members that it sends, the members that it reads.

    Members are named without their path.
    """

    statuses: list[str]
    sends: list[str]
    reads: list[str]


class Recording(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """What a client asked while it went the steps of ``docker-conformance clients``."""

    client: str
    operations: dict[str, AskedOperation]


@cache
def recordings(folder: Path = FOLDER) -> dict[str, Recording]:
    """The recordings by the names of the clients. Raises CatalogueError for a file that is damaged."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.stem] = msgspec.json.decode(path.read_bytes(), type=Recording)
        except (OSError, msgspec.DecodeError) as error:
            raise CatalogueError(f"{path}: not a recording: {error}; run scripts/record-clients") from None
        for name in found[path.stem].operations:
            if name not in operations():
                raise CatalogueError(f"{path}: unknown operation {name!r}; run scripts/record-clients")
    return found


@cache  # a recording is equal to itself alone
def needed_statements(recording: Recording, catalogue: Catalogue, version: ApiVersion) -> list[Change]:
    """The statements that a client needs in an API version.

    They are those about operations that it asks which name a parameter or member that it sends or reads. One that names none is
    needed unless it is about a member or an event, and one about a refusal only if the client got that refusal.
    """
    return [
        change
        for change in catalogue.changes.values()
        if version in change.window
        and change.level == "required"
        and all(name in recording.operations for name in change.endpoints)
        and any(_needs(recording.operations[name], name, change, version) for name in change.endpoints)
    ]


def _needs(asked: AskedOperation, operation: str, change: Change, version: ApiVersion) -> bool:
    if version not in operations()[operation]:
        return False
    refusals = set(_REFUSAL.findall(change.says))
    if refusals and not refusals & set(asked.statuses):
        return False
    names = _names(operation, version)
    named = set(_WORD.findall(change.says)) & names.all
    if not named:
        return change.kind not in _ABOUT_NAMES
    # "NanoCpus in HostConfig" is about NanoCpus
    return not (named - names.around or named).isdisjoint({*asked.sends, *asked.reads})


class _Names(NamedTuple):
    """Names of parameters and members, and those of members that have members themselves."""

    all: frozenset[str]
    around: frozenset[str]


@cache
def _names(name: str, version: ApiVersion) -> _Names:
    """The names that an operation has in a version."""
    operation = operations()[name]
    lines = (line for line in operation.lines if line.startswith(("query ", "header ")))
    places = ["body", *(str(status) for status in answers().statuses(operation, version) if status < 300)]
    members = [path for place in places for path in answers().documented(operation, place, version)]
    around = frozenset(part for path in members for part in map(_bare, path.split(".")[:-1]) if part)
    return _Names(
        frozenset([*(line.partition(" ")[2] for line in lines), *map(member_name, members)]), around
    )


def member_name(path: str) -> str:
    """The name of a member without its path: ``Type`` of ``[].Ports[].Type``; "" for a path that names none."""
    return _bare(path.rpartition(".")[2])


def _bare(part: str) -> str:
    return re.sub(r"[\[\]{}]", "", part)
