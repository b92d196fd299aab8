"""A JSON Schema of a body in one version, from the table of shapes.

The rules were learnt from real answers. Null may stand for any array and object, since an empty list of Go is null, and for
what is marked so; never for another scalar. A date or an address may be an empty string. An integer is held to the range of
its format. Objects are open: further members are no violation. ``title`` says in words what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.catalogue.types import Kind, Type

_RANGES = {
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
    "uint32": (0, 2**32 - 1),
    "uint16": (0, 2**16 - 1),
    "uint8": (0, 2**8 - 1),
}
_ADDRESS = {"anyOf": [{"maxLength": 0}, {"format": "ipv4"}, {"format": "ipv6"}]}
_FORMATS: dict[str, dict[str, Any]] = {
    "date-time": {"anyOf": [{"maxLength": 0}, {"format": "date-time"}]},
    "ip-address": _ADDRESS,
    "cidr": {"pattern": r"^$|^[0-9a-fA-F.:]+/[0-9]{1,3}$"},
}
_WORDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "date-time": "a date and time of RFC 3339 or an empty string",
    "ip-address": "an IP address or an empty string",
    "cidr": "a subnet such as 10.0.0.0/8",
}


class SchemaBuilder:
    """Builds the schema of one body; each named shape that it uses is defined once. `members` gives those of a shape."""

    def __init__(self, members: Callable[[str], Mapping[str, Type]]) -> None:
        self._members = members
        self._defined: dict[str, Any] = {}

    def build(self, body: Type) -> dict[str, Any]:
        """The schema of `body`, which must not be none."""
        schema = self._type(body)
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "$defs": self._defined}

    def _type(self, wanted: Type) -> dict[str, Any]:
        schema: dict[str, Any] = {"title": words(wanted)}
        types: list[str] = []
        for kind in wanted.kinds:
            if not kind.json:
                return schema
            types.append(kind.json)
            schema |= self._inside(kind)
        if wanted.nullable or "array" in types or "object" in types:
            types.append("null")
            if "enum" in schema:
                schema["enum"] = [*schema["enum"], None]
        return {**schema, "type": types}

    def _inside(self, kind: Kind) -> dict[str, Any]:
        if kind.shape:
            self._define(kind.shape)
            return {"$ref": f"#/$defs/{kind.shape}"}
        if kind.items is not None:
            return {"items": self._type(kind.items)}
        if kind.values is not None:
            return {"additionalProperties": self._type(kind.values)}
        if kind.enum:
            return {"enum": [int(value) if kind.json == "integer" else value for value in kind.enum]}
        if kind.format in _RANGES:
            low, high = _RANGES[kind.format]
            return {"minimum": low, "maximum": high}
        return _FORMATS.get(kind.format, {})

    def _define(self, name: str) -> None:
        if name in self._defined:
            return
        schema: dict[str, Any] = {}
        self._defined[name] = schema
        members = self._members(name)
        schema["properties"] = {member: self._type(wanted) for member, wanted in members.items()}
        required = [member for member, wanted in members.items() if wanted.required]
        if required:
            schema["required"] = required


def words(wanted: Type) -> str:
    """What a type says, in words: ``an object or null``."""
    parts: list[str] = []
    for kind in wanted.kinds:
        if kind.enum:
            parts.append("one of " + ", ".join(repr(value) for value in kind.enum))
        elif kind.format in _RANGES and kind.format != "int64":
            low, high = _RANGES[kind.format]
            parts.append(f"an integer from {low} to {high}")
        else:
            parts.append(_WORDS.get(kind.format) or _WORDS.get(kind.json, "any value"))
    if wanted.nullable or any(kind.json in ("array", "object") for kind in wanted.kinds):
        parts.append("null")
    return " or ".join(dict.fromkeys(parts))
