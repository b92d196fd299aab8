"""Reads the prose references of v1.14 to v1.24.

Their sections are alike enough: a line with the operation, lists of query parameters, request headers, JSON parameters and
status codes, and examples. A list names what there is; an example shows names and JSON types and promises nothing.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from documents.facts import Answer, Document, DocumentError, Operation, Schema, merge

#: The name of a member of the API.
_MEMBER = re.compile(r"[A-Z][A-Za-z0-9]+")
#: A line of its own with an operation, as each section begins; a few carry a version, a query or the protocol.
_OPERATION = re.compile(
    r"^ *`(GET|HEAD|POST|PUT|DELETE) (?:/v1\.\d+)?(/[^`?]*?)(?:\?([^`]*?))?(?: HTTP/1\.1)?`$", re.MULTILINE
)
#: What a list or an example is about: its label ends with a colon, mostly in bold.
_LABEL = re.compile(
    r"(?: *\**(query parameter|status code|request header|json parameter)s?\b\**:?\**"
    r"|\**(example request|example response)\b.*|\*\*.*\*\*:?) *",
    re.IGNORECASE,
)
_FENCE = re.compile(r" *```")
_ITEM = re.compile(r"^( *)[-+*] +\*\*(.+?)\*\*:?(.*)")
_BOOLEAN = re.compile(r"1/True/true|\bboolean\b", re.IGNORECASE)
_DEFAULT = re.compile(r"[Dd]efaults?(?: is| to)? `?(true|false|\d+)\b")
_STATUS = re.compile(r"HTTP/1\.1 (\d{3})")
#: Slips of the pen in examples, and what was meant.
_SLIPS = (
    (re.compile(r"\.{3,}|…"), ""),
    (re.compile(r'("\w+): "'), r'\1": "'),  # a name without its second quotation mark
    (re.compile(r'(:\d+")"'), r"\1"),  # an address with two
    (re.compile(r",(\s*)(?=[\]},]|$)"), r"\1"),  # a comma before the end
    (re.compile(r'(["\]}\w])(\s*\n\s*)(?=["{])'), r"\1,\2"),  # no comma between two lines
)


class _Block(NamedTuple):
    """A list or an example of a section: what its label says, and its lines."""

    kind: str
    lines: list[str]


def make_guide(schemas: list[Document]) -> dict[str, Operation]:
    """What the oldest and the newest document with schemas say of bodies, by operation; empty without documents.

    It tells which objects of examples are maps, and what their shapes are called.
    """
    guide: dict[str, Operation] = {}
    for document in (schemas[0], schemas[-1]) if schemas else ():
        for key, operation in document.operations.items():
            model = guide.setdefault(key, Operation(operation.method, operation.path))
            model.body = merge(model.body, operation.body) if operation.body else model.body
            for status, answer in operation.answers.items():
                known = model.answers.setdefault(status, Answer())
                known.body = merge(known.body, answer.body) if answer.body else known.body
    return guide


def read_prose(path: Path, guide: dict[str, Operation]) -> Document:
    """Read a reference in Markdown, named ``vMAJOR.MINOR.md``. Raises DocumentError when it holds no operation."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: cannot read the document: {error}") from None
    found = Document(path.stem.removeprefix("v"), prose=True)
    heads = list(_OPERATION.finditer(text))
    if not heads:
        raise DocumentError(f"{path}: no operation here: expected lines such as `GET /containers/json`")
    for head, end in zip(heads, [*(head.start() for head in heads[1:]), len(text)], strict=True):
        operation = _named(head, found.version)
        key = _key(f"{operation.method} {operation.path}")
        try:
            _Section(operation, guide.get(key), _blocks(text[head.end() : end])).read()
        except ValueError as error:
            line = text.count("\n", 0, head.start()) + 1
            raise DocumentError(f"{path}:{line}: an example of {key} cannot be read: {error}") from None
        for name, _ in parse_qsl(head[3] or "", keep_blank_values=True):
            operation.parameters.setdefault(f"query {name}", Schema(()))
        found.operations.setdefault(key, operation)
    for row in _corrections()["like"]:
        taught, model = (found.operations.get(_key(row[name])) for name in ("operation", "like"))
        if taught and model:
            taught.parameters = model.parameters | taught.parameters
            taught.answers = {status: Answer() for status in model.answers} | taught.answers
    return found


