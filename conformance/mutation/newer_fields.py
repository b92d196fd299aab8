"""Members that a later version adds to an answer: a client of an older version ignores what it does not know.

Facts of versions and endpoints stand in ``newer_fields.toml`` of the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Any

import msgspec

from conformance.catalogue.load import DATA
from conformance.catalogue.maps import get_map_name, is_map
from conformance.catalogue.toml_file import TomlFile
from conformance.engine.identity import Daemon
from conformance.http.client import Client
from conformance.http.messages import Request, Response
from conformance.http.timeouts import Timeouts
from conformance.model.errors import DaemonFault
from conformance.model.versions import ApiVersion
from conformance.mutation.faults import json_edits
from conformance.mutation.proxy.body_filters import BodyFilter, WholeBodyFilter
from conformance.mutation.proxy.fault import Fault
from conformance.mutation.proxy.http_edits import get_version, strip_path, strip_version
from conformance.mutation.proxy.rule import compile_path

_TIMEOUTS = Timeouts(first_byte=5, silence=5, total=5)


class NewerField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member that the document of version `since` adds to the answers of a path, with an example of its value."""

    path: str
    member: str
    since: str
    value: Any


class NewerFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The file: `changing` paths and `identities` are explained there."""

    fields: list[NewerField]
    changing: list[str]
    identities: list[str]

    @cached_property
    def _edits(self) -> list[tuple[re.Pattern[str], json_edits.Edit]]:
        return [(compile_path(row.path), json_edits.put(row.member, row.value)) for row in self.fields]

    @cached_property
    def _changing(self) -> list[re.Pattern[str]]:
        return [compile_path(path) for path in self.changing]

    def find_edits(self, path: str) -> list[json_edits.Edit]:
        """The edits that add the documented members to an answer of `path`."""
        return [edit for pattern, edit in self._edits if pattern.fullmatch(path)]

    def is_changing(self, path: str) -> bool:
        """Whether answers of `path` go on or differ each time."""
        return any(pattern.fullmatch(path) for pattern in self._changing)

    def add_missing(self, old: Any, new: Any, name: str = "") -> Any:
        """The older document with the members of the newer one that it does not have, at every depth.

        Maps from names that users choose stay as they are.
        """
        if isinstance(old, dict) and isinstance(new, dict):
            more = {} if is_map(name) else {key: value for key, value in new.items() if key not in old}
            merged = {
                key: self.add_missing(value, new.get(key), get_map_name(name, key))
                for key, value in old.items()
            }
            return {**merged, **more}
        if isinstance(old, list) and isinstance(new, list):
            return [self.add_missing(mine, theirs, name) for mine, theirs in self._pair(old, new)]
        return old

    def _pair(self, old: list[Any], new: list[Any]) -> Iterator[tuple[Any, Any]]:
        """Each element of the older list with that of the same object in the newer one, or None."""
        by_identity = {known: element for element in new if (known := self._identify(element)) is not None}
        for place, element in enumerate(old):
            known = self._identify(element)
            if known is not None:
                yield element, by_identity.get(known)
            else:
                yield element, new[place] if len(new) == len(old) else None

    def _identify(self, element: Any) -> tuple[str, str] | None:
        if isinstance(element, dict):
            for name in self.identities:
                if isinstance(element.get(name), str):
                    return name, element[name]
        return None


@cache
def load_newer_fields() -> NewerFields:
    """Read the file. Raises CatalogueError, naming it, if it is invalid."""
    file = TomlFile(DATA / "newer_fields.toml", arrays=True)
    return file.convert(file.rows, NewerFields, "fields")


def add_newer_fields(daemon: Daemon) -> Fault:
    """Add to JSON answers what the daemon answers in its newest version, and what later documents add."""
    fields = load_newer_fields()

    def body(request: Request, response: Response) -> BodyFilter | None:
        kind = (response.header("Content-Type") or "").partition(";")[0]
        if request.method != "GET" or response.status != 200 or kind != "application/json":
            return None
        path, version = strip_path(request.target), get_version(request.target)
        if fields.is_changing(path):
            return None
        is_older = bool(version) and ApiVersion.parse(version) < daemon.newest
        newest = _ask(daemon, strip_version(request.target)) if is_older else None

        def edit(document: Any) -> Any:
            document = fields.add_missing(document, newest)
            for add in fields.find_edits(path):
                document = fields.add_missing(document, add(document))
            return document

        return WholeBodyFilter(json_edits.apply_to_bytes(edit))

    return Fault(body=body)


def _ask(daemon: Daemon, target: str) -> Any:
    client = Client(daemon.endpoint, daemon.newest, timeouts=_TIMEOUTS)
    try:
        return client.get(target).json()
    except (DaemonFault, AssertionError):
        return None  # the newest version may not have this route
    finally:
        client.close()
