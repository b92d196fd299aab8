"""Negative controls: differences that violate no document. A check that notices one is stricter than its document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from conformance.catalogue.answers import answers
from conformance.catalogue.operations import operations
from conformance.catalogue.types import Type
from conformance.engine.identity import Daemon
from conformance.http.frames import Frame, multiplex
from conformance.http.messages import Request, Response
from conformance.model.versions import ApiVersion
from conformance.mutation import harmless_edits
from conformance.mutation.faults import json_edits
from conformance.mutation.newer_fields import add_newer_fields, load_newer_fields
from conformance.mutation.proxy.body_filters import BodyFilter, FrameFilter, MessageFilter, WebSocketFilter
from conformance.mutation.proxy.fault import Fault, Framing, combine
from conformance.mutation.proxy.http_edits import get_version, set_header, strip_path
from conformance.mutation.proxy.rule import compile_path


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


def _edit_documented(
    edit: Callable[[Any, Type, Callable[[str], Mapping[str, Type]]], Any],
) -> Callable[[Daemon], Fault]:
    """Edit JSON answers by their documented type; up to v1.24 no document tells it."""

    def body(daemon: Daemon, request: Request, response: Response) -> BodyFilter | None:
        operation, number = operations().match(request.method, request.target), get_version(request.target)
        kind = (response.header("Content-Type") or "").partition(";")[0]
        if operation is None or kind != "application/json":
            return None
        version = ApiVersion.parse(number) if number else daemon.newest
        wanted = answers().type_at(operation, str(response.status), version)
        if wanted is None or wanted.example:
            return None
        change = json_edits.apply_to_bytes(
            lambda document: edit(document, wanted, lambda shape: answers().members(shape, version))
        )
        return MessageFilter(lambda message: [change(message)])

    return lambda daemon: Fault(body=partial(body, daemon))


def _edit_rows(
    paths: str, edit: Callable[[Any], list[Any]], *, all_rows: bool = False
) -> Callable[[Daemon], Fault]:
    """Replace each JSON message of these endpoints by others; with `all_rows`, only where the query selects nothing."""
    wanted = [
        (method, compile_path(path)) for method, path in (line.split() for line in paths.splitlines() if line)
    ]
    change = harmless_edits.edit_messages(edit)

    def body(request: Request, response: Response) -> BodyFilter | None:
        kind = (response.header("Content-Type") or "").partition(";")[0]
        path = strip_path(request.target)
        fits = response.status < 300 and kind == "application/json"
        fits = fits and any(
            method == request.method and pattern.fullmatch(path) for method, pattern in wanted
        )
        if all_rows and _SELECTION.search(request.target):
            return None
        return MessageFilter(change) if fits else None

    return lambda _: Fault(body=body)


def _edit_headers(edit: Callable[[Response], Response]) -> Callable[[Daemon], Fault]:
    return lambda _: Fault(head=lambda _, response: edit(response))


def _reword_refusals(_: Daemon) -> Fault:
    change = json_edits.apply_to_bytes(harmless_edits.reword_message)

    def body(_: Request, response: Response) -> BodyFilter | None:
        return MessageFilter(lambda message: [change(message)]) if response.status >= 400 else None

    return Fault(body=body)


def _lower_header_names(response: Response) -> Response:
    return replace(response, headers=tuple((name.lower(), value) for name, value in response.headers))


def _add_headers(response: Response) -> Response:
    return (
        replace(response, headers=(*response.headers, *_MORE_HEADERS)) if response.status != 101 else response
    )


def _add_charset(response: Response) -> Response:
    kind = response.header("Content-Type")
    if kind not in ("application/json", "text/plain"):
        return response
    return replace(response, headers=set_header(response.headers, "Content-Type", f"{kind}; charset=utf-8"))


def _reword_status(response: Response) -> Response:
    return replace(response, reason="Answered") if response.status != 101 else response


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
        if framing is Framing.CHUNKED:
            # a body without a length may be a raw stream, which no client reads in chunks
            return framing if response.header("Content-Length") is not None else None
        kind = (response.header("Content-Type") or "").partition(";")[0]
        is_finite = request.method == "GET" and not fields.is_changing(strip_path(request.target))
        has_end = is_finite and kind == "application/json"
        return framing if framing is not Framing.LENGTH or has_end else None

    return lambda _: Fault(framing=choose)


#: Where the output of processes comes in frames, unless it is that of a terminal.
_FRAMED = [
    compile_path(path) for path in ("/containers/(id)/attach", "/containers/(id)/logs", "/exec/(id)/start")
]
#: Query parameters by which a client asks for some rows of a list or a stream only.
_SELECTION = re.compile(r"[?&](filters?|limit|since|before|until|size|digests)=")
_LISTS = """
GET /containers/json
GET /images/json
GET /volumes
GET /networks
GET /services
GET /tasks
GET /nodes
GET /secrets
GET /configs
GET /plugins
"""
#: Answers in which no document fixes the order of the rows that `harmless_edits.reverse_rows` turns around.
_ROWS = f"""{_LISTS}
GET /containers/(id)/json
GET /containers/(id)/changes
GET /containers/(id)/top
GET /images/(name)/json
GET /images/search
GET /networks/(id)
GET /system/df
"""
_PROGRESS = """
POST /build
POST /images/create
POST /images/(name)/push
POST /images/load
"""
_WEBSOCKET = compile_path("/containers/(id)/attach/ws")
_SIZES = (1, 7, 64, 1024)
_MORE_HEADERS = (
    ("X-Conformance-Unknown", "added"),
    ("Cache-Control", "no-cache"),
    ("X-Request-Id", "4d1f0c"),
)

CONTROLS = {
    # JSON
    "unknown-members": Control(
        "an unknown member in every JSON object", _edit_json(harmless_edits.add_unknown)
    ),
    "later-members": Control(
        "members of later versions, from this daemon or the documents", add_newer_fields
    ),
    "other-order": Control(
        "the members of every JSON object in another order", _edit_json(harmless_edits.reverse_members)
    ),
    "other-spacing": Control(
        "JSON with other white space between its tokens", _edit_messages(harmless_edits.indent)
    ),
    "other-escapes": Control(
        "JSON strings written in escapes", _edit_messages(harmless_edits.escape_strings)
    ),
    "other-words": Control("other words in every refusal", _reword_refusals),
    "other-times": Control("times with +00:00 instead of Z", _edit_json(harmless_edits.write_offset)),
    "empty-as-null": Control(
        "null instead of empty arrays and objects that may be null",
        _edit_documented(harmless_edits.replace_empty),
    ),
    "nulls-left-out": Control(
        "no members that are null and not required", _edit_documented(harmless_edits.drop_nulls)
    ),
    # content
    "other-order-of-rows": Control(
        "rows of lists in another order", _edit_rows(_ROWS, harmless_edits.reverse_rows)
    ),
    "other-objects": Control(
        "objects of other users in lists",
        _edit_rows(_LISTS, harmless_edits.add_objects, all_rows=True),
        everywhere=False,
    ),
    "other-events": Control(
        "events of other users' objects",
        _edit_rows("GET /events", harmless_edits.add_event, all_rows=True),
        everywhere=False,
    ),
    "more-progress": Control("more rows of progress", _edit_rows(_PROGRESS, harmless_edits.add_progress)),
    "other-progress": Control(
        "other words of progress", _edit_rows(_PROGRESS, harmless_edits.reword_progress)
    ),
    "more-warnings": Control(
        "a warning when a container is created",
        _edit_rows("POST /containers/create", harmless_edits.add_warning),
    ),
    # HTTP
    "charset": Control("a charset behind the content type", _edit_headers(_add_charset)),
    "other-reasons": Control("another reason phrase behind each status", _edit_headers(_reword_status)),
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

#: Controls that are applied together, so that a survey of a group takes the time of one control. Two that exclude each other,
#: such as two framings of one body, are in different groups.
GROUPS: list[list[str]] = [
    [
        "later-members",
        "unknown-members",
        "nulls-left-out",
        "empty-as-null",
        "other-order",
        "other-times",
        "other-words",
        "other-order-of-rows",
        "other-objects",
        "other-events",
        "other-progress",
        "more-progress",
        "more-warnings",
        "other-escapes",
        "more-headers",
        "lower-case-headers",
        "charset",
        "other-reasons",
        "chunked-bodies",
        "other-chunks",
        "chunk-extensions",
        "split-frames",
        "split-websocket-messages",
    ],
    [
        "other-spacing",
        "bodies-with-length",
        "bodies-until-close",
        "other-writes",
        "slow",
        "joined-frames",
        "fragmented-websocket-messages",
    ],
]


def select_everywhere(controls: Iterable[str]) -> list[str]:
    """Those of the controls that the environment meets as well."""
    return [name for name in controls if CONTROLS[name].everywhere]


def build_fault(controls: Iterable[str], daemon: Daemon) -> Fault:
    """The fault that makes the differences of all these controls for a daemon."""
    return combine([CONTROLS[name].build(daemon) for name in controls])
