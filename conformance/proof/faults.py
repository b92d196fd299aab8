"""The faults themselves: for each word of the vocabulary a function that makes a Fault. No sockets, no files.

A Fault says what happens to a request before the daemon sees it, and to the answer before the client does. What it
does not name passes through byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from conformance.catalogue import FAULTS, Mutant
from conformance.proof import edits, recipes
from conformance.proof.bodies import Body, Kept, Messages, Pieces, WebSocketFrames, Whole
from conformance.proof.edits import Edit
from conformance.wire import Request, Response

NO_ROUTE = "/no-such-route-4d1f0c"


@dataclass(frozen=True)
class Fault:
    """What is broken.

    ``request`` edits a whole request, ``instead`` answers it without the daemon, ``head`` edits status and headers of an
    answer, ``body`` makes what its body flows through. ``inbound`` edits what the client writes after a hijack;
    ``holds_stdin`` keeps its end from the daemon, ``lingers`` keeps the daemon's connection when the client has gone.
    ``delay`` is in seconds before the answer, None for ever; ``hangs_up`` closes instead of answering, ``cuts_at`` after
    so many bytes of the answer's body, ``endless`` never ends the body. ``slices`` are the sizes, in bytes, in which the body is handed on.
    """

    request: Callable[[Request], Request] | None = None
    instead: Callable[[Request], Response] | None = None
    head: Callable[[Request, Response], Response] | None = None
    body: Callable[[Request, Response], Body | None] | None = None
    inbound: Callable[[bytes], bytes] | None = None
    holds_stdin: bool = False
    lingers: bool = False
    delay: float | None = 0.0
    hangs_up: bool = False
    cuts_at: int | None = None
    endless: bool = False
    slices: tuple[int, ...] = ()


Maker = Callable[..., Fault]
_MAKERS: dict[str, Maker] = {}


def _fault(name: str) -> Callable[[Maker], Maker]:
    def register(maker: Maker) -> Maker:
        _MAKERS[name] = maker
        return maker

    return register


def build(mutant: Mutant) -> Fault:
    """The fault of a mutant that the catalogue has verified."""
    return _MAKERS[mutant.fault](**mutant.args)


def unmade() -> set[str]:
    """Words of the vocabulary that no function makes, and the reverse; empty unless somebody forgot one."""
    return set(FAULTS) ^ set(_MAKERS)


# the answer


@_fault("status")
def status(to: int) -> Fault:
    """Another status; the body stays."""
    return Fault(head=lambda _, answer: replace(answer, status=to, reason=reason_of(to)))


def reason_of(code: int) -> str:
    """The usual reason phrase of a status."""
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "Otherwise"


def members(edit: Edit, header: str | None = None) -> Fault:
    """Edit every message of the body, or the JSON inside a header."""
    if header is not None:
        return Fault(head=lambda _, answer: replace(answer, headers=edits.in_header(answer.headers, header, edit)))
    change = edits.json_bytes(edit)
    return Fault(body=lambda *_: Messages(lambda message: [change(message)]))


@_fault("drop")
def drop(member: str, header: str | None = None) -> Fault:
    """The member is missing."""
    return members(edits.drop(member), header)


@_fault("rename")
def rename(member: str, to: str, header: str | None = None) -> Fault:
    """The member has another name."""
    return members(edits.rename(member, to), header)


@_fault("move")
def move(member: str, to: str, header: str | None = None) -> Fault:
    """The member is in another place of the document."""
    return members(edits.move(member, to), header)


@_fault("null")
def null(member: str, header: str | None = None) -> Fault:
    """The member is null."""
    return members(edits.replace(member, lambda _: None), header)


@_fault("retype")
def retype(member: str, type: str, header: str | None = None) -> Fault:  # noqa: A002
    """The member has the same meaning in another type."""
    return members(edits.replace(member, edits.as_type(type)), header)


@_fault("alter")
def alter(member: str, value: Any = None, header: str | None = None) -> Fault:
    """The member has another value: the one given, or any other of its type."""
    return members(edits.replace(member, edits.another if value is None else lambda _: value), header)


@_fault("add")
def add(member: str, value: Any, header: str | None = None) -> Fault:
    """The member has this value, also where it is not there at all."""
    return members(edits.put(member, value), header)


@_fault("elements")
def elements(keep: str, member: str = "") -> Fault:
    """An array loses elements, or has them twice or in reverse."""
    edit = edits.elements(keep)
    return members(edits.replace(member, edit) if member else edit)


@_fault("replace")
def replaced(text: str, by: str) -> Fault:
    """The body has other bytes in place of some."""
    return Fault(body=lambda *_: Pieces(lambda data: data.replace(text.encode(), by.encode())))


@_fault("cut")
def cut(keep: float) -> Fault:
    """Only the first part of the body comes, as if it were all."""
    return Fault(body=lambda *_: Whole(lambda data: data[: int(len(data) * keep)]))


@_fault("break-off")
def break_off(after: int) -> Fault:
    """The connection breaks within the body."""
    return Fault(body=lambda *_: Kept(after), cuts_at=after)


@_fault("endless")
def endless() -> Fault:
    """The body does not end."""
    return Fault(endless=True)


@_fault("header")
def header(name: str, value: str) -> Fault:
    """A header has another value."""
    return Fault(head=lambda _, answer: replace(answer, headers=edits.set_header(answer.headers, name, value)))


@_fault("drop-header")
def drop_header(name: str) -> Fault:
    """A header is missing."""
    return Fault(head=lambda _, answer: replace(answer, headers=edits.drop_header(answer.headers, name)))


@_fault("upgrade")
def upgrade() -> Fault:
    """The answer is 101 with the headers of an upgrade, asked for or not."""

    def head(_: Request, answer: Response) -> Response:
        headers = edits.set_header(edits.set_header(answer.headers, "Connection", "Upgrade"), "Upgrade", "tcp")
        return replace(answer, status=101, reason=reason_of(101), headers=headers)

    return Fault(head=head)


@_fault("stale")
def stale() -> Fault:
    """The body is what was sent when the same was asked for the first time."""
    kept: dict[str, bytes] = {}
    return Fault(body=lambda request, _: Whole(lambda data: kept.setdefault(request.target, data)))


@_fault("messages")
def messages(do: str, where: dict[str, Any] | None = None) -> Fault:
    """JSON messages are lost, doubled, swapped with the next, frozen at the first, ended after the first, or glued."""
    return Fault(body=lambda *_: recipes.messages(do, where or {}))


@_fault("frames")
def frames(do: str) -> Fault:
    """Frames of output are mislabelled, merged, cut, swapped with the next, or are no frames."""
    return Fault(body=lambda *_: recipes.frames(do))


@_fault("websocket")
def websocket(do: str) -> Fault:
    """WebSocket messages are of the other type, are lost, or come without their frames."""
    return Fault(body=lambda *_: WebSocketFrames(do))


@_fault("archive")
def archive(do: str, value: str | int | None = None) -> Fault:
    """The tar archive in the answer is another."""
    return Fault(body=lambda *_: Whole(lambda data: edits.archive(data, do, value)))


@_fault("delay")
def delay(seconds: float) -> Fault:
    """The answer comes late."""
    return Fault(delay=float(seconds))


@_fault("silence")
def silence() -> Fault:
    """No answer ever comes, though the daemon does its work."""
    return Fault(delay=None)


@_fault("hang-up")
def hang_up() -> Fault:
    """The connection is closed without an answer, and the daemon never hears of the request."""
    return Fault(hangs_up=True)


# the request


@_fault("gone")
def gone() -> Fault:
    """The route is not there: the answer is the daemon's own to a route that cannot exist."""

    def elsewhere(request: Request) -> Request:
        version = edits.version_of(request.target)
        return replace(request, target=edits.with_version(NO_ROUTE, version))

    def restore(request: Request, _: Response) -> Body:
        asked = edits.with_version(request.path, "").encode()
        return Pieces(lambda data: data.replace(NO_ROUTE.encode(), asked))

    return Fault(request=elsewhere, body=restore)


