"""Faults of streams and of routes that take more than a line to build."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.http.frames import STDERR, STDOUT, Frame, multiplex
from conformance.http.messages import Request
from conformance.mutation.faults import json_edits
from conformance.mutation.proxy.body_filters import BodyFilter, FrameFilter, MessageFilter, PieceFilter
from conformance.mutation.proxy.http_edits import get_version, set_version, strip_version


def build_message_filter(do: str, where: dict[str, Any]) -> BodyFilter:
    """A filter that does one thing wrong to a stream of JSON messages, to those that match `where`."""
    first: list[bytes] = []
    waiting: dict[str, bytes] = {}

    def edit(message: bytes) -> list[bytes]:
        if not _matches(message, where):
            kept = waiting.pop(_get_subject(message), b"")
            return [message, kept] if kept else [message]
        seen = bool(first)
        first[:] = first or [message]
        match do:
            case "lose":
                return []
            case "double":
                return [message, message]
            case "freeze":
                return list(first)
            case "first":
                return [] if seen else [message]
            case "glue":
                return [message.strip()[:-1] + b","]
            case _:  # reorder: hold it back until the next one about the same object has passed
                kept = waiting.pop(_get_subject(message), b"")
                if kept:
                    return [message, kept]
                waiting[_get_subject(message)] = message
                return []

    return MessageFilter(edit, lambda: list(waiting.values()), holds=do == "reorder")


def _matches(message: bytes, where: dict[str, Any]) -> bool:
    if not where:
        return True
    try:
        return json_edits.matches(json.loads(message), where)
    except ValueError:
        return False


def _get_subject(message: bytes) -> str:
    """The id of the object that a message is about: only events of one object have an order."""
    try:
        document = json.loads(message)
    except ValueError:
        return ""
    return str(document.get("id", "")) if isinstance(document, dict) else ""


def build_frame_filter(do: str) -> BodyFilter:
    """A filter that does one thing wrong to a stream of frames."""
    if do == "frame":
        return PieceFilter(lambda data: multiplex([Frame(STDOUT, data)]) if data else data)
    waiting: list[bytes] = []

    def swap(frame: Frame) -> bytes:
        if waiting:
            return multiplex([frame]) + waiting.pop()
        waiting.append(multiplex([frame]))
        return b""

    edits: dict[str, Callable[[Frame], bytes]] = {
        "mislabel": lambda frame: multiplex([_relabel(frame)]),
        "merge": lambda frame: multiplex([frame._replace(stream=STDOUT)]),
        "truncate": lambda frame: multiplex([frame._replace(payload=frame.payload[:-1])]),
        "reorder": swap,
        "unframe": lambda frame: frame.payload,
        "padding": lambda frame: (
            struct.pack(">B3xI", frame.stream, len(frame.payload)).replace(b"\0\0\0", b"\1\1\1", 1)
            + frame.payload
        ),
        "little-endian": lambda frame: struct.pack("<B3xI", frame.stream, len(frame.payload)) + frame.payload,
        "lose-stdout": lambda frame: multiplex([frame]) if frame.stream != STDOUT else b"",
        "lose-stderr": lambda frame: multiplex([frame]) if frame.stream != STDERR else b"",
    }
    edit = edits[do]
    return FrameFilter(
        lambda frames: b"".join(map(edit, frames)), lambda: b"".join(waiting), holds=do == "reorder"
    )


def _relabel(frame: Frame) -> Frame:
    """The frame with the label of the other output."""
    return frame._replace(stream={STDOUT: STDERR, STDERR: STDOUT}.get(frame.stream, frame.stream))


_HOLE = re.compile(r"\((id|name)\)")


def build_reroute(to: str, method: str | None) -> Callable[[Request], Request]:
    """An edit that asks the route `to` with the id or name of the request's own path, and with its query."""

    def edit(request: Request) -> Request:
        version = get_version(request.target)
        path, mark, query = strip_version(request.target).partition("?")
        # /containers/NAME/stop, /images/NAME/json, /volumes/NAME: the second segment up to the last
        found = re.fullmatch(r"/[^/]+/(.+?)(/[a-z]+)?", path)
        if found is None and _HOLE.search(to):
            return request
        target = _HOLE.sub(lambda _: found[1] if found else "", to)
        if "?" not in to:
            target += mark + query
        return replace(request, method=method or request.method, target=set_version(target, version))

    return edit
