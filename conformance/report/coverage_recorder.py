"""Takes note of what the checks of a run ask of each operation and of what comes; see ``coverage_record``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from conformance.catalogue.answers import answers
from conformance.catalogue.operations import Operation, operations
from conformance.http import json_stream
from conformance.http.errors import Malformed
from conformance.http.messages import Exchange, Request, Response
from conformance.model.versions import ApiVersion
from conformance.report.coverage_record import CoverageRecord, OperationRecord, parse_versions, write_versions

_VERSION = re.compile(r"/v(\d+\.\d+)/")
#: Bodies that are larger, and what is named at greater length or in greater number, are not looked into.
_LARGEST_BODY = 4_000_000
_LONGEST_NAME = 200
_MOST_UNDOCUMENTED = 300


class CoverageRecorder:
    """Takes note of exchanges; `redact` takes secrets out of names that the daemon chose."""

    def __init__(self, redact: Callable[[str], str] = str) -> None:
        self._redact = redact
        self._seen: dict[str, dict[str, dict[str, set[ApiVersion]]]] = {}
        self._known: set[int] = set()

    def note(self, exchange: Exchange) -> None:
        """Take note of an exchange of a check, once; one without a version in its path belongs to no document."""
        request, response = exchange.request, exchange.response
        match = _VERSION.match(request.target)
        if response is None or match is None or exchange.role != "check":
            return
        key = hash((request.method, request.target, request.body, response.status, response.body))
        operation = operations().match(request.method, request.target)
        if operation is None or key in self._known:
            return
        self._known.add(key)
        version = ApiVersion.parse(match[1])
        self._add(operation, version, "statuses", [str(response.status)])
        self._add(operation, version, "parameters", _parameters(operation, request))
        for document in _documents(request.body or b"", _type(request), complete=True):
            self._add(
                operation, version, "body", answers().seen(operation, "body", version, document).documented
            )
        self._add_members(operation, version, response)

    def _add_members(self, operation: Operation, version: ApiVersion, response: Response) -> None:
        place = str(response.status)
        for document in _documents(response.body, _type(response), complete=response.complete):
            seen = answers().seen(operation, place, version, document)
            self._add(operation, version, "members", (f"{place} {path}" for path in seen.documented))
            names = (self._redact(f"{place} {path}") for path in sorted(seen.undocumented))
            self._add(operation, version, "undocumented", names)

    def _add(self, operation: Operation, version: ApiVersion, kind: str, names: Iterable[str]) -> None:
        known = self._seen.setdefault(operation.name, {}).setdefault(kind, {})
        for name in names:
            if len(name) > _LONGEST_NAME or (kind == "undocumented" and len(known) >= _MOST_UNDOCUMENTED):
                continue
            known.setdefault(name, set()).add(version)

    def merge(self, record: CoverageRecord) -> None:
        """Take over what another recorder has noted. Raises ValueError for versions that are none."""
        for name, noted in record.items():
            for kind, place, versions in noted.places():
                known = self._seen.setdefault(name, {}).setdefault(kind, {})
                known.setdefault(place, set()).update(parse_versions(versions))

    def record(self) -> CoverageRecord:
        """What was noted, in a fixed order."""
        return {name: self._written(name) for name in sorted(self._seen)}

    def _written(self, name: str) -> OperationRecord:
        return OperationRecord(
            **{
                kind: {place: write_versions(places[place]) for place in sorted(places)}
                for kind, places in self._seen[name].items()
            }
        )


def _parameters(operation: Operation, request: Request) -> list[str]:
    """The parameters that a request has: all of its query, and the headers that a document names."""
    query = request.target.partition("?")[2]
    sent = {name.lower() for name, _ in request.headers}
    named = (line for line in operation.lines if line.startswith("header "))
    return [
        *(f"query {name}" for name, _ in parse_qsl(query, keep_blank_values=True)),
        *(line for line in named if line.removeprefix("header ").lower() in sent),
    ]


def _type(message: Request | Response) -> str:
    named = (value for name, value in message.headers if name.lower() == "content-type")
    return next(named, "").partition(";")[0]


def _documents(body: bytes, media_type: str, *, complete: bool) -> list[Any]:
    """The JSON documents of a body, several of a stream; none if it is no JSON."""
    if not body or len(body) > _LARGEST_BODY or "json" not in media_type:
        return []
    try:
        return [msgspec.json.decode(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        texts = json_stream.split(body, complete=complete)
        return [msgspec.json.decode(text) for text in texts]
    except (Malformed, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
