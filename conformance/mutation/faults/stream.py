"""Faults of streams and routes that take more than one line to make."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.http.frames import STDERR, STDOUT, Frame, multiplex
from conformance.http.messages import Request
from conformance.mutation.faults import edits
from conformance.mutation.proxy.body_filters import Body, Frames, Messages, Pieces


def messages(do: str, where: dict[str, Any]) -> Body:
    """A stream of JSON messages with one thing wrong; only messages that match `where` are touched."""
    first: list[bytes] = []
    waiting: dict[str, bytes] = {}

    def edit(message: bytes) -> list[bytes]:
        if not _matches(message, where):
            kept = waiting.pop(_subject(message), b"")
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
            case _:  # reorder: keep it back until the next one about the same object has passed
                kept = waiting.pop(_subject(message), b"")
                if kept:
                    return [message, kept]
                waiting[_subject(message)] = message
                return []

    return Messages(edit, lambda: list(waiting.values()), holds=do == "reorder")


def _matches(message: bytes, where: dict[str, Any]) -> bool:
    if not where:
        return True
    try:
        return edits.matches(json.loads(message), where)
    except ValueError:
        return False


def _subject(message: bytes) -> str:
    """What a message is about, where it says so: an object's events have an order, whatever comes of others in between."""
    try:
        document = json.loads(message)
    except ValueError:
        return ""
    return str(document.get("id", "")) if isinstance(document, dict) else ""


def frames(do: str) -> Body:
    """A stream of frames with one thing wrong."""
    if do == "frame":
        return Pieces(lambda data: multiplex([Frame(STDOUT, data)]) if data else data)
    waiting: list[bytes] = []

    def swap(frame: Frame) -> bytes:
        if waiting:
            return multiplex([frame]) + waiting.pop()
        waiting.append(multiplex([frame]))
        return b""

    makers: dict[str, Callable[[Frame], bytes]] = {
        "mislabel": lambda frame: multiplex([edits.swapped(frame)]),
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
    return Frames(makers[do], lambda: b"".join(waiting), holds=do == "reorder")


_HOLE = re.compile(r"\((id|name)\)")


def rerouted(to: str, method: str | None) -> Callable[[Request], Request]:
    """A request for another route: the id or name in the path asked goes into the hole of `to`; the query stays."""

    def edit(request: Request) -> Request:
        version = edits.version_of(request.target)
        path, mark, query = edits.with_version(request.target, "").partition("?")
        # /containers/NAME/stop, /images/NAME/json, /volumes/NAME: the second segment up to the last
        found = re.fullmatch(r"/[^/]+/(.+?)(/[a-z]+)?", path)
        if found is None and _HOLE.search(to):
            return request
        target = _HOLE.sub(lambda _: found[1] if found else "", to)
        if "?" not in to:
            target += mark + query
        return replace(request, method=method or request.method, target=edits.with_version(target, version))

    return edit
