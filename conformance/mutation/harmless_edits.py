"""Edits of JSON that no document forbids a daemon: other bytes for the same document, or content that none fixes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from conformance.catalogue.maps import get_map_name, is_map
from conformance.catalogue.types import Type
from conformance.mutation.faults.json_edits import is_same

UNKNOWN = "XConformanceUnknown"
_OTHER = "conformance-other"

_VERSION = re.compile(r"\b\d+\.\d+\b")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)Z")
_IDENTITIES = ("Id", "ID", "id")
_NAMES = ("Name", "name")
#: Members of answers whose rows no document orders.
_UNORDERED = frozenset(
    {
        "Mounts",
        "RepoTags",
        "RepoDigests",
        "Volumes",
        "Processes",
        "Images",
        "Containers",
        "BuildCache",
        "Names",
    }
)


def _edit_members(value: Any, edit: Callable[[dict[str, Any], str], dict[str, Any]], name: str = "") -> Any:
    """Edit every object of a document from the innermost outwards; `edit` gets its name in ``conformance.catalogue.maps``."""
    if isinstance(value, list):
        return [_edit_members(element, edit, name) for element in value]
    if not isinstance(value, dict):
        return value
    members = {
        key: _edit_members(member, edit, key if is_map(name) else get_map_name(name, key))
        for key, member in value.items()
    }
    return edit(members, name)


def add_unknown(document: Any) -> Any:
    """Add an unknown member to every object that is not a map from names that users choose."""
    return _edit_members(
        document, lambda members, name: members if is_map(name) else {**members, UNKNOWN: {"added": True}}
    )


def reverse_members(document: Any) -> Any:
    """Turn the order of the members of every object around."""
    return _edit_members(document, lambda members, _: dict(reversed(members.items())))


#: Makes of a member's value and documented type the value that it gets, or `_LEFT_OUT`.
_Choice = Callable[[Any, Type], Any]
_LEFT_OUT = object()


def _choose_members(
    document: Any, wanted: Type, members: Callable[[str], Mapping[str, Type]], choose: _Choice
) -> Any:
    """A document with each documented member as `choose` wants it; `members` gives those of a shape."""
    for kind in wanted.kinds:
        if kind.items is not None and isinstance(document, list):
            return [_choose_members(item, kind.items, members, choose) for item in document]
        if kind.values is not None and isinstance(document, dict):
            return {
                name: _choose_members(item, kind.values, members, choose) for name, item in document.items()
            }
        if kind.shape and isinstance(document, dict):
            known = members(kind.shape)
            chosen = {
                name: choose(_choose_members(item, known[name], members, choose), known[name])
                if name in known
                else item
                for name, item in document.items()
            }
            return {name: item for name, item in chosen.items() if item is not _LEFT_OUT}
    return document


def replace_empty(document: Any, wanted: Type, members: Callable[[str], Mapping[str, Type]]) -> Any:
    """Null for empty arrays and objects that are members, where the document of the version lets null stand."""

    def choose(value: Any, of: Type) -> Any:
        return None if of.nullable and value in ([], {}) else value

    return _choose_members(document, wanted, members, choose)


def drop_nulls(document: Any, wanted: Type, members: Callable[[str], Mapping[str, Type]]) -> Any:
    """Leave out members that are null, unless the document of the version requires them."""

    def choose(value: Any, of: Type) -> Any:
        return _LEFT_OUT if value is None and not of.required else value

    return _choose_members(document, wanted, members, choose)


def write_offset(document: Any) -> Any:
    """Write times of UTC with an offset (RFC 3339, section 4.2)."""
    if isinstance(document, list):
        return [write_offset(element) for element in document]
    if isinstance(document, dict):
        return {key: write_offset(member) for key, member in document.items()}
    if isinstance(document, str) and (found := _TIME.fullmatch(document)):
        return f"{found[1]}+00:00"
    return document


def reword_message(document: Any) -> Any:
    """Other words for a refusal; the versions that the message names stay, as clients read them there."""
    if isinstance(document, dict) and isinstance(document.get("message"), str):
        words = ["this daemon words its refusals otherwise", *_VERSION.findall(document["message"])]
        return {**document, "message": " ".join(words)}
    return document


def edit_messages(edit: Callable[[Any], list[Any]]) -> Callable[[bytes], list[bytes]]:
    """An edit that turns one document into several, as a function of texts; text that is not JSON stays as it is."""

    def change(text: bytes) -> list[bytes]:
        try:
            document = json.loads(text)
        except ValueError:
            return [text]
        edited = edit(document)
        if len(edited) == 1 and is_same(edited[0], document):
            return [text]
        return [
            json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode() + b"\r\n" for row in edited
        ]

    return change


def reverse_rows(document: Any) -> list[Any]:
    """Turn around the rows of a list, and of the members that no document orders."""
    if isinstance(document, list):
        return [document[::-1]]
    return [
        {
            key: value[::-1] if key in _UNORDERED and isinstance(value, list) else value
            for key, value in document.items()
        }
    ]


def add_objects(document: Any) -> list[Any]:
    """Put an object of another user before and behind the rows of a list."""
    if isinstance(document, dict):
        volumes = document.get("Volumes")
        return [{**document, "Volumes": add_objects(volumes)[0]}] if isinstance(volumes, list) else [document]
    if not document or not isinstance(document[0], dict):
        return [document]
    return [[_make_other(document[0], "1"), *document, _make_other(document[0], "2")]]


def _make_other(row: dict[str, Any], number: str) -> dict[str, Any]:
    """The row as that of another object, which has other names and no labels."""
    other = {
        "Labels": {},
        "Names": [f"/{_OTHER}-{number}"],
        "RepoTags": [f"{_OTHER}:{number}"],
        "RepoDigests": [],
        "Mountpoint": f"/{_OTHER}/{number}",
        "Containers": {},
    }
    made = {
        key: other.get(key, value) if isinstance(value, type(other.get(key))) else value
        for key, value in row.items()
    }
    made |= {key: _make_id(row[key], number) for key in _IDENTITIES if isinstance(row.get(key), str)}
    made |= {key: f"{_OTHER}-{number}" for key in _NAMES if isinstance(row.get(key), str)}
    return made


def _make_id(known: str, number: str) -> str:
    """Another identity of the same form."""
    head, colon, digits = known.rpartition(":")
    return head + colon + digits[:0:-1] + number


def add_event(document: Any) -> list[Any]:
    """Put the same event of another user's object before an event."""
    if not isinstance(document, dict):
        return [document]
    other = _make_other(document, "1")
    if isinstance(actor := document.get("Actor"), dict):
        other["Actor"] = {**_make_other(actor, "1"), "Attributes": {"name": f"{_OTHER}-1"}}
    return [other, document]


def add_progress(document: Any) -> list[Any]:
    """Put a row of progress before another."""
    return [{"status": "Still at work"}, document]


def reword_progress(document: Any) -> list[Any]:
    """Other words for what is done with a layer."""
    if isinstance(document, dict) and isinstance(document.get("status"), str) and "id" in document:
        return [{**document, "status": "At work on it"}]
    return [document]


def add_warning(document: Any) -> list[Any]:
    """Warn of something that is not the client's fault."""
    if isinstance(document, dict):
        return [{**document, "Warnings": [*(document.get("Warnings") or []), "this kernel is old"]}]
    return [document]


def indent(text: bytes) -> list[bytes]:
    """Write a document over several lines, with white space around it."""
    try:
        return [b"\n " + json.dumps(json.loads(text), indent=1).encode() + b"\n"]
    except ValueError:
        return [text]


def escape_strings(text: bytes) -> list[bytes]:
    """Write every character of every string as an escape, which is the same JSON."""
    try:
        encoded = json.dumps(json.loads(text))
    except ValueError:
        return [text]
    return [_STRING.sub(lambda found: _escape(json.loads(found[0])), encoded).encode()]


def _escape(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    return '"' + "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)) + '"'