@_fault("answer")
def answer(status: int, json: Any = None, text: str | None = None) -> Fault:
    """The answer is given without asking the daemon, which so does nothing."""
    return Fault(instead=lambda _: made(status, json, text))


def made(code: int, document: Any = None, text: str | None = None) -> Response:
    """An answer of our own making."""
    if document is not None:
        return Response(code, reason_of(code), (("Content-Type", "application/json"),), json.dumps(document).encode())
    if text is not None:
        return Response(code, reason_of(code), (("Content-Type", "text/plain; charset=utf-8"),), text.encode())
    return Response(code, reason_of(code), (), b"")


@_fault("swallow")
def swallow(member: str | None = None, query: str | None = None, header: str | None = None) -> Fault:
    """A part of the request never reaches the daemon."""
    if member is not None:
        return _request_members(edits.drop(member), header)
    if query is not None:
        return Fault(request=lambda request: replace(request, target=edits.set_query(request.target, query, None)))
    return Fault(request=lambda request: replace(request, headers=edits.drop_header(request.headers, header or "")))


@_fault("ask")
def ask(value: Any, member: str | None = None, query: str | None = None, header: str | None = None) -> Fault:
    """The daemon is asked something else than the client did."""
    if member is not None:
        return _request_members(edits.put(member, value), header)
    text = value if isinstance(value, str) else json.dumps(value)
    if query is not None:
        return Fault(request=lambda request: replace(request, target=edits.set_query(request.target, query, text)))
    return Fault(request=lambda request: replace(request, headers=edits.set_header(request.headers, header or "", text)))


