"""Requests and responses as bytes, for the exchanges that are broken; all others keep the bytes they came with."""

from __future__ import annotations

import h11

from conformance.http.messages import Headers, Request, Response
from conformance.mutation.faults.edits import drop_header, get_header, set_header

BODILESS = (204, 304)


def headers_of(event: h11.Request | h11.Response | h11.InformationalResponse) -> Headers:
    """The headers as they came, in their case and order."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()
    )


def head_of(event: h11.Response | h11.InformationalResponse) -> Response:
    """An answer's status and headers."""
    return Response(event.status_code, bytes(event.reason).decode("latin-1"), headers_of(event))


def is_chunked(headers: Headers) -> bool:
    """Whether the body comes in chunks."""
    return "chunked" in (get_header(headers, "Transfer-Encoding") or "").lower()


def request_bytes(request: Request) -> bytes:
    """A whole request; its length is told by Content-Length."""
    headers = drop_header(request.headers, "Transfer-Encoding")
    if request.body is not None:
        headers = set_header(headers, "Content-Length", str(len(request.body)))
    return _lines(f"{request.method} {request.target} HTTP/1.1", headers) + (request.body or b"")


def response_bytes(response: Response, method: str) -> bytes:
    """A whole response."""
    headers = response.headers
    if response.status not in BODILESS:
        headers = set_header(headers, "Content-Length", str(len(response.body)))
    body = b"" if method == "HEAD" or response.status in BODILESS else response.body
    return head_bytes(response.status, response.reason, headers) + body


def head_bytes(status: int, reason: str, headers: Headers) -> bytes:
    """A status line and headers."""
    return _lines(f"HTTP/1.1 {status} {reason}", headers)


def chunk(data: bytes) -> bytes:
    """One chunk; nothing for no data, as an empty chunk is the end."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


LAST_CHUNK = b"0\r\n\r\n"


def _lines(first: str, headers: Headers) -> bytes:
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in headers), "", ""]).encode("latin-1")