def _key(operation: str) -> str:
    return re.sub(r"\(.*?\)", "()", operation)


def _named(head: re.Match[str], version: str) -> Operation:
    name = f"{head[1]} {head[2].strip()}"
    rows = _corrections()["operation"]
    name = next((row["is"] for row in rows if (row["version"], row["documented"]) == (version, name)), name)
    method, _, path = name.partition(" ")
    return Operation(method, path.replace("(id or name)", "(id)").replace("(plugin name)", "(name)"))


@cache
def _corrections() -> dict[str, list[dict[str, str]]]:
    """What a document names wrongly or leaves to another section, with what it means and the reason."""
    return tomllib.loads(Path(__file__).with_name("corrections.toml").read_text("utf-8"))


def _blocks(text: str) -> Iterator[_Block]:
    """The labelled parts of a section, each up to the next label, heading or paragraph."""
    block = _Block("", [])
    fenced = False
    for line in text.splitlines():
        label = None if fenced else _LABEL.fullmatch(line)
        if _FENCE.match(line):
            fenced = not fenced
        elif fenced:
            block.lines.append(line)
        elif label or line.startswith("#"):
            yield block
            block = _Block((label[1] or label[2] or "").lower() if label else "", [])
        elif block.kind.startswith("example") and line and not line[0].isspace() and line[0] not in "{}[]":
            yield block
            block = _Block("", [])
        else:
            block.lines.append(line)
    yield block


class _Section:
    """Fills an operation from the blocks of its section."""

    def __init__(self, operation: Operation, model: Operation | None, blocks: Iterator[_Block]) -> None:
        self._operation = operation
        self._model = model
        self._blocks = list(blocks)
        self._named: Schema | None = None

    def read(self) -> None:
        for block in self._blocks:
            match block.kind:
                case "query parameter":
                    self._parameters("query", block)
                case "request header":
                    self._parameters("header", block)
                case "json parameter":
                    self._body(_members(block, self._model.body if self._model else None))
                case "status code":
                    for _, status, _ in _items(block):
                        if re.fullmatch(r"[1-5]\d\d", status):
                            self._operation.answers.setdefault(status, Answer())
                case "example request":
                    self._request(block)
                case "example response":
                    self._response(block)

    def _parameters(self, kind: str, block: _Block) -> None:
        for depth, name, text in _items(block):
            if depth == 0 and re.fullmatch(r"[\w-]+", name):
                boolean = _BOOLEAN.search(text)
                default = _DEFAULT.search(text)
                word = default[1] if default else None
                if boolean and word is not None:
                    word = {"0": "false", "1": "true"}.get(word, word)
                schema = Schema(("boolean",) if boolean else (), default=word)
                self._operation.parameters[f"{kind} {name}"] = schema

    def _body(self, schema: Schema) -> None:
        self._operation.body = merge(self._operation.body, schema)

    def _request(self, block: _Block) -> None:
        first, headers, body = _message(block)
        target = first.partition(" ")[2].partition(" HTTP/")[0].strip()
        for name, _ in parse_qsl(urlsplit(target).query, keep_blank_values=True):
            self._operation.parameters.setdefault(f"query {name}", Schema(()))
        values = _values(body)
        if values:
            model = self._model.body if self._model else None
            self._body(_seen(values, model))
            self._operation.consumes = (headers.get("content-type", "application/json").partition(";")[0],)

    def _response(self, block: _Block) -> None:
        first, headers, body = _message(block)
        status = _STATUS.match(first)
        if status is None:
            return
        answer = self._operation.answers.setdefault(status[1], Answer())
        model = self._model.answers.get(status[1]) if self._model else None
        values = _values(body)
        if values:
            answer.body = merge(answer.body, _seen(values, model.body if model else None))
        if "content-type" in headers and status[1].startswith("2"):
            kind = headers["content-type"].partition(";")[0]
            self._operation.produces = tuple(dict.fromkeys((*self._operation.produces, kind)))


