"""What a fault is, and the register of the words that make one. No sockets, no files.

A Fault says what happens to a request before the daemon sees it, and to the answer before the client does. What it
does not name passes through byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.http.messages import Request, Response
from conformance.mutation.proxy.body_filters import Body


@dataclass(frozen=True)
class Fault:
    """What is broken.

    ``request`` edits a whole request, ``instead`` answers it without the daemon, ``head`` edits status and headers of an
    answer, ``body`` makes what its body flows through. ``inbound`` edits what the client writes after a hijack;
    ``holds_stdin`` keeps its end from the daemon, ``lingers`` keeps the daemon's connection when the client has gone.
    ``delay`` is in seconds before the answer, None for ever; ``hangs_up`` closes instead of answering, ``cuts_at`` after
    so many bytes of the answer's body, ``endless`` never ends the body. ``slices`` are the sizes, in bytes, in which the body is handed on.
    """

    request: Callable[[Request], Request] | None = None
    instead: Callable[[Request], Response] | None = None
    head: Callable[[Request, Response], Response] | None = None
    body: Callable[[Request, Response], Body | None] | None = None
    inbound: Callable[[bytes], bytes] | None = None
    holds_stdin: bool = False
    lingers: bool = False
    delay: float | None = 0.0
    hangs_up: bool = False
    cuts_at: int | None = None
    endless: bool = False
    slices: tuple[int, ...] = ()


Maker = Callable[..., Fault]
MAKERS: dict[str, Maker] = {}


def word(name: str) -> Callable[[Maker], Maker]:
    """Register what makes the faults of a word of the vocabulary."""

    def register(maker: Maker) -> Maker:
        MAKERS[name] = maker
        return maker

    return register
