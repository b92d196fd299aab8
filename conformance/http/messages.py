"""Requests and responses as they went over the wire, and how a check reads them. No sockets here.

A check never touches raw bytes first: ``Response.json()`` insists on a 2xx and on strict JSON, ``at()`` walks into the
document. Both note what was read, so that the proof knows which members a verdict rests on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from conformance.http import frames as stream_frames
from conformance.http import strict_json

#: Pytest shows the arguments of every function on the way to a failure; here they may be megabytes.
__tracebackhide__ = True
_LONGEST_ERROR = 64 * 1024

Headers = tuple[tuple[str, str], ...]
Path = tuple[str | int, ...]


class Missing(AssertionError, KeyError):
    """The document has no such member or element: a failed check, as reading it is what the check rests on."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class _Absent:
    """The type of ABSENT: no such member, which is not the same as a member that is null.

    It can be compared for equality and asked for its truth (false); whoever reads on in it raises Missing.
    """

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False

    def _missing(self, *_: Any) -> NoReturn:
        raise Missing("the member is absent")

    __iter__ = __len__ = __contains__ = __getitem__ = _missing
    __lt__ = __le__ = __gt__ = __ge__ = _missing

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python and pytest look for in any object
            raise AttributeError(name)
        self._missing()


ABSENT = _Absent()


class Refused(AssertionError):
    """The daemon answered outside 2xx where the document promises success."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__(f"refused with {response.status}: {_short(response.error)}")


class Malformed(AssertionError):
    """The body is not what its document promises: not JSON, not UTF-8, not a stream of frames."""


def at(document: Any, *path: str | int) -> Any:
    """Return the member of `document` at `path`, or ABSENT.

    A string part is split at its dots (``at(doc, "HostConfig.Memory")``); an int is an index into an array. A key that
    itself holds a dot is reached by plain indexing. A part below something that is no object gives ABSENT.
    """
    for part in path:
        for key in part.split(".") if isinstance(part, str) else (part,):
            if isinstance(document, dict) and isinstance(key, str):
                document = document.get(key, ABSENT)
            elif (
                isinstance(document, list) and isinstance(key, int) and -len(document) <= key < len(document)
            ):
                document = document[key]
            else:
                return ABSENT
    return document


def array(document: Any, *path: str | int) -> list[Any]:
    """Return the array at `path` in `document`, to be walked through; AssertionError for anything else."""
    value = at(document, *path)
    if not isinstance(value, list):
        raise AssertionError(f"{'.'.join(map(str, path)) or 'the answer'} is to be an array, it is {value!r}")
    return value


class JsonObject(dict[str, Any]):
    """A JSON object that notes which of its members are read."""

    __slots__ = ("_reads", "_trail")
    _reads: dict[Path, bool]
    _trail: Path

    def _note(self, key: Any) -> None:
        self._reads[(*self._trail, key)] = super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        if not super().__contains__(key):
            raise Missing(f"there is no member {key!r}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """As dict.get, noted."""
        self._note(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._reads[self._trail] = True
        return super().__iter__()

    def items(self) -> Any:
        """As dict.items; every member counts as read."""
        for key in super().__iter__():
            self._note(key)
        return super().items()

    def values(self) -> Any:
        """As dict.values; every member counts as read."""
        for key in super().__iter__():
            self._note(key)
        return super().values()


class JsonArray(list[Any]):
    """A JSON array that notes which of its elements are read."""

    __slots__ = ("_reads", "_trail")
    _reads: dict[Path, bool]
    _trail: Path

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int):
            there = self._reads[(*self._trail, index)] = -len(self) <= index < len(self)
            if not there:
                raise Missing(f"there is no element {index} in an array of {len(self)}")
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Any]:
        for index, element in enumerate(super().__iter__()):
            self._reads[(*self._trail, index)] = True
            yield element


def _track(value: Any, trail: Path, reads: dict[Path, bool]) -> Any:
    node: JsonObject | JsonArray
    if isinstance(value, dict):
        node = JsonObject((key, _track(member, (*trail, key), reads)) for key, member in value.items())
    elif isinstance(value, list):
        node = JsonArray(_track(element, (*trail, index), reads) for index, element in enumerate(value))
    else:
        return value
    node._trail, node._reads = trail, reads
    return node


def parse_json(text: bytes | str) -> Any:
    """Parse strict JSON (see ``conformance.http.strict_json``); raises Malformed for anything else."""
    try:
        return strict_json.load(text)
    except ValueError as error:
        raise Malformed(f"not JSON: {_short(str(error))}: {_short(_as_text(text[:400]))}") from None


@dataclass(frozen=True)
class Request:
    """A request; `target` is the path with its query exactly as sent, `body` None means no body at all."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes | None = None

    def __repr__(self) -> str:
        return f"<{self.method} {_short(self.target)}{_sample(self.body or b'')}>"

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
        return f"<{self.status} {_short(self.reason)}{_sample(self.body)}>"

    def header(self, name: str) -> str | None:
        """The value of a header by its case-insensitive name (the first, if repeated), or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8, with replacement characters for what is not."""
        return _as_text(self.body)

    @property
    def error(self) -> str:
        """The daemon's own words of a refusal: the ``message`` of a JSON body, or the text of any other; cut at 64 KB."""
        try:
            message = str(parse_json(self.body)["message"])
        except (Malformed, KeyError, TypeError):
            message = _as_text(self.body[:_LONGEST_ERROR]).strip()
        return message[:_LONGEST_ERROR]

    def json(self) -> Any:
        """The body as JSON whose reads are noted. Raises Refused outside 2xx, Malformed if it is no JSON."""
        if not self.ok:
            raise Refused(self)
        document = parse_json(self.body)
        self.reads[()] = True
        return _track(document, (), self.reads)

    def messages(self) -> list[Any]:
        """The body as a stream of JSON messages (build, pull, push, events). Raises Refused or Malformed.

        A body that was left before its end may end within a message.
        """
        if not self.ok:
            raise Refused(self)
        try:
            texts = (
                stream_frames.split_json(self.body)
                if self.complete
                else stream_frames.JsonReader().feed(self.body)
            )
        except stream_frames.StreamError as error:
            raise Malformed(str(error)) from None
        self.reads[()] = True
        return [_track(parse_json(text), (index,), self.reads) for index, text in enumerate(texts)]

    def frames(self) -> list[stream_frames.Frame]:
        """The body as multiplexed frames (attach, logs, exec without a TTY). Raises Refused or Malformed."""
        if not self.ok and self.status != 101:
            raise Refused(self)
        try:
            return stream_frames.demultiplex(self.body)
        except stream_frames.StreamError as error:
            raise Malformed(str(error)) from None


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
    """Join a path and its query as request target.

    Values: bool become 1 and 0, dicts and lists become JSON (as ``filters`` wants), None is left out.
    """
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


def _as_text(body: bytes | str) -> str:
    return body if isinstance(body, str) else body.decode("utf-8", "replace")


def _sample(body: bytes) -> str:
    """The begin of a body, for a failure's text: pytest shows what a check compared, and a body may have megabytes."""
    if not body:
        return ""
    return f" with {body[:200]!r}" + (f" and {len(body) - 200} bytes more" if len(body) > 200 else "")


def _short(text: str, limit: int = 200) -> str:
    text = " ".join(text[: 20 * limit].split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
