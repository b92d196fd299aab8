"""Strict JSON (RFC 8259) within limits, so that no daemon can exhaust the memory of the suite.

A document is measured before it is parsed: Python's objects take up to a hundred times the memory of their text.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

#: Pytest shows the arguments of every function on the way to a failure; here they may be megabytes.
__tracebackhide__ = True

#: Bytes of one document; objects and arrays in it; members and elements in it; how deep they may nest.
LARGEST = 16 * 1024 * 1024
MOST_NODES = 200_000
MOST_VALUES = 2_000_000
DEEPEST = 200


def load(text: bytes | str) -> Any:
    """Parse one document. Raises ValueError for what is not strict JSON or exceeds the limits above.

    Invalid are NaN and the infinities (also numbers that become one), a name that occurs twice in an object, and bytes
    that are not UTF-8.
    """
    if isinstance(text, bytes):
        if len(text) > LARGEST:
            raise ValueError(f"document of {len(text)} bytes; limit is {LARGEST}")
        text = text.decode("utf-8")
    _measure(text)
    try:
        document = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique
        )
        if text.count("{") + text.count("[") > DEEPEST:
            _check_depth(document)
    except RecursionError:
        raise ValueError(f"nested deeper than {DEEPEST} levels") from None
    return document


def _measure(text: str) -> None:
    if len(text) > LARGEST:
        raise ValueError(f"document of {len(text)} characters; limit is {LARGEST}")
    # Such characters inside strings are counted too: the limits leave room for that.
    if text.count("{") + text.count("[") > MOST_NODES:
        raise ValueError(f"more than {MOST_NODES} objects and arrays in one document")
    if text.count(",") > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES} values in one document")


def _check_depth(document: Any) -> None:
    """Raise ValueError when the document nests too deep. Does not recurse."""
    level = [document]
    for _ in range(DEEPEST + 1):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise ValueError(f"nested deeper than {DEEPEST} levels")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits[:40]} is too large")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {twice[:80]!r} occurs twice in one object")
    return members
