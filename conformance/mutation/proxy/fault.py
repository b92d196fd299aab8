"""What a fault does to an exchange. A part that a fault does not name passes through byte for byte."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from conformance.http.messages import Headers, Request, Response
from conformance.mutation.proxy.body_filters import BodyFilter


class Framing(enum.Enum):
    """How a body is delimited (RFC 9112, section 6)."""

    LENGTH = "Content-Length"
    CHUNKED = "Transfer-Encoding: chunked"
    CLOSE = "the end of the connection"


@dataclass(frozen=True)
class Fault:
    """What is changed in an exchange.

    The request: ``request`` edits it whole; ``instead`` answers it without asking the daemon, or returns None to have the
    daemon asked; ``hangs_up`` closes the connection without an answer. The response: ``head`` edits status and headers;
    ``body`` makes the filter of its body;
    ``delay`` is in seconds before the response, None for ever; ``cuts_at`` closes the connection after so many bytes of the
    body; ``endless`` never ends the body.
    How the response is sent: ``slices`` are the sizes in bytes of the chunks of a body, ``writes`` those of the writes to the
    connection, with a ``pause`` in seconds behind each; ``gathers`` waits so many seconds for more of the body before it is sent
    on; ``framing`` chooses the framing of the body; ``chunk_extension`` stands behind the length of each chunk, ``trailers``
    behind the last one.
    After a hijack: ``inbound`` edits what the client writes; ``holds_stdin`` does not pass on the end of its input;
    ``lingers`` keeps the daemon's connection open when the client has closed its own.
    """

    request: Callable[[Request], Request] | None = None
    instead: Callable[[Request], Response | None] | None = None
    head: Callable[[Request, Response], Response] | None = None
    body: Callable[[Request, Response], BodyFilter | None] | None = None
    inbound: Callable[[bytes], bytes] | None = None
    holds_stdin: bool = False
    lingers: bool = False
    delay: float | None = 0.0
    hangs_up: bool = False
    cuts_at: int | None = None
    endless: bool = False
    slices: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()
    pause: float = 0.0
    gathers: float = 0.0
    framing: Callable[[Request, Response], Framing | None] | None = None
    chunk_extension: str = ""
    trailers: Headers = ()
