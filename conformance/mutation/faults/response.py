"""Faults of responses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from conformance.http.messages import Headers, Request, Response
from conformance.mutation.faults import archive, json_edits, stream
from conformance.mutation.faults.json_edits import Edit
from conformance.mutation.faults.vocabulary import fault
from conformance.mutation.proxy import http_edits
from conformance.mutation.proxy.body_filters import (
    LengthFilter,
    MessageFilter,
    PieceFilter,
    WebSocketFilter,
    WholeBodyFilter,
)
from conformance.mutation.proxy.fault import Fault


def get_reason(status: int) -> str:
    """The usual reason phrase of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Otherwise"


@fault("status")
def set_status(to: int) -> Fault:
    """Send another status with the same body."""
    return Fault(head=lambda _, response: replace(response, status=to, reason=get_reason(to)))


def edit_members(edit: Edit, header: str | None = None) -> Fault:
    """Edit every message of the body, or the JSON inside a header."""
    change = json_edits.apply_to_bytes(edit)
    if header is not None:
        return _edit_headers(lambda headers: http_edits.edit_base64_header(headers, header, change))
    return Fault(body=lambda *_: MessageFilter(lambda message: [change(message)]))


def _edit_headers(edit: Callable[[Headers], Headers]) -> Fault:
    return Fault(head=lambda _, response: replace(response, headers=edit(response.headers)))


@fault("drop")
def drop(member: str, header: str | None = None) -> Fault:
    """Leave the member out."""
    return edit_members(json_edits.drop(member), header)


@fault("rename")
def rename(member: str, to: str, header: str | None = None) -> Fault:
    """Give the member another name."""
    return edit_members(json_edits.rename(member, to), header)


@fault("move")
def move(member: str, to: str, header: str | None = None) -> Fault:
    """Put the member somewhere else in the document."""
    return edit_members(json_edits.move(member, to), header)


@fault("null")
def set_null(member: str, header: str | None = None) -> Fault:
    """Make the member null."""
    return edit_members(json_edits.replace(member, lambda _: None), header)


@fault("retype")
def retype(member: str, type: str, header: str | None = None) -> Fault:  # noqa: A002
    """Send the same value in another JSON type."""
    return edit_members(json_edits.replace(member, json_edits.convert_to(type)), header)


@fault("alter")
def alter(member: str, value: Any = None, header: str | None = None) -> Fault:
    """Send another value: `value`, or any other of the same type."""
    return edit_members(
        json_edits.replace(member, json_edits.alter if value is None else lambda _: value), header
    )


@fault("add")
def add(member: str, value: Any, header: str | None = None) -> Fault:
    """Set the member, also if it does not exist."""
    return edit_members(json_edits.put(member, value), header)


@fault("elements")
def select_elements(keep: str, member: str = "") -> Fault:
    """Lose, double or reverse the elements of an array."""
    edit = json_edits.select_elements(keep)
    return edit_members(json_edits.replace(member, edit) if member else edit)


@fault("replace")
def replace_text(text: str, by: str) -> Fault:
    """Replace bytes of the body."""
    return Fault(body=lambda *_: PieceFilter(lambda data: data.replace(text.encode(), by.encode())))


@fault("cut")
def cut(keep: float) -> Fault:
    """Send only the first part of the body, as if it were complete. `keep` is between 0 and 1."""
    return Fault(body=lambda *_: WholeBodyFilter(lambda data: data[: int(len(data) * keep)]))


@fault("break-off")
def break_off(after: int) -> Fault:
    """Close the connection after `after` bytes of the body."""
    return Fault(body=lambda *_: LengthFilter(after), cuts_at=after)


@fault("endless")
def never_end() -> Fault:
    """Never end the body."""
    return Fault(endless=True)


@fault("header")
def set_header(name: str, value: str) -> Fault:
    """Set a header."""
    return _edit_headers(lambda headers: http_edits.set_header(headers, name, value))


@fault("drop-header")
def drop_header(name: str) -> Fault:
    """Leave a header out."""
    return _edit_headers(lambda headers: http_edits.drop_header(headers, name))


@fault("upgrade")
def claim_upgrade() -> Fault:
    """Answer 101 with the headers of an upgrade, whether the client asked for one or not."""

    def head(_: Request, response: Response) -> Response:
        headers = http_edits.set_header(
            http_edits.set_header(response.headers, "Connection", "Upgrade"), "Upgrade", "tcp"
        )
        return replace(response, status=101, reason=get_reason(101), headers=headers)

    return Fault(head=head)


@fault("stale")
def repeat_first_body() -> Fault:
    """Send the body that the first such request got."""
    kept: dict[str, bytes] = {}
    return Fault(body=lambda request, _: WholeBodyFilter(lambda data: kept.setdefault(request.target, data)))


@fault("messages")
def edit_messages(do: str, where: dict[str, Any] | None = None) -> Fault:
    """Lose or double JSON messages, swap two, repeat the first, end after the first, or join two."""
    return Fault(body=lambda *_: stream.build_message_filter(do, where or {}))


@fault("frames")
def edit_frames(do: str) -> Fault:
    """Mislabel, merge, cut, swap or unwrap the frames of a multiplexed stream."""
    return Fault(body=lambda *_: stream.build_frame_filter(do))


@fault("websocket")
def edit_websocket(do: str) -> Fault:
    """Send WebSocket messages of another type or without frames, or lose them."""
    return Fault(body=lambda *_: WebSocketFilter(do))


@fault("archive")
def edit_archive(do: str, value: str | int | None = None) -> Fault:
    """Change the tar archive in the body."""
    return Fault(body=lambda *_: WholeBodyFilter(lambda data: archive.edit_archive(data, do, value)))


@fault("delay")
def delay(seconds: float) -> Fault:
    """Send the response late."""
    return Fault(delay=float(seconds))


@fault("silence")
def stay_silent() -> Fault:
    """Never send a response, though the daemon does what it was asked."""
    return Fault(delay=None)


@fault("hang-up")
def hang_up() -> Fault:
    """Close the connection without a response; the daemon does not get the request."""
    return Fault(hangs_up=True)
