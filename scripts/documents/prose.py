"""Reads the prose references of v1.14 to v1.24: which operations there are."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from documents.facts import Document, DocumentError, Operation

#: A line of its own with an operation, as each section begins; a few carry a version, a query or the protocol.
_OPERATION = re.compile(
    r" *`(GET|HEAD|POST|PUT|DELETE) (?:/v1\.\d+)?(/[^`?]*?)(?:\?[^`]*)?(?: HTTP/1\.1)?`", re.MULTILINE
)


def read_prose(path: Path) -> Document:
    """Read a reference in Markdown, named ``vMAJOR.MINOR.md``. Raises DocumentError when it holds no operation."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: cannot read the document: {error}") from None
    corrections = _corrections()
    found = Document(path.stem.removeprefix("v"), prose=True)
    for match in re.finditer(rf"^{_OPERATION.pattern}$", text, re.MULTILINE):
        name = f"{match[1]} {match[2].strip()}"
        method, _, route = corrections.get((found.version, name), name).partition(" ")
        operation = Operation(
            method, re.sub(r"\(id or name\)", "(id)", re.sub(r"\(\w+ name\)", "(name)", route))
        )
        found.operations.setdefault(re.sub(r"\(.*?\)", "()", f"{method} {route}"), operation)
    if not found.operations:
        raise DocumentError(f"{path}: no operation here: expected lines such as `GET /containers/json`")
    return found


@cache
def _corrections() -> dict[tuple[str, str], str]:
    """What a document of some version names wrongly, and what it means."""
    rows = tomllib.loads(Path(__file__).with_name("corrections.toml").read_text("utf-8"))["operation"]
    return {(row["version"], row["documented"]): row["is"] for row in rows}
