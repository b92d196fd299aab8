"""What a reference document says of its operations, without a word of its prose. No reading and no writing here."""

from __future__ import annotations

from dataclasses import dataclass, field


class DocumentError(Exception):
    """A document, or a file about one, cannot be read: one line with the file, the place and what to do."""


@dataclass
class Schema:
    """The type of a value: one or more JSON types, and what is inside.

    `name` is that of the document's own definition ("" for a schema in place). `members` is None for an object of which
    the document names no member; `items` and `values` are the types of an array's elements and of a map's values.
    """

    types: tuple[str, ...]
    name: str = field(default="", compare=False)
    format: str = ""
    enum: tuple[str, ...] = ()
    default: str | None = None
    nullable: bool = False
    required: bool = False
    members: dict[str, Schema] | None = None
    items: Schema | None = None
    values: Schema | None = None


def merge(first: Schema | None, second: Schema) -> Schema:
    """What holds of both: all types, all members; names that differ in case only are one."""
    if first is None:
        return second
    merged = Schema(
        tuple(dict.fromkeys((*first.types, *second.types))),
        first.name or second.name,
        format=first.format or second.format,
        enum=first.enum or second.enum,
        default=first.default if first.default is not None else second.default,
        nullable=first.nullable or second.nullable,
        required=first.required or second.required,
        items=_either(first.items, second.items),
        values=_either(first.values, second.values),
    )
    if first.members is not None or second.members is not None:
        members = dict(first.members or {})
        for name, member in (second.members or {}).items():
            known = next((other for other in members if other.lower() == name.lower()), name)
            members[known] = merge(members.get(known), member)
        merged.members = members
    return merged


def _either(first: Schema | None, second: Schema | None) -> Schema | None:
    return merge(first, second) if second is not None else first


@dataclass
class Answer:
    """A documented status: its body (None if the document names none) and its headers by name."""

    body: Schema | None = None
    headers: dict[str, Schema] = field(default_factory=dict)


@dataclass
class Operation:
    """An operation of one document. `parameters` are by kind and name ("query all", "header X-Registry-Auth").

    `path` has its parameters in parentheses, such as ``/containers/(id)/json``; `id` is "" where the document has none.
    """

    method: str
    path: str
    id: str = field(default="", compare=False)
    parameters: dict[str, Schema] = field(default_factory=dict)
    consumes: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    body: Schema | None = None
    answers: dict[str, Answer] = field(default_factory=dict)


@dataclass
class Document:
    """All operations of one version of the API, by method and path with unnamed parameters (``GET /containers/()/json``).

    What is `prose` was written for people: that two such documents show the same facts does not make them alike.
    """

    version: str
    prose: bool = False
    operations: dict[str, Operation] = field(default_factory=dict)
