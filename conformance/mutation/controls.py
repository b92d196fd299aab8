"""Negative controls: differences that violate no document. A check that notices one is stricter than its document."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from conformance.engine.identity import Daemon
from conformance.http.messages import Request, Response
from conformance.mutation.faults import json_edits
from conformance.mutation.newer_fields import add_newer_fields, load_newer_fields
from conformance.mutation.proxy.body_filters import BodyFilter, MessageFilter
from conformance.mutation.proxy.fault import Fault

UNKNOWN = "XConformanceUnknown"


class Control(NamedTuple):
    """A harmless difference: its description, and what builds the fault that makes it for a daemon."""

    description: str
    build: Callable[[Daemon], Fault]


def _edit_json(edit: json_edits.Edit) -> Callable[[Daemon], Fault]:
    change = json_edits.apply_to_bytes(edit)
    return _edit_messages(lambda message: [change(message)])


def _edit_messages(edit: Callable[[bytes], list[bytes]]) -> Callable[[Daemon], Fault]:
    def body(_: Request, response: Response) -> BodyFilter | None:
        kind = (response.header("Content-Type") or "").partition(";")[0]
        return MessageFilter(edit) if kind == "application/json" else None

    return lambda _: Fault(body=body)


def _edit_headers(edit: Callable[[Response], Response]) -> Callable[[Daemon], Fault]:
    return lambda _: Fault(head=lambda _, response: edit(response))


def _add_unknown(value: Any, name: str = "") -> Any:
    fields = load_newer_fields()
    if isinstance(value, list):
        return [_add_unknown(element, name) for element in value]
    if not isinstance(value, dict):
        return value
    if name in fields.maps:
        return {
            key: _add_unknown(member, key) if isinstance(member, dict) else member
            for key, member in value.items()
        }
    known = {key: _add_unknown(member, fields.get_map_name(name, key)) for key, member in value.items()}
    return {**known, UNKNOWN: {"added": True}}


def _reverse_members(value: Any) -> Any:
    if isinstance(value, list):
        return [_reverse_members(element) for element in value]
    if isinstance(value, dict):
        return {key: _reverse_members(value[key]) for key in reversed(list(value))}
    return value


def _reword_message(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("message"), str):
        return {**value, "message": "this daemon words its refusals otherwise"}
    return value


def _reword_refusals(_: Daemon) -> Fault:
    change = json_edits.apply_to_bytes(_reword_message)

    def body(_: Request, response: Response) -> BodyFilter | None:
        return MessageFilter(lambda message: [change(message)]) if response.status >= 400 else None

    return Fault(body=body)


def _lower_header_names(response: Response) -> Response:
    return replace(response, headers=tuple((name.lower(), value) for name, value in response.headers))


def _add_headers(response: Response) -> Response:
    return (
        replace(response, headers=(*response.headers, *_MORE_HEADERS)) if response.status != 101 else response
    )


def _indent(text: bytes) -> list[bytes]:
    try:
        return [json.dumps(json.loads(text), indent=1).encode() + b"\n"]
    except ValueError:
        return [text]


_MORE_HEADERS = (
    ("X-Conformance-Unknown", "added"),
    ("Cache-Control", "no-cache"),
    ("X-Request-Id", "4d1f0c"),
)

CONTROLS = {
    "unknown-members": Control("an unknown member in every JSON object", _edit_json(_add_unknown)),
    "later-members": Control(
        "members of later versions, from this daemon or the documents", add_newer_fields
    ),
    "other-order": Control("the members of every JSON object in another order", _edit_json(_reverse_members)),
    "other-spacing": Control("JSON with other white space between its tokens", _edit_messages(_indent)),
    "more-headers": Control("headers that no document names", _edit_headers(_add_headers)),
    "lower-case-headers": Control("header names in lower case", _edit_headers(_lower_header_names)),
    "other-chunks": Control("bodies in other pieces", lambda _: Fault(slices=(1, 7, 64, 1024))),
    "slow": Control("every response 0.2 s late", lambda _: Fault(delay=0.2)),
    "other-words": Control("other words in every refusal", _reword_refusals),
}
