"""Edits of JSON documents. Every function returns a new value; one that equals the old found nothing to change."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

Edit = Callable[[Any], Any]


def find_places(document: Any, path: str) -> list[tuple[Any, Any]]:
    """The (container, key) pairs in `document` that `path` names; ``*`` stands for each element or member."""
    found: list[tuple[Any, Any]] = []
    parts = path.split(".")

    def walk(node: Any, index: int) -> None:
        for key in _find_keys(node, parts[index]):
            if index == len(parts) - 1:
                found.append((node, key))
            else:
                walk(node[key], index + 1)

    walk(document, 0)
    return found


def _find_keys(node: Any, part: str) -> list[Any]:
    if isinstance(node, dict):
        return list(node) if part == "*" else [part] if part in node else []
    if isinstance(node, list):
        if part == "*":
            return list(range(len(node)))
        return [int(part)] if part.isdigit() and int(part) < len(node) else []
    return []


def is_same(one: Any, other: Any) -> bool:
    """Whether two JSON values are written alike: true is not 1, and the order of names counts."""
    return json.dumps(one) == json.dumps(other)


def _edit_each(path: str, change: Callable[[Any, Any], None]) -> Edit:
    def edit(document: Any) -> Any:
        edited = copy.deepcopy(document)
        # from the end, so that removing an element does not move those still to come
        for container, key in reversed(find_places(edited, path)):
            change(container, key)
        return edited

    return edit


def drop(path: str) -> Edit:
    """Remove the member."""
    return _edit_each(path, lambda container, key: container.pop(key))


def rename(path: str, to: str) -> Edit:
    """Rename the member and keep its position."""

    def change(container: Any, key: Any) -> None:
        if isinstance(container, dict):
            renamed = {to if name == key else name: value for name, value in container.items()}
            container.clear()
            container.update(renamed)

    return _edit_each(path, change)


def move(path: str, to: str) -> Edit:
    """Move the member to another path of the document."""

    def edit(document: Any) -> Any:
        found = find_places(document, path)
        if not found:
            return document
        container, key = found[0]
        return put(to, container[key])(drop(path)(document))

    return edit


def replace(path: str, make: Callable[[Any], Any]) -> Edit:
    """Replace the value of a member, if the member exists."""

    def change(container: Any, key: Any) -> None:
        container[key] = make(container[key])

    return _edit_each(path, change)


def put(path: str, value: Any) -> Edit:
    """Set a member, and create it with the objects around it if needed; ``*`` stands for existing elements only."""

    def edit(document: Any) -> Any:
        edited = copy.deepcopy(document)
        head, star, rest = path.partition("*.")
        if star:
            for container, key in find_places(edited, f"{head}*"):
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


def alter(value: Any) -> Any:
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


def convert_to(kind: str) -> Callable[[Any], Any]:
    """Convert a value to another JSON type, as a careless daemon might."""

    def to_number(value: Any) -> float:
        if isinstance(value, bool | int | float):
            return value
        try:
            return float(value)
        except (TypeError, ValueError):
            return len(value) if value is not None else 0

    converters: dict[str, Callable[[Any], Any]] = {
        "bool": lambda value: bool(value),
        "int": lambda value: int(to_number(value)),
        "float": lambda value: float(to_number(value)) + 0.5,
        "string": lambda value: value if isinstance(value, str) else json.dumps(value),
        "array": lambda value: value if isinstance(value, list) else [value],
        "object": lambda value: value if isinstance(value, dict) else {"value": value},
        "other": lambda value: [value] if isinstance(value, dict) else {"value": value},
    }
    return converters[kind]


def select_elements(keep: str) -> Callable[[Any], Any]:
    """Lose, double or reverse the elements of an array or the members of an object."""

    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: value[name] for name in _select(list(value), keep)}
        return _select(value, keep) if isinstance(value, list) else value

    return change


def _select(items: list[Any], keep: str) -> list[Any]:
    return {
        "none": [],
        "first": items[:1],
        "rest": items[1:],
        "reversed": items[::-1],
        "doubled": [item for item in items for _ in range(2)],
    }[keep]


def matches(document: Any, where: dict[str, Any]) -> bool:
    """Whether every path in `where` has its value in `document`; a string that ends in * is a prefix."""
    for path, wanted in where.items():
        values = [container[key] for container, key in find_places(document, path)]
        if isinstance(wanted, str) and wanted.endswith("*"):
            if not any(isinstance(value, str) and value.startswith(wanted[:-1]) for value in values):
                return False
        elif not any(is_same(value, wanted) for value in values):
            return False
    return True


def apply_to_bytes(edit: Edit) -> Callable[[bytes], bytes]:
    """The edit as a function of the text of a document; text that is not JSON stays as it is."""

    def change(text: bytes) -> bytes:
        try:
            document = json.loads(text)
        except ValueError:
            return text
        edited = edit(document)
        if is_same(document, edited):
            return text
        return json.dumps(edited, separators=(",", ":"), ensure_ascii=False).encode()

    return change
