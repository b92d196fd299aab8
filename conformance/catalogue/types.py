"""The types of the generated tables: how one is written, and what it means.

``string``, ``integer:int64``, ``string(a|b)`` are a JSON type, with its format, with its only values. ``Port`` is a named shape,
``Port[]`` an array of it, ``Port{}`` a map to it, ``string[]|string`` either of two. ``?`` says that null may stand there,
``!`` that it is always there, ``=value`` the default. ``any`` has no type, ``none`` is no body at all, and ``~`` before all of
it marks what an example shows: nothing is promised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

JSON_TYPES = ("string", "integer", "number", "boolean", "array", "object")
_BASE = re.compile(r"([A-Za-z]\w*)(?::([a-z][a-z0-9-]*))?(?:\(([^()]*)\))?")
_WHOLE = re.compile(r"(~?)((?:[^=()]|\([^()]*\))+?)(\??)(!?)(?:=(.*))?")
_OUTER_BAR = re.compile(r"\|(?![^()]*\))")


@dataclass(frozen=True)
class Kind:
    """One alternative of a type: a JSON type ("" for any), with what is inside of an array or an object."""

    json: str
    format: str = ""
    enum: tuple[str, ...] = ()
    shape: str = ""
    items: Type | None = None
    values: Type | None = None


@dataclass(frozen=True)
class Type:
    """What a value may be. `kinds` is empty for no body at all."""

    kinds: tuple[Kind, ...] = field(default=())
    nullable: bool = False
    required: bool = False
    default: str | None = None
    example: bool = False


@lru_cache(maxsize=4096)
def parse_type(text: str) -> Type:
    """Read a type as the tables write it. Raises ValueError, naming the part that is wrong."""
    match = _WHOLE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a type: {text!r}")
    sign, kinds, nullable, required, default = match.groups()
    return Type(
        () if kinds == "none" else tuple(_kind(part) for part in _OUTER_BAR.split(kinds)),
        nullable=bool(nullable),
        required=bool(required),
        default=None if default is None else unquote(default),
        example=bool(sign),
    )


def _kind(text: str) -> Kind:
    inner = text[:-2]
    if text.endswith("[]"):
        return Kind("array", items=_inner(inner))
    if text.endswith("{}"):
        return Kind("object", values=_inner(inner))
    match = _BASE.fullmatch(text)
    if match is None:
        raise ValueError(f"not a type: {text!r}")
    name, format_, enum = match.groups()
    values = () if enum is None else tuple(unquote(value) for value in enum.split("|"))
    if name == "any":
        return Kind("")
    if name in JSON_TYPES:
        return Kind(name, format_ or "", values)
    if not name[0].isupper() or format_ or values:
        raise ValueError(f"no JSON type and no name of a shape: {text!r}")
    return Kind("object", shape=name)


def _inner(text: str) -> Type:
    return Type((_kind(text.removesuffix("?")),), nullable=text.endswith("?"))
