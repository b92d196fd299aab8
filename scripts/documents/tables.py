"""Turns the facts of many documents into two tables: operations, and the named shapes of their bodies.

Every line is a name, a tab and its history: ``TYPE``, or ``WINDOW:TYPE`` for each stretch of versions in which it was
that, as ``conformance.catalogue.shapes`` reads it. What several operations share is one shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from documents.facts import Document, Operation, Schema

#: What a line said in each version that has it; versions are places in the list of all documents.
History = dict[int, str]


@dataclass
class Shape:
    """A named object: the history of each member, and the versions in which anything has this shape."""

    name: str
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


class Tables:
    """Collects the documents, oldest first, and writes both tables."""

    def __init__(self, documents: list[Document]) -> None:
        self._versions = [document.version for document in documents]
        self._prose = [document.prose for document in documents]
        self._shapes: dict[str, Shape] = {}
        self._operations = [
            self._operation({n: d.operations[key] for n, d in enumerate(documents) if key in d.operations})
            for key in sorted({key for document in documents for key in document.operations}, key=_order)
        ]

    def operations(self) -> str:
        """The table of operations."""
        return "".join(f"{line}\n" for lines in self._operations for line in lines)

    def shapes(self) -> str:
        """The table of shapes."""
        lines = []
        for shape in sorted(self._shapes.values(), key=lambda shape: shape.name.lower()):
            lines.append(f"[{shape.name}]")
            lines += [
                f"{_escape(name)}\t{self._history(history, shape.life)}"
                for name, history in sorted(
                    shape.members.items(), key=lambda item: (item[0].lower(), item[0])
                )
            ]
        return "".join(f"{line}\n" for line in lines)

    def _operation(self, versions: dict[int, Operation]) -> list[str]:
        newest = versions[max(versions)]
        life = set(versions)
        identifier = next((versions[n].id for n in sorted(versions, reverse=True) if versions[n].id), "")
        begins = [
            n
            for n in sorted(life)
            if n - 1 not in life or self._prose[n - 1] or versions[n] != versions[n - 1]
        ]
        head = (
            f"{newest.method} {newest.path}\t{identifier or '-'}\t"
            f"{' '.join(self._runs(life))}\t{' '.join(self._versions[n] for n in begins)}"
        )
        lines: dict[str, History] = {}
        for name in _names(versions[n].parameters for n in sorted(life, reverse=True)):
            lines[name] = self._types(
                {n: o.parameters[name] for n, o in versions.items() if name in o.parameters}, ()
            )
        for name in ("consumes", "produces"):
            lines[name] = {n: ",".join(getattr(o, name)) for n, o in versions.items() if getattr(o, name)}
        lines["body"] = self._types({n: o.body for n, o in versions.items() if o.body}, (identifier, "Body"))
        for status in sorted(_names(o.answers for o in versions.values())):
            answers = {n: o.answers[status] for n, o in versions.items() if status in o.answers}
            bodies = {n: a.body for n, a in answers.items() if a.body}
            types = self._types(bodies, (identifier, "Response" if status == "200" else f"Response{status}"))
            lines[status] = {n: types.get(n, "none") for n in answers}
            for name in _names(a.headers for a in answers.values()):
                headers = {n: a.headers[name] for n, a in answers.items() if name in a.headers}
                lines[f"{status} header {name}"] = self._types(headers, ())
        return [head, *(f"\t{name}\t{self._history(line, life)}" for name, line in lines.items() if line)]

    def _types(self, history: Mapping[int, Schema], place: tuple[str, ...]) -> History:
        """What the value at one place is in each version; `place` names a shape whose documents do not."""
        if not history:
            return {}
        kinds: dict[int, list[str]] = {n: [] for n in history}
        for part, sign in (("items", "[]"), ("values", "{}")):
            inner = {n: getattr(schema, part) for n, schema in history.items() if getattr(schema, part)}
            for n, kind in self._types(inner, (*place, "Item")).items():
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
        for member in _names(objects[n].members or {} for n in sorted(life, reverse=True)):
            here = {
                n: (schema.members or {})[member]
                for n, schema in objects.items()
                if member in (schema.members or {})
            }
            members[member] = self._types(here, (*place, member))
        wanted = "".join(part[:1].upper() + part[1:] for part in map(_plain, place))
        for shape in sorted(self._shapes.values(), key=lambda shape: (shape.name != wanted, shape.name)):
            if shape.agrees(members, life):
                shape.extend(members, life)
                return shape.name
        name = wanted
        number = 2
        while name in self._shapes:
            name, number = f"{wanted}{number}", number + 1
        self._shapes[name] = Shape(name, life, members)
        return name

    def _history(self, history: History, life: set[int]) -> str:
        """The stretches of versions with one value, each with its window unless it is all of the life."""
        first, last = min(life), max(life)
        runs: list[tuple[int, int, str]] = []
        for n in sorted(life):
            if n not in history:
                continue
            if runs and runs[-1][2] == history[n] and all(m not in life for m in range(runs[-1][1] + 1, n)):
                runs[-1] = (runs[-1][0], n, history[n])
            else:
                runs.append((n, n, history[n]))
        return " ".join(
            value
            if (start, end) == (first, last)
            else f"{self._window(start if start != first else None, end if end != last else None)}:{value}"
            for start, end, value in runs
        )

    def _window(self, start: int | None, end: int | None) -> str:
        if start == end and start is not None:
            return self._versions[start]
        return (
            f"{'' if start is None else self._versions[start]}-{'' if end is None else self._versions[end]}"
        )

    def _runs(self, life: set[int]) -> Iterable[str]:
        """The windows of a life; the last one is open if it reaches the newest document."""
        newest = len(self._versions) - 1
        for start in sorted(n for n in life if n - 1 not in life):
            end = next(n for n in range(start, newest + 1) if n + 1 not in life)
            yield self._window(start, None) if end == newest else self._window(start, end)


def _inside(kind: str, schema: Schema) -> bool:
    """Whether a type is already told by what is inside of it."""
    return (kind == "array" and schema.items is not None) or (
        kind == "object" and (schema.values is not None or schema.members is not None)
    )


def _scalar(kind: str, schema: Schema) -> str:
    enum = f"({'|'.join(map(_escape, schema.enum))})" if schema.enum else ""
    return f"{kind}:{schema.format}{enum}" if schema.format else f"{kind}{enum}"


def _suffixed(kind: str, schema: Schema) -> str:
    default = "" if schema.default is None else f"={_escape(schema.default)}"
    signs = ("~" if schema.example else "") + kind
    return signs + ("?" if schema.nullable else "") + ("!" if schema.required else "") + default


def _escape(text: str) -> str:
    return quote(text, safe=".-_/:<>,'")


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _names(mappings: Iterable[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))


def _order(key: str) -> tuple[str, str]:
    method, _, path = key.partition(" ")
    return path, method
