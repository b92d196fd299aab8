"""Negative controls: differences that violate no document. A check that notices one is stricter than its document."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple

from conformance.engine.identity import Daemon
from conformance.http.frames import Frame, multiplex
from conformance.http.messages import Request, Response
from conformance.mutation.faults import json_edits
from conformance.mutation.newer_fields import add_newer_fields, load_newer_fields
from conformance.mutation.proxy.body_filters import BodyFilter, FrameFilter, MessageFilter, WebSocketFilter
from conformance.mutation.proxy.fault import Fault, Framing
from conformance.mutation.proxy.http_edits import strip_path
from conformance.mutation.proxy.rule import compile_path

UNKNOWN = "XConformanceUnknown"


class Control(NamedTuple):
    """A harmless difference: its description, and what builds the fault that makes it for a daemon.

    `everywhere`: the environment meets it as well, not only the checks.
    """

    description: str
    build: Callable[[Daemon], Fault]
    everywhere: bool = True


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
    """Other words; the versions that the message names stay, as clients read them there."""
    if isinstance(value, dict) and isinstance(value.get("message"), str):
        words = ["this daemon words its refusals otherwise", *_VERSION.findall(value["message"])]
        return {**value, "message": " ".join(words)}
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


def _escape_strings(text: bytes) -> list[bytes]:
    """Write every character of every string as an escape, which is the same JSON."""
    try:
        encoded = json.dumps(json.loads(text))
    except ValueError:
        return [text]
    return [_STRING.sub(lambda found: _escape(json.loads(found[0])), encoded).encode()]


def _escape(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    return '"' + "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)) + '"'


def _edit_frames(edit: Callable[[list[Frame]], bytes], gathers: float = 0.0) -> Callable[[Daemon], Fault]:
    def body(request: Request, response: Response) -> BodyFilter | None:
        path = strip_path(request.target)
        framed = response.status in (101, 200) and any(pattern.fullmatch(path) for pattern in _FRAMED)
        return FrameFilter(edit) if framed else None

    return lambda _: Fault(body=body, gathers=gathers)


def _split_frames(frames: list[Frame]) -> bytes:
    halves = []
    for frame in frames:
        middle = len(frame.payload) // 2
        if middle:
            halves.append(frame._replace(payload=frame.payload[:middle]))
        halves.append(frame._replace(payload=frame.payload[middle:]))
    return multiplex(halves)


def _join_frames(frames: list[Frame]) -> bytes:
    return multiplex(
        [
            Frame(stream, b"".join(frame.payload for frame in group))
            for stream, group in groupby(frames, key=lambda frame: frame.stream)
        ]
    )


def _cut_websocket(do: str) -> Callable[[Daemon], Fault]:
    def body(request: Request, response: Response) -> BodyFilter | None:
        is_websocket = response.status == 101 and _WEBSOCKET.fullmatch(strip_path(request.target))
        return WebSocketFilter(do) if is_websocket else None

    return lambda _: Fault(body=body)


def _frame_body(framing: Framing) -> Callable[[Daemon], Fault]:
    """Delimit bodies otherwise; a body gets a length only if it is JSON and does not go on."""
    fields = load_newer_fields()

    def choose(request: Request, response: Response) -> Framing | None:
        kind = (response.header("Content-Type") or "").partition(";")[0]
        is_finite = request.method == "GET" and not fields.is_changing(strip_path(request.target))
        return (
            framing if framing is not Framing.LENGTH or (is_finite and kind == "application/json") else None
        )

    return lambda _: Fault(framing=choose)


_VERSION = re.compile(r"\b\d+\.\d+\b")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
#: Where the output of processes comes in frames, unless it is that of a terminal.
_FRAMED = [
    compile_path(path) for path in ("/containers/(id)/attach", "/containers/(id)/logs", "/exec/(id)/start")
]
_WEBSOCKET = compile_path("/containers/(id)/attach/ws")
_SIZES = (1, 7, 64, 1024)
_MORE_HEADERS = (
    ("X-Conformance-Unknown", "added"),
    ("Cache-Control", "no-cache"),
    ("X-Request-Id", "4d1f0c"),
)

CONTROLS = {
    # JSON
    "unknown-members": Control("an unknown member in every JSON object", _edit_json(_add_unknown)),
    "later-members": Control(
        "members of later versions, from this daemon or the documents", add_newer_fields
    ),
    "other-order": Control("the members of every JSON object in another order", _edit_json(_reverse_members)),
    "other-spacing": Control("JSON with other white space between its tokens", _edit_messages(_indent)),
    "other-escapes": Control("JSON strings written in escapes", _edit_messages(_escape_strings)),
    "other-words": Control("other words in every refusal", _reword_refusals),
    # HTTP
    "more-headers": Control("headers that no document names", _edit_headers(_add_headers)),
    "lower-case-headers": Control("header names in lower case", _edit_headers(_lower_header_names)),
    "chunked-bodies": Control("bodies of known length in chunks", _frame_body(Framing.CHUNKED)),
    "bodies-with-length": Control("chunked JSON with a Content-Length", _frame_body(Framing.LENGTH)),
    "bodies-until-close": Control("bodies that end with the connection", _frame_body(Framing.CLOSE)),
    "other-chunks": Control("bodies in other chunks", lambda _: Fault(slices=_SIZES)),
    "chunk-extensions": Control(
        "chunks with extensions, and trailers behind the last",
        lambda _: Fault(chunk_extension=";conformance=1", trailers=(("X-Conformance-Trailer", "added"),)),
    ),
    "other-writes": Control("responses in other pieces", lambda _: Fault(writes=_SIZES, pause=0.001)),
    "slow": Control("every response 0.2 s late", lambda _: Fault(delay=0.2), everywhere=False),
    # output of processes
    "split-frames": Control("each frame of output as two frames", _edit_frames(_split_frames)),
    "joined-frames": Control(
        "frames of output joined to one frame", _edit_frames(_join_frames, gathers=0.05)
    ),
    "split-websocket-messages": Control("each WebSocket message as two messages", _cut_websocket("split")),
    "fragmented-websocket-messages": Control(
        "each WebSocket message in two frames", _cut_websocket("fragment")
    ),
}
