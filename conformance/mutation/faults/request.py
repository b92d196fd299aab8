"""Faults of requests: what a client sends is not what the daemon is asked, or the daemon never hears of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.http.messages import Request, Response
from conformance.mutation.faults import edits, stream, tar_edit
from conformance.mutation.faults.edits import Edit
from conformance.mutation.faults.fault import Fault, word
from conformance.mutation.faults.response import reason_of
from conformance.mutation.proxy.body_filters import Body, Pieces

NO_ROUTE = "/no-such-route-4d1f0c"


@word("gone")
def gone() -> Fault:
    """The route is not there: the answer is the daemon's own to a route that cannot exist."""

    def elsewhere(request: Request) -> Request:
        version = edits.version_of(request.target)
        return replace(request, target=edits.with_version(NO_ROUTE, version))

    def restore(request: Request, _: Response) -> Body:
        asked = edits.with_version(request.path, "").encode()
        return Pieces(lambda data: data.replace(NO_ROUTE.encode(), asked))

    return Fault(request=elsewhere, body=restore)


@word("answer")
def answer(status: int, json: Any = None, text: str | None = None) -> Fault:
    """The answer is given without asking the daemon, which so does nothing."""
    return Fault(instead=lambda _: made(status, json, text))


@word("swallow")
def swallow(member: str | None = None, query: str | None = None, header: str | None = None) -> Fault:
    """A part of the request never reaches the daemon."""
    if member is not None:
        return _request_members(edits.drop(member), header)
    if query is not None:
        return Fault(
            request=lambda request: replace(request, target=edits.set_query(request.target, query, None))
        )
    return Fault(
        request=lambda request: replace(request, headers=edits.drop_header(request.headers, header or ""))
    )


@word("ask")
def ask(value: Any, member: str | None = None, query: str | None = None, header: str | None = None) -> Fault:
    """The daemon is asked something else than the client did."""
    if member is not None:
        return _request_members(edits.put(member, value), header)
    text = value if isinstance(value, str) else json.dumps(value)
    if query is not None:
        return Fault(
            request=lambda request: replace(request, target=edits.set_query(request.target, query, text))
        )
    return Fault(
        request=lambda request: replace(
            request, headers=edits.set_header(request.headers, header or "", text)
        )
    )


def _request_members(edit: Edit, header: str | None) -> Fault:
    if header is not None:
        return Fault(
            request=lambda request: replace(request, headers=edits.in_header(request.headers, header, edit))
        )
    return _request_body(edits.json_bytes(edit))


def _request_body(edit: Callable[[bytes], bytes]) -> Fault:
    return Fault(
        request=lambda request: replace(
            request, body=edit(request.body) if request.body is not None else None
        )
    )


@word("as-version")
def as_version(to: str) -> Fault:
    """The version in the path is ignored: the daemon answers as in `to`, or as in its newest ("newest")."""
    version = "" if to == "newest" else to
    return Fault(request=lambda request: replace(request, target=edits.with_version(request.target, version)))


@word("route")
def route(to: str, method: str | None = None) -> Fault:
    """The request does what another route does; ``(id)`` and ``(name)`` of `to` are those of the path that was asked."""
    return Fault(request=stream.rerouted(to, method))


@word("upload")
def upload(do: str, value: str | int | None = None) -> Fault:
    """The tar archive in the request is applied in half, not at all, or as if it were another."""
    return _request_body(lambda data: tar_edit.broken(data, do, value))


@word("reword")
def reword(text: str, by: str) -> Fault:
    """The request's body reaches the daemon with other bytes in place of some."""
    return _request_body(lambda data: data.replace(text.encode(), by.encode()))


@word("retarget")
def retarget(text: str, by: str) -> Fault:
    """The path and query reach the daemon with something else where the regular expression `text` matches."""
    return Fault(request=lambda request: replace(request, target=re.sub(text, by, request.target)))


@word("cut-request")
def cut_request(keep: float) -> Fault:
    """Only the first part of the request's body reaches the daemon."""
    return _request_body(lambda data: data[: int(len(data) * keep)])


@word("stdin")
def stdin(do: str) -> Fault:
    """What the client writes after a hijack is lost or doubled, or its end is not passed on."""
    if do == "hold-open":
        return Fault(holds_stdin=True)
    return Fault(inbound=(lambda _: b"") if do == "lose" else (lambda data: data + data))


@word("linger")
def linger() -> Fault:
    """The daemon never hears that the client has gone."""
    return Fault(lingers=True)


def made(code: int, document: Any = None, text: str | None = None) -> Response:
    """An answer of our own making."""
    if document is not None:
        return Response(
            code, reason_of(code), (("Content-Type", "application/json"),), json.dumps(document).encode()
        )
    if text is not None:
        return Response(
            code, reason_of(code), (("Content-Type", "text/plain; charset=utf-8"),), text.encode()
        )
    return Response(code, reason_of(code), (), b"")
