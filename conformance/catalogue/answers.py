"""Holds answers of a daemon against what the documents of their version say about them.

Violations are judged by checks. What no document knows and what never came is only reported: the API's schema is open, and
most members depend on what the daemon was asked before.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from conformance.catalogue.json_schema import SchemaBuilder
from conformance.catalogue.operations import Operation
from conformance.catalogue.overlay import Overlay, overlay
from conformance.catalogue.shapes import documented, shown
from conformance.catalogue.types import Type, parse_type
from conformance.model.versions import ApiVersion

if TYPE_CHECKING:
    import jsonschema_rs

#: How much of a value a message shows.
_LONGEST = 80


@dataclass(frozen=True)
class Violation:
    """A place of an answer that is not as documented: what was expected there, and what came."""

    path: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.path or 'the answer'}: expected {self.expected}, got {self.got}"


@dataclass
class Seen:
    """Which members a body had: the documented ones, and those that no document of its version knows.

    A path has ``[]`` for the elements of an array and ``{}`` for the values of a map: ``[].Ports[].Type``.
    """

    documented: set[str] = field(default_factory=set)
    undocumented: set[str] = field(default_factory=set)


class Answers:
    """What the documents, repaired by an overlay, say of answers."""

    def __init__(self, repairs: Overlay) -> None:
        self._overlay = repairs
        self._members: dict[tuple[str, ApiVersion, bool], Mapping[str, Type]] = {}
        self._validators: dict[tuple[Type, ApiVersion], _Validator] = {}

    def type_at(self, operation: Operation, place: str, version: ApiVersion) -> Type | None:
        """The documented type of a place: a status such as ``"200"``, or ``"body"``, which is the request's.

        None if no document of the version knows the place.
        """
        text = self._line(operation, place, version)
        return parse_type(text) if text is not None else None

    def statuses(self, operation: Operation, version: ApiVersion) -> list[int]:
        """The documented statuses of an operation, ascending."""
        names = {*operation.lines, *self._overlay.names(operation.name)}
        return sorted(
            int(name) for name in names if name.isdigit() and self._line(operation, name, version) is not None
        )

    def produces(self, operation: Operation, version: ApiVersion) -> list[str]:
        """The types of content that an answer of success may have."""
        text = self._line(operation, "produces", version)
        return text.split(",") if text else []

    def _line(self, operation: Operation, name: str, version: ApiVersion) -> str | None:
        repaired = self._overlay.at(operation.name, name, version)
        history = operation.lines.get(name)
        return repaired or (history.at(version) if history is not None else None)

    def members(self, shape: str, version: ApiVersion, *, example: bool = False) -> Mapping[str, Type]:
        """The members of a shape; `example` names one of those that examples show."""
        key = (shape, version, example)
        if key not in self._members:
            if example:
                self._members[key] = shown()[shape].members(version)
            else:
                types = dict(documented()[shape].members(version)) | self._overlay.members(shape, version)
                self._members[key] = {name: wanted for name, wanted in types.items() if wanted.kinds}
        return self._members[key]

    def violations(
        self, operation: Operation, place: str, version: ApiVersion, document: Any
    ) -> list[Violation]:
        """What is wrong with a JSON body, by the schema of its version; empty where there is no schema.

        Elements of an array that are wrong in the same way are one violation, named by the first of them.
        """
        body = self.type_at(operation, place, version)
        if body is None or body.example:
            return []
        return self._violations(body, version, document)

    def deviations(
        self,
        operation: Operation,
        place: str,
        version: ApiVersion,
        documents: list[Any],
        absent: Iterable[str],
    ) -> list[Violation]:
        """How JSON bodies differ from the example of their version: other types, and members that no body has.

        `absent` are members that may be missing, each with all that is inside. Empty where there is no example.
        """
        body = self.type_at(operation, place, version)
        if body is None or not body.example:
            return []
        found = [
            violation for document in documents for violation in self._violations(body, version, document)
        ]
        seen: set[str] = set()
        for document in documents:
            seen |= self.seen(operation, place, version, document).documented
        left_out = tuple(absent)
        missing = (
            name
            for name in self.documented(operation, place, version)
            if name not in seen and not _is_within(name, left_out)
        )
        return [*found, *(Violation(name.lstrip("."), "the member", "nothing") for name in missing)]

    def _violations(self, body: Type, version: ApiVersion, document: Any) -> list[Violation]:
        if not body.kinds:
            return []
        key = (body, version)
        if key not in self._validators:
            builder = SchemaBuilder(lambda shape: self.members(shape, version, example=body.example))
            self._validators[key] = _Validator(builder.build(body))
        return self._validators[key].violations(document)

    def seen(self, operation: Operation, place: str, version: ApiVersion, document: Any) -> Seen:
        """Which members a JSON body has."""
        found = Seen()
        body = self.type_at(operation, place, version)
        if body is None:
            return found
        example = body.example

        def walk(value: Any, wanted: Type, path: str) -> None:
            for kind in wanted.kinds:
                if kind.items is not None and isinstance(value, list):
                    for item in value:
                        walk(item, kind.items, f"{path}[]")
                elif kind.values is not None and isinstance(value, dict):
                    for item in value.values():
                        walk(item, kind.values, f"{path}{{}}")
                elif kind.shape and isinstance(value, dict):
                    walk_members(value, self.members(kind.shape, version, example=example), path)

        def walk_members(value: dict[str, Any], members: Mapping[str, Type], path: str) -> None:
            for name, item in value.items():
                if name in members:
                    found.documented.add(f"{path}.{name}")
                    walk(item, members[name], f"{path}.{name}")
                else:
                    found.undocumented.add(f"{path}.{name}")

        walk(document, body, "")
        return found

    def known(self, operation: Operation, place: str, version: ApiVersion, document: Any) -> Any:
        """A JSON body without the members that no document of the version knows, at any depth."""
        body = self.type_at(operation, place, version)

        def keep(value: Any, wanted: Type) -> Any:
            for kind in wanted.kinds:
                if kind.items is not None and isinstance(value, list):
                    return [keep(item, kind.items) for item in value]
                if kind.values is not None and isinstance(value, dict):
                    return {name: keep(item, kind.values) for name, item in value.items()}
                if kind.shape and isinstance(value, dict):
                    members = self.members(kind.shape, version, example=wanted.example)
                    return {
                        name: keep(item, members[name]) for name, item in value.items() if name in members
                    }
            return value

        return keep(document, body) if body is not None else document

    def documented(self, operation: Operation, place: str, version: ApiVersion) -> dict[str, str]:
        """The members that the documents of a version name in a body, each with the condition on which it comes.

        The condition is a sentence from the overlay, or "" where none is known.
        """
        found: dict[str, str] = {}
        body = self.type_at(operation, place, version)
        if body is None:
            return found
        example = body.example

        def expand(wanted: Type, path: str, condition: str, within: tuple[str, ...]) -> None:
            for kind in wanted.kinds:
                if kind.items is not None:
                    expand(kind.items, f"{path}[]", condition, within)
                if kind.values is not None:
                    expand(kind.values, f"{path}{{}}", condition, within)
                if not kind.shape or kind.shape in within:
                    continue
                for name, member in self.members(kind.shape, version, example=example).items():
                    here = self._overlay.condition(kind.shape, name) or condition
                    found[f"{path}.{name}"] = here
                    expand(member, f"{path}.{name}", here, (*within, kind.shape))

        expand(body, "", "", ())
        return found


@cache
def answers() -> Answers:
    """What the documents and the catalogue's overlay say. Raises CatalogueError when one of them is damaged."""
    return Answers(overlay())


