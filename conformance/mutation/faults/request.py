"""Faults of requests: the daemon gets another request than the client sent, or none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.http.messages import Headers, Request, Response
from conformance.mutation.faults import archive, json_edits, stream
from conformance.mutation.faults.json_edits import Edit
from conformance.mutation.faults.response import get_reason
from conformance.mutation.faults.vocabulary import fault
from conformance.mutation.proxy import http_edits
from conformance.mutation.proxy.body_filters import BodyFilter, PieceFilter
from conformance.mutation.proxy.fault import Fault

NO_ROUTE = "/no-such-route-4d1f0c"


@fault("gone")
def remove_route() -> Fault:
    """Answer as the daemon answers for a route that does not exist."""

    def ask_elsewhere(request: Request) -> Request:
        version = http_edits.get_version(request.target)
        return replace(request, target=http_edits.set_version(NO_ROUTE, version))

    def restore(request: Request, _: Response) -> BodyFilter:
        asked = http_edits.strip_version(request.path).encode()
        return PieceFilter(lambda data: data.replace(NO_ROUTE.encode(), asked))

    return Fault(request=ask_elsewhere, body=restore)


@fault("answer")
def answer(status: int, json: Any = None, text: str | None = None) -> Fault:
    """Answer without asking the daemon."""
    return Fault(instead=lambda _: build_response(status, json, text))


@fault("swallow")
def swallow(member: str | None = None, query: str | None = None, header: str | None = None) -> Fault:
    """Remove a part of the request."""
    if member is not None:
        return _edit_members(json_edits.drop(member), header)
    if query is not None:
        return _edit_target(lambda target: http_edits.set_query(target, query, None))
    return _edit_headers(lambda headers: http_edits.drop_header(headers, header or ""))


@fault("ask")
def ask(value: Any, member: str | None = None, query: str | None = None, header: str | None = None) -> Fault:
    """Set a part of the request."""
    if member is not None:
        return _edit_members(json_edits.put(member, value), header)
    text = value if isinstance(value, str) else json.dumps(value)
    if query is not None:
        return _edit_target(lambda target: http_edits.set_query(target, query, text))
    return _edit_headers(lambda headers: http_edits.set_header(headers, header or "", text))


def _edit_members(edit: Edit, header: str | None) -> Fault:
    change = json_edits.apply_to_bytes(edit)
    if header is not None:
        return _edit_headers(lambda headers: http_edits.edit_base64_header(headers, header, change))
    return _edit_body(change)


def _edit_target(edit: Callable[[str], str]) -> Fault:
    return Fault(request=lambda request: replace(request, target=edit(request.target)))


def _edit_headers(edit: Callable[[Headers], Headers]) -> Fault:
    return Fault(request=lambda request: replace(request, headers=edit(request.headers)))


def _edit_body(edit: Callable[[bytes], bytes]) -> Fault:
    return Fault(
        request=lambda request: replace(
            request, body=edit(request.body) if request.body is not None else None
        )
    )


@fault("as-version")
def ask_version(to: str) -> Fault:
    """Ignore the version in the path: the daemon answers as in version `to`, or as in its newest (``newest``)."""
    version = "" if to == "newest" else to
    return _edit_target(lambda target: http_edits.set_version(target, version))


@fault("route")
def reroute(to: str, method: str | None = None) -> Fault:
    """Do what another route does; ``(id)`` and ``(name)`` in `to` are those of the path in the request."""
    return Fault(request=stream.build_reroute(to, method))


@fault("upload")
def edit_upload(do: str, value: str | int | None = None) -> Fault:
    """Change the tar archive in the request."""
    return _edit_body(lambda data: archive.edit_archive(data, do, value))


@fault("reword")
def reword(text: str, by: str) -> Fault:
    """Replace bytes of the request's body."""
    return _edit_body(lambda data: data.replace(text.encode(), by.encode()))


@fault("retarget")
def retarget(text: str, by: str) -> Fault:
    """Replace what the regular expression `text` matches in path and query."""
    return _edit_target(lambda target: re.sub(text, by, target))


@fault("cut-request")
def cut_request(keep: float) -> Fault:
    """Pass on only the first part of the request's body. `keep` is between 0 and 1."""
    return _edit_body(lambda data: data[: int(len(data) * keep)])


@fault("stdin")
def edit_stdin(do: str) -> Fault:
    """Lose or double what the client writes after a hijack, or do not pass on its end."""
    if do == "hold-open":
        return Fault(holds_stdin=True)
    return Fault(inbound=(lambda _: b"") if do == "lose" else (lambda data: data + data))


@fault("linger")
def linger() -> Fault:
    """Keep the connection to the daemon open when the client closes its own."""
    return Fault(lingers=True)


def build_response(code: int, document: Any = None, text: str | None = None) -> Response:
    """A response with a JSON document, a text or no body."""
    if document is not None:
        return Response(
            code, get_reason(code), (("Content-Type", "application/json"),), json.dumps(document).encode()
        )
    if text is not None:
        return Response(
            code, get_reason(code), (("Content-Type", "text/plain; charset=utf-8"),), text.encode()
        )
    return Response(code, get_reason(code), (), b"")
