"""Pure edits of documents, queries, headers and frames: what a fault does, without any connection.

Every function returns a new value; one that equals the old says that there was nothing to break.
"""

from __future__ import annotations

import base64
import copy
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from conformance.http.frames import STDERR, STDOUT, Frame
from conformance.http.messages import Headers

Edit = Callable[[Any], Any]

# JSON


def places(document: Any, path: str) -> list[tuple[Any, Any]]:
    """The (container, key) pairs in `document` that `path` names; ``*`` stands for each element or member."""
    found: list[tuple[Any, Any]] = []
    parts = path.split(".")

    def walk(node: Any, index: int) -> None:
        keys = _keys(node, parts[index])
        for key in keys:
            if index == len(parts) - 1:
                found.append((node, key))
            else:
                walk(node[key], index + 1)

    walk(document, 0)
    return found


def _keys(node: Any, part: str) -> list[Any]:
    if isinstance(node, dict):
        return list(node) if part == "*" else [part] if part in node else []
    if isinstance(node, list):
        if part == "*":
            return list(range(len(node)))
        return [int(part)] if part.isdigit() and int(part) < len(node) else []
    return []


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same on the wire (true is not 1, the order of names counts)."""
    return json.dumps(one) == json.dumps(other)


def _at_each(path: str, change: Callable[[Any, Any], None]) -> Edit:
    def edit(document: Any) -> Any:
        edited = copy.deepcopy(document)
        # from the end, so that removing an element does not move those still to come
        for container, key in reversed(places(edited, path)):
            change(container, key)
        return edited

    return edit


def drop(path: str) -> Edit:
    """Take the member away."""
    return _at_each(path, lambda container, key: container.pop(key))


def rename(path: str, to: str) -> Edit:
    """Give the member another name beside the old one's place."""

    def change(container: Any, key: Any) -> None:
        if isinstance(container, dict):
            renamed = {to if name == key else name: value for name, value in container.items()}
            container.clear()
            container.update(renamed)

    return _at_each(path, change)


def move(path: str, to: str) -> Edit:
    """Move the member to another place in the document."""

    def edit(document: Any) -> Any:
        found = places(document, path)
        if not found:
            return document
        container, key = found[0]
        return put(to, container[key])(drop(path)(document))

    return edit


def replace(path: str, make: Callable[[Any], Any]) -> Edit:
    """Replace the value of a member that is there."""

    def change(container: Any, key: Any) -> None:
        container[key] = make(container[key])

    return _at_each(path, change)


def put(path: str, value: Any) -> Edit:
    """Set a member whether it is there or not, with the objects that lead to it; ``*`` only reaches what is there."""

    def edit(document: Any) -> Any:
        edited = copy.deepcopy(document)
        head, star, rest = path.partition("*.")
        if star:
            for container, key in places(edited, f"{head}*"):
                container[key] = put(rest, value)(container[key])
            return edited
        node = edited
        *parents, last = path.split(".")
        for name in parents:
            if isinstance(node, list) and name.isdigit() and int(name) < len(node):
                node = node[int(name)]
                continue
            if not isinstance(node, dict):
                return document
            if not isinstance(node.get(name), dict | list):
                node[name] = {}
            node = node[name]
        if isinstance(node, dict):
            node[last] = copy.deepcopy(value)
        elif isinstance(node, list) and last.isdigit() and int(last) < len(node):
            node[int(last)] = copy.deepcopy(value)
        return edited

    return edit


def another(value: Any) -> Any:
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}-otherwise"
        case list():
            return [] if value else ["otherwise"]
        case dict():
            return {} if value else {"otherwise": "otherwise"}
        case _:
            return "otherwise"


