"""Writes a response that a fault changes: status and headers as the fault wants them, the body in the framing that fits."""

from __future__ import annotations

from itertools import cycle

from conformance.http.messages import Headers, Request, Response
from conformance.mutation.proxy import codec
from conformance.mutation.proxy.body_filters import BodyFilter
from conformance.mutation.proxy.fault import Fault, Framing
from conformance.mutation.proxy.http_edits import drop_header, set_header

#: What is larger is not cut.
_MOST_CUT = 1 << 16


class ResponseWriter:
    """Turns the pieces of a daemon's response into the bytes for the client."""

    def __init__(self, fault: Fault, request: Request, head: Response) -> None:
        self._fault = fault
        self._edited = fault.head(request, head) if fault.head is not None else head
        self._filter: BodyFilter | None = fault.body(request, head) if fault.body is not None else None
        self._head_changed = self._edited != head
        self._has_no_body = request.method == "HEAD" or self._edited.status in codec.BODILESS
        self._came_without_body = request.method != "HEAD" and head.status in codec.BODILESS
        self._came_in = _find_framing(head)
        self._framing = self._choose_framing(request, head)
        self._held = bytearray()
        self._ended = False

    def _choose_framing(self, request: Request, head: Response) -> Framing | None:
        """The framing of the body; None for the raw stream behind a 101 and where no body comes."""
        if self._came_in is None or self._has_no_body or self._came_without_body:
            return self._came_in
        if self._fault.endless and self._came_in is Framing.LENGTH:
            return Framing.CHUNKED
        wanted = self._fault.framing(request, head) if self._fault.framing is not None else None
        return wanted or self._came_in

    @property
    def changed(self) -> bool:
        """Whether anything differs from what the daemon sent."""
        changed = self._head_changed or (self._filter is not None and self._filter.changed)
        return changed or self._reframes() or (self._fault.endless and self._ended)

    def _reframes(self) -> bool:
        """Whether the response is sent in another way, whatever its content."""
        fault = self._fault
        in_chunks = self._framing is Framing.CHUNKED and bool(fault.chunk_extension or fault.trailers)
        return (
            bool(fault.slices or fault.writes or fault.gathers)
            or in_chunks
            or self._framing is not self._came_in
        )

    @property
    def is_plain(self) -> bool:
        """Whether the bytes can pass as they came."""
        return not (self._head_changed or self._filter or self._fault.endless or self._reframes())

    @property
    def is_cut(self) -> bool:
        """Whether the connection must close now."""
        return self._fault.cuts_at is not None and self._filter is not None and self._filter.changed

    @property
    def closes(self) -> bool:
        """Whether the end of the connection ends the body."""
        return self._framing is Framing.CLOSE and not (self._has_no_body or self._came_without_body)

    def write_head(self) -> list[bytes]:
        """The writes of status line and headers; none yet if the length of the body must be known first."""
        headers = self._edited.headers
        if self._edited.status in codec.BODILESS:
            headers = drop_header(drop_header(headers, "Content-Length"), "Transfer-Encoding")
        elif self._came_without_body:
            headers = set_header(headers, "Content-Length", "0")
        elif self._holds_body():
            return []
        elif self._framing is not self._came_in:
            headers = drop_header(drop_header(headers, "Content-Length"), "Transfer-Encoding")
            if self._framing is Framing.CHUNKED:
                headers = set_header(headers, "Transfer-Encoding", "chunked")
            else:
                headers = set_header(headers, "Connection", "close")
        return self._cut([self._encode_head(headers)])

    def _encode_head(self, headers: Headers) -> bytes:
        return codec.encode_head(self._edited.status, self._edited.reason, headers)

    def feed(self, data: bytes) -> list[bytes]:
        """The writes that a piece of the body leads to."""
        return self._cut(self._frame(self._filter.feed(data) if self._filter is not None else data))

    def close(self) -> list[bytes]:
        """The writes at the end of the body."""
        self._ended = True
        pieces = self._frame(self._filter.close()) if self._filter is not None else []
        if self._has_no_body or self._came_without_body or self._fault.endless:
            return self._cut(pieces)
        if self._holds_body():
            body = bytes(self._held)
            headers = drop_header(self._edited.headers, "Transfer-Encoding")
            pieces = [self._encode_head(set_header(headers, "Content-Length", str(len(body)))), body]
        elif self._framing is Framing.CHUNKED:
            pieces.append(codec.encode_last_chunk(self._fault.trailers))
        return self._cut(pieces)

    def _holds_body(self) -> bool:
        """Whether the body is held back to its end, as its length must stand in the headers."""
        if self._framing is not Framing.LENGTH or self._has_no_body:
            return False
        edits = self._filter is not None and self._fault.cuts_at is None
        return edits or self._came_in is not Framing.LENGTH

    def _frame(self, data: bytes) -> list[bytes]:
        if not data or self._has_no_body:
            return []
        if self._holds_body():
            self._held += data
            return []
        if self._framing is not Framing.CHUNKED:
            return [data]
        return [
            codec.encode_chunk(piece, self._fault.chunk_extension)
            for piece in _slice(data, self._fault.slices)
        ]

    def _cut(self, pieces: list[bytes]) -> list[bytes]:
        """The writes in which the pieces go to the connection."""
        return [part for piece in pieces for part in _slice(piece, self._fault.writes)]


def _slice(data: bytes, sizes: tuple[int, ...]) -> list[bytes]:
    """The data cut into pieces of these sizes, over and over; whole without sizes."""
    if not sizes or len(data) > _MOST_CUT:
        return [data] if data else []
    pieces = []
    start = 0
    for size in cycle(sizes):
        if start >= len(data):
            break
        pieces.append(data[start : start + size])
        start += size
    return pieces


def _find_framing(head: Response) -> Framing | None:
    """The framing of the body behind a head; None for the raw stream behind a 101."""
    if head.status == 101:
        return None
    if codec.is_chunked(head.headers):
        return Framing.CHUNKED
    return Framing.LENGTH if head.header("Content-Length") is not None else Framing.CLOSE
