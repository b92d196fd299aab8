"""What a fault does to an exchange. A part that a fault does not name passes through byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.http.messages import Request, Response
from conformance.mutation.proxy.body_filters import BodyFilter


@dataclass(frozen=True)
class Fault:
    """What is changed in an exchange.

    The request: ``request`` edits it whole; ``instead`` answers it without asking the daemon; ``hangs_up`` closes the
    connection without an answer. The response: ``head`` edits status and headers; ``body`` makes the filter of its body;
    ``delay`` is in seconds before the response, None for ever; ``cuts_at`` closes the connection after so many bytes of the
    body; ``endless`` never ends the body; ``slices`` are the sizes in bytes of the pieces in which the body is sent.
    After a hijack: ``inbound`` edits what the client writes; ``holds_stdin`` does not pass on the end of its input;
    ``lingers`` keeps the daemon's connection open when the client has closed its own.
    """

    request: Callable[[Request], Request] | None = None
    instead: Callable[[Request], Response] | None = None
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
