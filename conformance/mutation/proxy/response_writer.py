"""How a broken answer is written: status and headers as the fault wants them, the body in the framing that fits."""

from __future__ import annotations

from conformance.http.messages import Request, Response
from conformance.mutation.faults.edits import drop_header, set_header
from conformance.mutation.faults.fault import Fault
from conformance.mutation.proxy import codec
from conformance.mutation.proxy.body_filters import Body


class BrokenAnswer:
    """Turns an answer that comes in pieces into the bytes for the client. `broke` says whether anything was changed."""

    def __init__(self, fault: Fault, request: Request, head: Response) -> None:
        self._fault = fault
        self._edited = fault.head(request, head) if fault.head is not None else head
        self._body: Body | None = fault.body(request, head) if fault.body is not None else None
        self.is_raw = head.status == 101
        self._head_changed = self._edited != head
        self._without = request.method == "HEAD" or self._edited.status in codec.BODILESS
        self._was_without = request.method != "HEAD" and head.status in codec.BODILESS
        self._chunked = codec.is_chunked(head.headers)
        self._length = not self._chunked and not self.is_raw and head.header("Content-Length") is not None
        self._kept = bytearray()
        self._ended = False

    @property
    def broke(self) -> bool:
        """Whether anything is different from what the daemon sent."""
        changed = self._head_changed or (self._body is not None and self._body.changed)
        return changed or bool(self._fault.slices) or (self._fault.endless and self._ended)

    @property
    def is_plain(self) -> bool:
        """Whether the bytes can go through as they came."""
        fault = self._fault
        return not (self._head_changed or self._body or fault.endless or fault.slices)

    @property
    def cut(self) -> bool:
        """Whether the connection is to break now."""
        return self._fault.cuts_at is not None and self._body is not None and self._body.changed

    def head(self) -> bytes:
        """The status line and headers, or nothing yet where the length of the body has to be known first."""
        headers = self._edited.headers
        if self._edited.status in codec.BODILESS:
            headers = drop_header(drop_header(headers, "Content-Length"), "Transfer-Encoding")
        elif self._was_without:
            headers = set_header(headers, "Content-Length", "0")
        elif self._length and self._fault.endless:
            headers = set_header(drop_header(headers, "Content-Length"), "Transfer-Encoding", "chunked")
            self._chunked, self._length = True, False
        elif self._length and self._body is not None and self._fault.cuts_at is None and not self._without:
            return b""
        return self._head_bytes(headers)

    def _head_bytes(self, headers: tuple[tuple[str, str], ...]) -> bytes:
        return codec.head_bytes(self._edited.status, self._edited.reason, headers)

    def feed(self, data: bytes) -> list[bytes]:
        """The writes that a piece of the body leads to."""
        return self._framed(self._body.feed(data) if self._body is not None else data)

    def close(self) -> list[bytes]:
        """The writes at the body's end."""
        self._ended = True
        writes = self._framed(self._body.close()) if self._body is not None else []
        if self._without or self._was_without:
            return writes
        if self._fault.endless:
            return writes
        if self._keeps():
            whole = bytes(self._kept)
            return [
                self._head_bytes(set_header(self._edited.headers, "Content-Length", str(len(whole)))),
                *self._slices(whole),
            ]
        return [*writes, codec.LAST_CHUNK] if self._chunked else writes

    def _keeps(self) -> bool:
        return self._length and self._body is not None and self._fault.cuts_at is None

    def _framed(self, data: bytes) -> list[bytes]:
        if not data or self._without:
            return []
        if self._keeps():
            self._kept += data
            return []
        return [codec.chunk(piece) if self._chunked else piece for piece in self._slices(data)]

    def _slices(self, data: bytes) -> list[bytes]:
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
