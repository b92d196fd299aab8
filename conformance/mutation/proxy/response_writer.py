"""Writes a response that a fault changes: status and headers as the fault wants them, the body in the framing that fits."""

from __future__ import annotations

from conformance.http.messages import Headers, Request, Response
from conformance.mutation.proxy import codec
from conformance.mutation.proxy.body_filters import BodyFilter
from conformance.mutation.proxy.fault import Fault
from conformance.mutation.proxy.http_edits import drop_header, set_header


class ResponseWriter:
    """Turns the pieces of a daemon's response into the bytes for the client."""

    def __init__(self, fault: Fault, request: Request, head: Response) -> None:
        self._fault = fault
        self._edited = fault.head(request, head) if fault.head is not None else head
        self._filter: BodyFilter | None = fault.body(request, head) if fault.body is not None else None
        self._is_raw = head.status == 101
        self._head_changed = self._edited != head
        self._has_no_body = request.method == "HEAD" or self._edited.status in codec.BODILESS
        self._came_without_body = request.method != "HEAD" and head.status in codec.BODILESS
        self._is_chunked = codec.is_chunked(head.headers)
        self._has_length = (
            not self._is_chunked and not self._is_raw and head.header("Content-Length") is not None
        )
        self._held = bytearray()
        self._ended = False

    @property
    def changed(self) -> bool:
        """Whether anything differs from what the daemon sent."""
        changed = self._head_changed or (self._filter is not None and self._filter.changed)
        return changed or bool(self._fault.slices) or (self._fault.endless and self._ended)

    @property
    def is_plain(self) -> bool:
        """Whether the bytes can pass as they came."""
        fault = self._fault
        return not (self._head_changed or self._filter or fault.endless or fault.slices)

    @property
    def is_cut(self) -> bool:
        """Whether the connection must close now."""
        return self._fault.cuts_at is not None and self._filter is not None and self._filter.changed

    def write_head(self) -> bytes:
        """The status line and headers; nothing yet if the length of the body must be known first."""
        headers = self._edited.headers
        if self._edited.status in codec.BODILESS:
            headers = drop_header(drop_header(headers, "Content-Length"), "Transfer-Encoding")
        elif self._came_without_body:
            headers = set_header(headers, "Content-Length", "0")
        elif self._has_length and self._fault.endless:
            headers = set_header(drop_header(headers, "Content-Length"), "Transfer-Encoding", "chunked")
            self._is_chunked, self._has_length = True, False
        elif self._holds_body() and not self._has_no_body:
            return b""
        return self._encode_head(headers)

    def _encode_head(self, headers: Headers) -> bytes:
        return codec.encode_head(self._edited.status, self._edited.reason, headers)

    def feed(self, data: bytes) -> list[bytes]:
        """The writes that a piece of the body leads to."""
        return self._frame(self._filter.feed(data) if self._filter is not None else data)

    def close(self) -> list[bytes]:
        """The writes at the end of the body."""
        self._ended = True
        writes = self._frame(self._filter.close()) if self._filter is not None else []
        if self._has_no_body or self._came_without_body:
            return writes
        if self._fault.endless:
            return writes
        if self._holds_body():
            body = bytes(self._held)
            headers = set_header(self._edited.headers, "Content-Length", str(len(body)))
            return [self._encode_head(headers), *self._slice(body)]
        return [*writes, codec.LAST_CHUNK] if self._is_chunked else writes

    def _holds_body(self) -> bool:
        """Whether the body is held back to its end, as its new length must stand in the headers."""
        return self._has_length and self._filter is not None and self._fault.cuts_at is None

    def _frame(self, data: bytes) -> list[bytes]:
        if not data or self._has_no_body:
            return []
        if self._holds_body():
            self._held += data
            return []
        return [codec.encode_chunk(piece) if self._is_chunked else piece for piece in self._slice(data)]

    def _slice(self, data: bytes) -> list[bytes]:
        sizes = self._fault.slices
        if not sizes or len(data) > 1 << 16:
            return [data] if data else []
        pieces = []
        start = number = 0
        while start < len(data):
            size = sizes[number % len(sizes)]
            pieces.append(data[start : start + size])
            start, number = start + size, number + 1
        return pieces
