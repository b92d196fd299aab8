"""Requests and responses as they went over the wire, and how a check reads them. No sockets here.

``Response.json()`` insists on a 2xx and on strict JSON, and notes which members of the document are read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from conformance.http import frames as stream_frames
from conformance.http import json_stream
from conformance.http.documents import Path, parse_json, track
from conformance.http.errors import Malformed, Missing, Refused
from conformance.model.text import one_line

#: Pytest shows the arguments of every function on the way to a failure; here they may be megabytes.
__tracebackhide__ = True
_LONGEST_ERROR = 64 * 1024
#: Everything but visible ASCII.
_UNSAFE = re.compile(r"[^!-~]+")
_MARKUP = re.compile(r"<(style|script)\b.*?</\1>|<[^<>]*>", re.DOTALL | re.IGNORECASE)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """A request; `target` is the path with its query exactly as sent, `body` None means no body at all."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes | None = None

    def __repr__(self) -> str:
        return f"<{self.method} {one_line(self.target)}{_sample(self.body or b'')}>"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


@dataclass
class Response:
    """A response; `headers` keep the case and order of the wire, `body` is decoded from its transfer coding.

    `complete` is False when reading stopped before the end (a stream that was closed by us, a fault).
    """

    status: int
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""
    complete: bool = True
    reads: dict[Path, bool] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<{self.status} {one_line(self.reason)}{_sample(self.body)}>"

    def header(self, name: str) -> str | None:
        """The value of a header by its case-insensitive name (the first, if repeated), or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def media_type(self) -> str:
        """What the header Content-Type says, without parameters; ``""`` when there is none."""
        return (self.header("Content-Type") or "").partition(";")[0]

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8, with replacement characters for what is not."""
        return self.body.decode("utf-8", "replace")

    @property
    def error(self) -> str:
        """The daemon's error message: the ``message`` of a JSON body, or the text of any other without HTML; at most 64 KB."""
        try:
            message = str(parse_json(self.body)["message"])
        except (Malformed, KeyError, TypeError):
            message = self.body[:_LONGEST_ERROR].decode("utf-8", "replace").strip()
            if message.startswith("<"):
                message = " ".join(_MARKUP.sub(" ", message).split())
        return message[:_LONGEST_ERROR]

    def json(self) -> Any:
        """The body as JSON whose reads are noted. Raises Refused outside 2xx, Malformed if it is no JSON."""
        if not self.ok:
            raise Refused(self)
        document = parse_json(self.body)
        self.reads[()] = True
        return track(document, (), self.reads)

    def messages(self) -> list[Any]:
        """The body as a stream of JSON messages (build, pull, push, events), framed as its media type says.

        Raises Refused or Malformed. A body that was left before its end may end within a message.
        """
        if not self.ok:
            raise Refused(self)
        texts = json_stream.split(self.body, self.media_type, complete=self.complete)
        self.reads[()] = True
        return Messages(track(parse_json(text), (index,), self.reads) for index, text in enumerate(texts))

    def frames(self) -> list[stream_frames.Frame]:
        """The body as multiplexed frames (attach, logs, exec without a TTY). Raises Refused or Malformed."""
        if not self.ok and self.status != 101:
            raise Refused(self)
        return stream_frames.demultiplex(self.body)


class Messages(list[Any]):
    """The messages of a stream. Reading one that did not come raises Missing, which fails a check."""

    def __getitem__(self, index: Any) -> Any:
        try:
            return super().__getitem__(index)
        except IndexError:
            raise Missing(f"no message {index} in a stream of {len(self)}") from None


@dataclass
class Exchange:
    """A request and its response as they went over the wire.

    `role` is ``"check"`` or ``"environment"``; `seconds` is how long the daemon was waited for; `started` is seconds since
    the epoch; `fault` says in one line what went wrong when no whole response came.
    """

    request: Request
    response: Response | None = None
    role: str = "check"
    started: float = 0.0
    seconds: float = 0.0
    fault: str = ""


def target(path: str, query: dict[str, Any] | None = None) -> str:
    """Join a path and its query as request target. In the path, what a request line cannot have is percent-encoded.

    Values: bool become 1 and 0, dicts and lists become JSON (as ``filters`` wants), None is left out.
    """
    path = _UNSAFE.sub(lambda match: quote(match[0]), path)
    if not query:
        return path
    pairs = [(name, _query_value(value)) for name, value in query.items() if value is not None]
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path


def _query_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"))
    return str(value)


def _sample(body: bytes) -> str:
    """The first bytes of a body, for the text of a failure: pytest shows what a check compared, and a body may have megabytes."""
    if not body:
        return ""
    return f" with {body[:200]!r}" + (f" and {len(body) - 200} bytes more" if len(body) > 200 else "")
