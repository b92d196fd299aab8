"""Turns the facts of many documents into tables: operations, and the named shapes of their bodies.

Every line is a name, a tab and its history: ``TYPE``, or ``WINDOW:TYPE`` for each stretch of versions in which it was that.
What the examples of prose documents show has shapes of its own; a body that has one of them is marked by ``~``.
"""

from __future__ import annotations

from collections.abc import Mapping

from documents.facts import Document, Operation, Schema
from documents.histories import History, names, write_history, write_life
from documents.shapes import Shapes


class Tables:
    """Collects the documents, oldest first, and writes the tables."""

    def __init__(self, documents: list[Document]) -> None:
        self._versions = [document.version for document in documents]
        self._prose = {n for n, document in enumerate(documents) if document.prose}
        self._shapes = Shapes(self._versions)
        self._examples = Shapes(self._versions)
        self._operations = [
            self._operation(
                key, {n: d.operations[key] for n, d in enumerate(documents) if key in d.operations}
            )
            for key in sorted(names(document.operations for document in documents), key=_order)
        ]

    def texts(self) -> dict[str, str]:
        """The tables by the names of their files."""
        return {
            "operations.tsv": "".join(f"{line}\n" for lines in self._operations for line in lines),
            "shapes/documents.tsv": self._shapes.table(),
            "shapes/examples.tsv": self._examples.table(),
        }

    def _operation(self, key: str, versions: dict[int, Operation]) -> list[str]:
        newest = versions[max(versions)]
        life = set(versions)
        identifier = next((versions[n].id for n in sorted(versions, reverse=True) if versions[n].id), "")
        place = identifier or "".join(filter(str.isalnum, key.title()))
        head = (
            f"{newest.method} {newest.path}",
            identifier or "-",
            write_life(life, self._versions),
            " ".join(self._versions[n] for n in self._begins(versions)),
        )
        lines: dict[str, History] = {}
        for name in names(versions[n].parameters for n in sorted(life, reverse=True)):
            schemas = {n: o.parameters[name] for n, o in versions.items() if name in o.parameters}
            lines[name] = self._shapes.types(schemas, ())
        for name in ("consumes", "produces"):
            lines[name] = {n: ",".join(getattr(o, name)) for n, o in versions.items() if getattr(o, name)}
        lines["body"] = self._body({n: o.body for n, o in versions.items()}, f"{place}Body")
        for status in sorted(names(o.answers for o in versions.values())):
            answers = {n: o.answers[status] for n, o in versions.items() if status in o.answers}
            name = f"{place}Response" if status == "200" else f"{place}Response{status}"
            bodies = self._body({n: answer.body for n, answer in answers.items()}, name)
            # prose that shows no body does not say that there is none
            lines[status] = {n: bodies.get(n, "any" if n in self._prose else "none") for n in answers}
            for header in names(answer.headers for answer in answers.values()):
                schemas = {n: a.headers[header] for n, a in answers.items() if header in a.headers}
                lines[f"{status} header {header}"] = self._shapes.types(schemas, ())
        return [
            "\t".join(head),
            *(
                f"\t{name}\t{write_history(line, life, self._versions)}"
                for name, line in lines.items()
                if line
            ),
        ]

    def _begins(self, versions: Mapping[int, Operation]) -> list[int]:
        """Where a class begins: the document says something else than the one before, or the latter is prose."""
        return [
            n
            for n in sorted(versions)
            if n - 1 not in versions or n - 1 in self._prose or versions[n] != versions[n - 1]
        ]

    def _body(self, bodies: Mapping[int, Schema | None], name: str) -> History:
        shown = {n: body for n, body in bodies.items() if body is not None and n in self._prose}
        promised = {n: body for n, body in bodies.items() if body is not None and n not in self._prose}
        examples = self._examples.types(shown, (name,))
        return {n: f"~{kind}" for n, kind in examples.items()} | self._shapes.types(promised, (name,))


def _order(key: str) -> tuple[str, str]:
    method, _, path = key.partition(" ")
    return path, method
