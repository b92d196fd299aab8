"""The named shapes of bodies: what several operations share is one shape, over all versions in which it is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from documents.facts import Schema
from documents.histories import History, names, write_history


@dataclass
class Shape:
    """A named object: the history of each member, and the versions in which anything has this shape.

    `wanted` is its name without the number that tells it from others which the documents call the same.
    """

    name: str
    wanted: str
    life: set[int]
    members: dict[str, History] = field(default_factory=dict)

    def agrees(self, members: Mapping[str, History], life: set[int]) -> bool:
        """Whether the two say the same wherever both are in use, and share at least one version."""
        common = self.life & life
        return bool(common) and all(
            self.members.get(name, {}).get(version) == members.get(name, {}).get(version)
            for name in self.members.keys() | members.keys()
            for version in common
        )

    def extend(self, members: Mapping[str, History], life: set[int]) -> None:
        """Take over what another use of the same shape says of further versions."""
        for name, history in members.items():
            self.members.setdefault(name, {}).update(history)
        self.life |= life


class Shapes:
    """Gathers the shapes of bodies. `versions` are the names of all documents, oldest first."""

    def __init__(self, versions: list[str]) -> None:
        self._versions = versions
        self._shapes: dict[str, Shape] = {}

    def table(self) -> str:
        """A section for each shape, a line for each member."""
        lines = []
        for shape in sorted(self._shapes.values(), key=lambda shape: shape.name.lower()):
            lines.append(f"[{shape.name}]")
            for name, history in sorted(shape.members.items(), key=lambda item: (item[0].lower(), item[0])):
                text = write_history(history, shape.life, self._versions)
                lines.append(f"{escape(name)}\t{text}")
        return "".join(f"{line}\n" for line in lines)

    def types(self, history: Mapping[int, Schema], place: tuple[str, ...]) -> History:
        """What the value at one place is in each version; `place` names a shape whose documents do not."""
        if not history:
            return {}
        kinds: dict[int, list[str]] = {n: [] for n in history}
        for part, sign in (("items", "[]"), ("values", "{}")):
            inner = {n: getattr(schema, part) for n, schema in history.items() if getattr(schema, part)}
            for n, kind in self.types(inner, (*place, "Item")).items():
                kinds[n].append(kind + sign)
        objects = {n: schema for n, schema in history.items() if schema.members is not None}
        if objects:
            name = self._shape(objects, place)
            for n in objects:
                kinds[n].append(name)
        for n, schema in history.items():
            kinds[n] += [_scalar(kind, schema) for kind in schema.types if not _inside(kind, schema)]
        return {n: _suffixed("|".join(kinds[n]) or "any", schema) for n, schema in history.items()}

    def _shape(self, objects: Mapping[int, Schema], place: tuple[str, ...]) -> str:
        life = set(objects)
        newest = next((objects[n].name for n in sorted(life, reverse=True) if objects[n].name), "")
        place = (newest,) if newest else place
        members = {}
        for member in names(objects[n].members or {} for n in sorted(life, reverse=True)):
            inside = {n: (schema.members or {}).get(member) for n, schema in objects.items()}
            here = {n: schema for n, schema in inside.items() if schema is not None}
            members[member] = self.types(here, (*place, member))
        wanted = "".join(part[:1].upper() + part[1:] for part in map(_plain, place))
        for shape in sorted(self._shapes.values(), key=lambda shape: (shape.wanted != wanted, shape.name)):
            # what a document names keeps its name; what is described in place may be a shape that is known
            if (shape.wanted == wanted or not newest) and shape.agrees(members, life):
                shape.extend(members, life)
                return shape.name
        name = wanted
        number = 2
        while name in self._shapes:
            name, number = f"{wanted}{number}", number + 1
        self._shapes[name] = Shape(name, wanted, life, members)
        return name


def _inside(kind: str, schema: Schema) -> bool:
    """Whether a type is already told by what is inside of it."""
    return (kind == "array" and schema.items is not None) or (
        kind == "object" and (schema.values is not None or schema.members is not None)
    )


def _scalar(kind: str, schema: Schema) -> str:
    enum = f"({'|'.join(map(escape, schema.enum))})" if schema.enum else ""
    return f"{kind}:{schema.format}{enum}" if schema.format else f"{kind}{enum}"


def _suffixed(kind: str, schema: Schema) -> str:
    default = "" if schema.default is None else f"={escape(schema.default)}"
    return kind + ("?" if schema.nullable else "") + ("!" if schema.required else "") + default


def escape(text: str) -> str:
    """The text without the signs that mean something in a table."""
    return quote(text, safe=".-_/:<>,'")


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text))
