"""What a fault does to an exchange. A part that a fault does not name passes through byte for byte."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.http.messages import Headers, Request, Response
from conformance.mutation.proxy.body_filters import BodyFilter, FilterChain


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


def combine(faults: Sequence[Fault]) -> Fault:
    """One fault that changes responses as all of these do, each on top of the one before it.

    Only what negative controls use is combined: head, body and how a response is sent. The first fault that names a framing or
    sizes decides them.
    """

    def head(request: Request, response: Response) -> Response:
        for fault in faults:
            response = fault.head(request, response) if fault.head is not None else response
        return response

    def body(request: Request, response: Response) -> BodyFilter | None:
        built = (fault.body(request, response) for fault in faults if fault.body is not None)
        filters = [each for each in built if each is not None]
        return FilterChain(filters) if filters else None

    def framing(request: Request, response: Response) -> Framing | None:
        chosen = (fault.framing(request, response) for fault in faults if fault.framing is not None)
        return next((each for each in chosen if each is not None), None)

    return Fault(
        head=head,
        body=body,
        framing=framing,
        delay=sum(fault.delay or 0.0 for fault in faults),
        slices=next((fault.slices for fault in faults if fault.slices), ()),
        writes=next((fault.writes for fault in faults if fault.writes), ()),
        pause=max((fault.pause for fault in faults), default=0.0),
        gathers=max((fault.gathers for fault in faults), default=0.0),
        chunk_extension="".join(fault.chunk_extension for fault in faults),
        trailers=tuple(trailer for fault in faults for trailer in fault.trailers),
    )