def _request_members(edit: Edit, header: str | None) -> Fault:
    if header is not None:
        return Fault(request=lambda request: replace(request, headers=edits.in_header(request.headers, header, edit)))
    return _request_body(edits.json_bytes(edit))


def _request_body(edit: Callable[[bytes], bytes]) -> Fault:
    return Fault(request=lambda request: replace(request, body=edit(request.body) if request.body is not None else None))


@_fault("as-version")
def as_version(to: str) -> Fault:
    """The version in the path is ignored: the daemon answers as in `to`, or as in its newest ("newest")."""
    version = "" if to == "newest" else to
    return Fault(request=lambda request: replace(request, target=edits.with_version(request.target, version)))


@_fault("route")
def route(to: str, method: str | None = None) -> Fault:
    """The request does what another route does; ``(id)`` and ``(name)`` of `to` are those of the path that was asked."""
    return Fault(request=recipes.rerouted(to, method))


@_fault("upload")
def upload(do: str, value: str | int | None = None) -> Fault:
    """The tar archive in the request is applied in half, not at all, or as if it were another."""
    return _request_body(lambda data: edits.archive(data, do, value))


@_fault("reword")
def reword(text: str, by: str) -> Fault:
    """The request's body reaches the daemon with other bytes in place of some."""
    return _request_body(lambda data: data.replace(text.encode(), by.encode()))


@_fault("retarget")
def retarget(text: str, by: str) -> Fault:
    """The path and query reach the daemon with something else where the regular expression `text` matches."""
    return Fault(request=lambda request: replace(request, target=re.sub(text, by, request.target)))


@_fault("cut-request")
def cut_request(keep: float) -> Fault:
    """Only the first part of the request's body reaches the daemon."""
    return _request_body(lambda data: data[: int(len(data) * keep)])


@_fault("stdin")
def stdin(do: str) -> Fault:
    """What the client writes after a hijack is lost or doubled, or its end is not passed on."""
    if do == "hold-open":
        return Fault(holds_stdin=True)
    return Fault(inbound=(lambda _: b"") if do == "lose" else (lambda data: data + data))


@_fault("linger")
def linger() -> Fault:
    """The daemon never hears that the client has gone."""
    return Fault(lingers=True)


@_fault("stand-in")
def stand_in(what: str) -> Fault:
    """Nothing that a proxy could do; see ``conformance.proof.standins``."""
    del what
    return Fault()


def names() -> Iterator[str]:
    """All words, in the order of the vocabulary."""
    return iter(FAULTS)