def as_type(kind: str) -> Callable[[Any], Any]:
    """Make the same value another type, as a careless daemon might."""

    def number(value: Any) -> float:
        if isinstance(value, bool | int | float):
            return value
        try:
            return float(value)
        except (TypeError, ValueError):
            return len(value) if value is not None else 0

    makers: dict[str, Callable[[Any], Any]] = {
        "bool": lambda value: bool(value),
        "int": lambda value: int(number(value)),
        "float": lambda value: float(number(value)) + 0.5,
        "string": lambda value: value if isinstance(value, str) else json.dumps(value),
        "array": lambda value: value if isinstance(value, list) else [value],
        "object": lambda value: value if isinstance(value, dict) else {"value": value},
        "other": lambda value: [value] if isinstance(value, dict) else {"value": value},
    }
    return makers[kind]


def elements(keep: str) -> Callable[[Any], Any]:
    """Lose, double or reverse the elements of an array (members of an object)."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            names = _choose(list(value), keep)
            return {name: value[name] for name in names}
        return _choose(value, keep) if isinstance(value, list) else value

    return change


def _choose(items: list[Any], keep: str) -> list[Any]:
    return {
        "none": [],
        "first": items[:1],
        "rest": items[1:],
        "reversed": items[::-1],
        "doubled": [item for item in items for _ in range(2)],
    }[keep]


def matches(document: Any, where: dict[str, Any]) -> bool:
    """Whether every path in `where` has its value in `document` (a string that ends in * is a beginning)."""
    for path, wanted in where.items():
        values = [container[key] for container, key in places(document, path)]
        if isinstance(wanted, str) and wanted.endswith("*"):
            if not any(isinstance(value, str) and value.startswith(wanted[:-1]) for value in values):
                return False
        elif not any(same(value, wanted) for value in values):
            return False
    return True


def json_bytes(edit: Edit) -> Callable[[bytes], bytes]:
    """The edit on the text of a document; what is no JSON stays as it is."""

    def change(text: bytes) -> bytes:
        try:
            document = json.loads(text)
        except ValueError:
            return text
        edited = edit(document)
        return (
            text
            if same(document, edited)
            else json.dumps(edited, separators=(",", ":"), ensure_ascii=False).encode()
        )

    return change


# headers and queries


def get_header(headers: Headers, name: str) -> str | None:
    """The first value of a header, or None."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)


def set_header(headers: Headers, name: str, value: str) -> Headers:
    """Replace a header's value, or add the header."""
    if get_header(headers, name) is None:
        return (*headers, (name, value))
    return tuple((key, value if key.lower() == name.lower() else old) for key, old in headers)


def drop_header(headers: Headers, name: str) -> Headers:
    """Take a header away."""
    return tuple((key, value) for key, value in headers if key.lower() != name.lower())


def in_header(headers: Headers, name: str, edit: Edit) -> Headers:
    """Edit a header that is base64 (either alphabet) of JSON."""
    value = get_header(headers, name)
    if value is None:
        return headers
    safe = "-" in value or "_" in value
    try:
        text = base64.b64decode(value, b"-_" if safe else None)
    except ValueError:
        return headers
    changed = json_bytes(edit)(text)
    if changed == text:
        return headers
    return set_header(headers, name, base64.b64encode(changed, b"-_" if safe else None).decode())


def set_query(target: str, name: str, value: str | None) -> str:
    """Replace (None: take away) a query parameter; the target stays as it is where nothing changes."""
    path, _, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    if value is None:
        edited = [(key, old) for key, old in pairs if key != name]
    else:
        edited = [(key, value if key == name else old) for key, old in pairs]
        edited += [] if any(key == name for key, _ in pairs) else [(name, value)]
    if edited == pairs:
        return target
    return f"{path}?{urlencode(edited, quote_via=quote)}" if edited else path


_PREFIX = re.compile(r"/v(\d+\.\d+)(?=/)")


def version_of(target: str) -> str:
    """The version in a target's path, ``""`` without one."""
    found = _PREFIX.match(target)
    return found[1] if found else ""


def with_version(target: str, version: str) -> str:
    """The target in another version (``""`` takes the prefix away)."""
    return (f"/v{version}" if version else "") + _PREFIX.sub("", target, count=1)


# frames


def swapped(frame: Frame) -> Frame:
    """The frame with the other output's label."""
    return frame._replace(stream={STDOUT: STDERR, STDERR: STDOUT}.get(frame.stream, frame.stream))
