"""Requests and responses as bytes, for exchanges that a fault changes; all others keep the bytes that they came with."""

from __future__ import annotations

import h11

from conformance.http.messages import Headers, Request, Response
from conformance.mutation.proxy.http_edits import drop_header, get_header, set_header

#: Statuses whose responses have no body (RFC 9110, sections 15.3.5 and 15.4.5).
BODILESS = (204, 304)


def read_headers(event: h11.Request | h11.Response | h11.InformationalResponse) -> Headers:
    """The headers in the case and order in which they came."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()
    )


def read_head(event: h11.Response | h11.InformationalResponse) -> Response:
    """Status and headers of a response."""
    return Response(event.status_code, bytes(event.reason).decode("latin-1"), read_headers(event))


def is_chunked(headers: Headers) -> bool:
    """Whether the body comes in chunks."""
    return "chunked" in (get_header(headers, "Transfer-Encoding") or "").lower()


def encode_request(request: Request) -> bytes:
    """A whole request, its body framed by Content-Length."""
    headers = drop_header(request.headers, "Transfer-Encoding")
    if request.body is not None:
        headers = set_header(headers, "Content-Length", str(len(request.body)))
    return _encode_lines(f"{request.method} {request.target} HTTP/1.1", headers) + (request.body or b"")


def encode_response(response: Response, method: str) -> bytes:
    """A whole response to a request with `method`, its body framed by Content-Length."""
    headers = response.headers
    if response.status not in BODILESS:
        headers = set_header(headers, "Content-Length", str(len(response.body)))
    body = b"" if method == "HEAD" or response.status in BODILESS else response.body
    return encode_head(response.status, response.reason, headers) + body


def encode_head(status: int, reason: str, headers: Headers) -> bytes:
    """A status line and headers."""
    return _encode_lines(f"HTTP/1.1 {status} {reason}", headers)


def encode_chunk(data: bytes, extension: str = "") -> bytes:
    """One chunk; nothing for no data, as an empty chunk ends the body."""
    return b"%x%b\r\n%b\r\n" % (len(data), extension.encode("latin-1"), data) if data else b""


def encode_last_chunk(trailers: Headers = ()) -> bytes:
    """The chunk that ends a body, with trailers."""
    return _encode_lines("0", trailers)


def _encode_lines(first: str, headers: Headers) -> bytes:
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in headers), "", ""]).encode("latin-1")
