"""Reads OpenAPI documents: 2.0 (Swagger) as the API's own from v1.25 on, and 3.x."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from documents.facts import Answer, Document, DocumentError, Operation, Schema

_METHODS = ("get", "head", "post", "put", "delete")
_SCALARS = ("string", "integer", "number", "boolean")
#: Spellings of one format.
_FORMATS = {"dateTime": "date-time", "CIDR": "cidr", "int": ""}


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]  # the library has no types
    """Plain YAML without timestamps: a date in an example is text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read_openapi(path: Path) -> Document:
    """Read an OpenAPI document of version 2.0 or 3.x. Raises DocumentError for anything else, with file and place."""
    try:
        data = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506  # derived from the safe loader
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: cannot read the document: {error}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise DocumentError(f"{path}{line}: invalid YAML: {getattr(error, 'problem', error)}") from None
    return _Reader(path, data).document()


class _Reader:
    """One document. Differences between 2.0 and 3.x end here: both become the same facts."""

    def __init__(self, path: Path, data: Any) -> None:
        self._path = path
        self._data = data if isinstance(data, dict) else {}
        if self._data.get("swagger") == "2.0":
            self._newer = False
        elif str(self._data.get("openapi", "")).startswith("3."):
            self._newer = True
        else:
            raise DocumentError(
                f'{path}: not an OpenAPI document: expected `swagger: "2.0"` or `openapi: 3.x` at its top'
            )

    def document(self) -> Document:
        version = str(self._data.get("info", {}).get("version", ""))
        if not re.fullmatch(r"\d+\.\d+", version):
            raise DocumentError(f"{self._path}: info.version: expected MAJOR.MINOR, got {version!r}")
        found = Document(version)
        for path, methods in self._data.get("paths", {}).items():
            for method, operation in methods.items():
                if method in _METHODS:
                    place = f"{method.upper()} {path}"
                    found.operations[re.sub(r"\{.*?\}", "()", place)] = self._operation(
                        method, path, operation, methods.get("parameters", []), place
                    )
        return found

    def _operation(
        self, method: str, path: str, data: dict[str, Any], shared: list[dict[str, Any]], place: str
    ) -> Operation:
        operation = Operation(
            method.upper(), path.replace("{", "(").replace("}", ")"), id=str(data.get("operationId", ""))
        )
        for parameter in map(self._resolved, [*shared, *data.get("parameters", [])]):
            self._parameter(operation, parameter, place)
        if self._newer:
            content = self._resolved(data.get("requestBody", {})).get("content", {})
            operation.body, operation.consumes = self._content(content, f"{place} body")
        else:
            operation.consumes = tuple(data.get("consumes") or ()) if operation.body else ()
            operation.produces = tuple(data.get("produces") or self._data.get("produces") or ())
        for status, response in data.get("responses", {}).items():
            self._answer(operation, str(status), self._resolved(response), f"{place} {status}")
        return operation

    def _parameter(self, operation: Operation, parameter: dict[str, Any], place: str) -> None:
        name, kind = str(parameter.get("name")), parameter.get("in")
        if kind == "body":
            operation.body = self._schema(parameter.get("schema", {}), f"{place} body")
            operation.body.required = bool(parameter.get("required"))
        elif kind in ("query", "header"):
            schema = self._schema(parameter.get("schema", parameter), f"{place} {kind} {name}")
            schema.required = parameter.get("required") is True
            operation.parameters[f"{kind} {name}"] = schema

    def _answer(self, operation: Operation, status: str, response: dict[str, Any], place: str) -> None:
        answer = Answer()
        if self._newer:
            answer.body, types = self._content(response.get("content", {}), place)
            operation.produces = tuple(dict.fromkeys((*operation.produces, *types)))
        elif "schema" in response:
            answer.body = self._schema(response["schema"], place)
        for name, header in (response.get("headers") or {}).items():
            header = self._resolved(header)
            answer.headers[str(name)] = self._schema(header.get("schema", header), f"{place} header {name}")
        operation.answers[status] = answer

    def _content(self, content: dict[str, Any], place: str) -> tuple[Schema | None, tuple[str, ...]]:
        """The body of OpenAPI 3: the schema of its first media type, and all media types."""
        first: dict[str, Any] = next(iter(content.values()), {})
        schema = self._schema(first["schema"], place) if "schema" in first else None
        return schema, tuple(content)

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        return self._target(node["$ref"]) if "$ref" in node else node

    def _target(self, reference: str) -> Any:
        node: Any = self._data
        for part in reference.removeprefix("#/").split("/"):
            node = node.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(node, Mapping) else None
        if not reference.startswith("#/") or not isinstance(node, dict):
            raise DocumentError(f"{self._path}: $ref {reference!r} leads nowhere in this document")
        return node

    def _schema(self, node: Any, place: str, within: tuple[str, ...] = ()) -> Schema:
        """The facts of a schema; `within` are the references that were followed to it."""
        if not isinstance(node, dict):
            raise DocumentError(f"{self._path}: {place}: expected a schema, got {type(node).__name__}")
        references: list[str] = []
        merged: dict[str, Any] = {}
        for part in self._parts(node, within):
            if "$ref" in part:
                references.append(part["$ref"])
            for key, value in part.items():
                if key == "properties":
                    merged[key] = {**merged.get(key, {}), **value}
                elif key == "required" and isinstance(value, list):
                    merged[key] = [*merged.get(key, []), *value]
                else:
                    merged.setdefault(key, value)
        return self._fields(merged, _name(node), place, (*within, *references))

    def _parts(self, node: dict[str, Any], within: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        """The schema itself, what it refers to and what its ``allOf`` lists, outermost first."""
        yield node
        if "$ref" in node:
            if node["$ref"] in within:
                raise DocumentError(
                    f"{self._path}: {node['$ref']} contains itself; flattening it would not end"
                )
            yield from self._parts(self._target(node["$ref"]), (*within, node["$ref"]))
        for part in node.get("allOf", []):
            yield from self._parts(part, within)

    def _fields(self, node: dict[str, Any], name: str, place: str, within: tuple[str, ...]) -> Schema:
        types = node.get("type", ())
        types = tuple(types) if isinstance(types, list) else (types,) if types else ()
        nullable = bool(node.get("x-nullable") or node.get("nullable") or "null" in types)
        types = tuple(kind for kind in types if kind != "null")
        if not types:
            types = self._implied(node)
        schema = Schema(types, name, nullable=nullable)
        schema.format = _FORMATS.get(node.get("format", ""), node.get("format", ""))
        if "object" not in types and "array" not in types:
            schema.default = None if node.get("default") is None else _word(node["default"])
            schema.enum = tuple(sorted(_word(value) for value in node.get("enum", ()) if value is not None))
        if isinstance(node.get("items"), dict) and "array" in types:
            schema.items = self._schema(node["items"], f"{place}[]", within)
        if isinstance(node.get("additionalProperties"), dict):
            schema.values = self._schema(node["additionalProperties"], f"{place}{{}}", within)
        elif node.get("properties"):
            required = node.get("required", [])
            schema.members = {}
            for member, value in node["properties"].items():
                inner = self._schema(value, f"{place}.{member}", within)
                inner.required = isinstance(required, list) and member in required
                schema.members[str(member)] = inner
        return schema

    def _implied(self, node: dict[str, Any]) -> tuple[str, ...]:
        """The type of a schema that does not name one."""
        if any(key in node for key in ("properties", "additionalProperties", "x-go-type")):
            return ("object",)
        if "items" in node:
            return ("array",)
        return ("string",) if "enum" in node else ()


def _name(node: dict[str, Any]) -> str:
    """The name of the definition that a schema is; "" for one in place and for what adds to a definition."""
    parts = node.get("allOf", [])
    if len(parts) == 1 and "properties" not in node:
        return _name(parts[0])
    return str(node.get("$ref", "")).rpartition("/")[2]


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
