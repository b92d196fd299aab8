"""Faults of answers: for each word of the vocabulary a function that makes a Fault of what comes from the daemon."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from conformance.http.messages import Request, Response
from conformance.mutation.faults import edits, stream, tar_edit
from conformance.mutation.faults.edits import Edit
from conformance.mutation.faults.fault import Fault, word
from conformance.mutation.proxy.body_filters import Kept, Messages, Pieces, WebSocketFrames, Whole


def reason_of(code: int) -> str:
    """The usual reason phrase of a status."""
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "Otherwise"


@word("status")
def status(to: int) -> Fault:
    """Another status; the body stays."""
    return Fault(head=lambda _, answer: replace(answer, status=to, reason=reason_of(to)))


def members(edit: Edit, header: str | None = None) -> Fault:
    """Edit every message of the body, or the JSON inside a header."""
    if header is not None:
        return Fault(
            head=lambda _, answer: replace(answer, headers=edits.in_header(answer.headers, header, edit))
        )
    change = edits.json_bytes(edit)
    return Fault(body=lambda *_: Messages(lambda message: [change(message)]))


@word("drop")
def drop(member: str, header: str | None = None) -> Fault:
    """The member is missing."""
    return members(edits.drop(member), header)


@word("rename")
def rename(member: str, to: str, header: str | None = None) -> Fault:
    """The member has another name."""
    return members(edits.rename(member, to), header)


@word("move")
def move(member: str, to: str, header: str | None = None) -> Fault:
    """The member is in another place of the document."""
    return members(edits.move(member, to), header)


@word("null")
def null(member: str, header: str | None = None) -> Fault:
    """The member is null."""
    return members(edits.replace(member, lambda _: None), header)


@word("retype")
def retype(member: str, type: str, header: str | None = None) -> Fault:  # noqa: A002
    """The member has the same meaning in another type."""
    return members(edits.replace(member, edits.as_type(type)), header)


@word("alter")
def alter(member: str, value: Any = None, header: str | None = None) -> Fault:
    """The member has another value: the one given, or any other of its type."""
    return members(edits.replace(member, edits.another if value is None else lambda _: value), header)


@word("add")
def add(member: str, value: Any, header: str | None = None) -> Fault:
    """The member has this value, also where it is not there at all."""
    return members(edits.put(member, value), header)


@word("elements")
def elements(keep: str, member: str = "") -> Fault:
    """An array loses elements, or has them twice or in reverse."""
    edit = edits.elements(keep)
    return members(edits.replace(member, edit) if member else edit)


@word("replace")
def replaced(text: str, by: str) -> Fault:
    """The body has other bytes in place of some."""
    return Fault(body=lambda *_: Pieces(lambda data: data.replace(text.encode(), by.encode())))


@word("cut")
def cut(keep: float) -> Fault:
    """Only the first part of the body comes, as if it were all."""
    return Fault(body=lambda *_: Whole(lambda data: data[: int(len(data) * keep)]))


@word("break-off")
def break_off(after: int) -> Fault:
    """The connection breaks within the body."""
    return Fault(body=lambda *_: Kept(after), cuts_at=after)


@word("endless")
def endless() -> Fault:
    """The body does not end."""
    return Fault(endless=True)


@word("header")
def header(name: str, value: str) -> Fault:
    """A header has another value."""
    return Fault(
        head=lambda _, answer: replace(answer, headers=edits.set_header(answer.headers, name, value))
    )


@word("drop-header")
def drop_header(name: str) -> Fault:
    """A header is missing."""
    return Fault(head=lambda _, answer: replace(answer, headers=edits.drop_header(answer.headers, name)))


@word("upgrade")
def upgrade() -> Fault:
    """The answer is 101 with the headers of an upgrade, asked for or not."""

    def head(_: Request, answer: Response) -> Response:
        headers = edits.set_header(
            edits.set_header(answer.headers, "Connection", "Upgrade"), "Upgrade", "tcp"
        )
        return replace(answer, status=101, reason=reason_of(101), headers=headers)

    return Fault(head=head)


@word("stale")
def stale() -> Fault:
    """The body is what was sent when the same was asked for the first time."""
    kept: dict[str, bytes] = {}
    return Fault(body=lambda request, _: Whole(lambda data: kept.setdefault(request.target, data)))


@word("messages")
def messages(do: str, where: dict[str, Any] | None = None) -> Fault:
    """JSON messages are lost, doubled, swapped with the next, frozen at the first, ended after the first, or glued."""
    return Fault(body=lambda *_: stream.messages(do, where or {}))


@word("frames")
def frames(do: str) -> Fault:
    """Frames of output are mislabelled, merged, cut, swapped with the next, or are no frames."""
    return Fault(body=lambda *_: stream.frames(do))


@word("websocket")
def websocket(do: str) -> Fault:
    """WebSocket messages are of the other type, are lost, or come without their frames."""
    return Fault(body=lambda *_: WebSocketFrames(do))


@word("archive")
def archive(do: str, value: str | int | None = None) -> Fault:
    """The tar archive in the answer is another."""
    return Fault(body=lambda *_: Whole(lambda data: tar_edit.broken(data, do, value)))


@word("delay")
def delay(seconds: float) -> Fault:
    """The answer comes late."""
    return Fault(delay=float(seconds))


@word("silence")
def silence() -> Fault:
    """No answer ever comes, though the daemon does its work."""
    return Fault(delay=None)


@word("hang-up")
def hang_up() -> Fault:
    """The connection is closed without an answer, and the daemon never hears of the request."""
    return Fault(hangs_up=True)