class _Validator:
    """A schema that is compiled once, and says in words what it finds."""

    def __init__(self, schema: dict[str, Any]) -> None:
        import jsonschema_rs  # 40 ms that only a run of these checks needs to spend

        self._schema = schema
        self._validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)

    def violations(self, document: Any) -> list[Violation]:
        found: dict[tuple[str, str], Violation] = {}
        for error in self._validator.iter_errors(document):
            place = "".join("[]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
            # an error of "required" names the member that is missing
            missing = str(getattr(error.kind, "property", ""))
            violation = self._violation(error, missing)
            found.setdefault((place, missing or violation.expected), violation)
        return list(found.values())

    def _violation(self, error: jsonschema_rs.ValidationError, missing: str) -> Violation:
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
        node: Any = self._schema
        for part in error.schema_path[:-1]:
            node = node[part]
        if missing:
            return Violation(f"{path}.{missing}".lstrip("."), node["properties"][missing]["title"], "nothing")
        return Violation(path.lstrip("."), node["title"], describe(error.instance))


def describe(value: Any) -> str:
    """A JSON value in words: ``an array``, ``null``, ``"text"``; cut when it is long."""
    if value is None or isinstance(value, list | dict):
        return "null" if value is None else "an array" if isinstance(value, list) else "an object"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _is_within(name: str, places: tuple[str, ...]) -> bool:
    """Whether a member is one of `places`, or inside one."""
    return any(name == place or name.startswith((f"{place}.", f"{place}[", f"{place}{{")) for place in places)


def nearest(path: str, known: Iterable[str]) -> str:
    """The documented member whose name is like that of an undocumented one beside it; "" if none is."""
    owner, _, name = path.rpartition(".")
    beside = {other.rpartition(".")[2]: other for other in known if other.rpartition(".")[0] == owner}
    same = next((other for other in beside if other.strip().lower() == name.strip().lower()), None)
    close = difflib.get_close_matches(name, beside, n=1, cutoff=0.8)
    return beside[same] if same else beside[close[0]] if close else ""