def _items(block: _Block) -> Iterator[tuple[int, str, str]]:
    """The items of a list: depth, name in bold, and the rest of the text up to the next item."""
    indents: list[int] = []
    item: tuple[int, str, str] | None = None
    for line in block.lines:
        match = _ITEM.match(line)
        if match is None:
            if item is not None:
                item = (item[0], item[1], f"{item[2]} {line.strip()}")
            continue
        if item is not None:
            yield item
        indent = len(match[1])
        while indents and indents[-1] >= indent:
            indents.pop()
        item = (len(indents), match[2].strip(), match[3])
        indents.append(indent)
    if item is not None:
        yield item


def _members(block: _Block, model: Schema | None) -> Schema:
    """The members that a list of JSON parameters names; of their types only those that its words tell plainly."""
    root = Schema(("object",), model.name if model else "", members={})
    path = [root]
    items = [item for item in _items(block) if re.fullmatch(r"\w+", item[1])]
    if len(items) == 1 and items[0][1].lower().endswith("config"):
        return root  # it names the whole body
    for depth, name, text in items:
        path = path[: depth + 1]
        owner = path[-1]
        owner.types = ("object",)
        owner.members = owner.members or {}
        owner.members[name] = Schema(("boolean",) if _BOOLEAN.search(text) else ())
        path.append(owner.members[name])
    return root


def _message(block: _Block) -> tuple[str, dict[str, str], str]:
    """The first line, the headers and the body of an example."""
    lines = [line.strip() for line in block.lines]
    while lines and not lines[0]:
        lines.pop(0)
    first = lines.pop(0) if lines else ""
    headers: dict[str, str] = {}
    while lines and (match := re.fullmatch(r"([A-Za-z-]+): *(.*)", lines[0])):
        headers[match[1].lower()] = match[2]
        lines.pop(0)
    return first, headers, "\n".join(lines).strip()


def _values(body: str) -> list[Any]:
    """The JSON values of an example's body, one for a document and several for a stream; none of what is no JSON.

    Slips of the pen are repaired; raises ValueError for JSON that cannot be read all the same.
    """
    text = re.sub(r"{%.*?%}|\{\{.*?\}\}", "", body).strip()
    for pattern, repaired in _SLIPS:
        text = pattern.sub(repaired, text)
    values: list[Any] = []
    decoder = json.JSONDecoder(strict=False)
    while text.startswith(("{", "[", '"')):
        value, end = decoder.raw_decode(text)
        values.append(value)
        text = text[end:].lstrip(" \n,")
    return values


def _seen(values: list[Any], model: Schema | None) -> Schema:
    """The schema of what examples show.

    Objects that the model has as maps are maps, but for those whose keys are all names of members: the document of 1.25 has
    the pools of a network as maps of texts, though a pool has more than texts.
    """
    found = Schema((), model.name if model else "")
    for value in values:
        found = merge(found, _of(value, model))
    return found


def _has_members(value: dict[str, Any]) -> bool:
    return bool(value) and all(map(_MEMBER.fullmatch, value))


def _of(value: Any, model: Schema | None) -> Schema:
    name = model.name if model else ""
    match value:
        case None:
            return Schema((), nullable=True)
        case bool():
            return Schema(("boolean",))
        case int():
            return Schema(("integer",))
        case float():
            return Schema(("number",))
        case str():
            return Schema(("string",))
        case list():
            items = _seen(value, model.items if model else None) if value else None
            return Schema(("array",), items=items)
        case _ if model is not None and model.values is not None and not _has_members(value):
            return Schema(("object",), values=_seen(list(value.values()), model.values))
        case _ if any("/" in key or "." in key for key in value):
            return Schema(("object",), values=_seen(list(value.values()), None))
        case _:
            inside = (model.members if model else None) or {}
            members = {key: _of(member, inside.get(key)) for key, member in value.items()}
            return Schema(("object",), name, members=members or None)
