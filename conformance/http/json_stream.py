"""A stream of JSON messages (events, build, pull, push, stats), however its bytes are split. No sockets.

The references show objects one after another, with or without line ends between them; both are read. A media type that
promises more is held to it: a line for each message, or the records of RFC 7464.
"""

from __future__ import annotations

import re

from conformance.http import strict_json
from conformance.http.errors import Malformed

#: Pytest shows the arguments of every function on the way to a failure; here they may be megabytes.
__tracebackhide__ = True

_NO_SPACE = re.compile(rb"[^ \t\r\n]")
_SIGN = re.compile(rb'["{}\[\]]')
_QUOTE = re.compile(rb'["\\]')


#: Media types with a line for each message; whether the last line must end (ndjson.org) or may (jsonlines.org).
_LINES = {"application/x-ndjson": True, "application/jsonl": False}
#: RFC 7464: a record separator, a JSON text, a line feed.
_SEQUENCE = "application/json-seq"


def split(data: bytes, media_type: str = "", *, complete: bool = True) -> list[str]:
    """The text of each message of a stream in the framing of its media type; one that was left may end within a message.

    Raises Malformed for anything but JSON values, and for values that are framed otherwise than the media type says.
    """
    if media_type in _LINES or media_type == _SEQUENCE:
        return [_only_message(line) for line in _split_lines(data, media_type, complete=complete)]
    reader = Reader()
    texts = reader.feed(data)
    if complete:
        reader.close()
    return texts


def _split_lines(data: bytes, media_type: str, *, complete: bool) -> list[bytes]:
    *lines, rest = data.split(b"\n")
    if rest and complete:
        if _LINES.get(media_type, True):
            raise Malformed(f"{media_type}: the last message has no line feed behind it: {rest[-60:]!r}")
        lines.append(rest)
    if media_type == _SEQUENCE:
        for line in lines:
            if not line.startswith(b"\x1e"):
                raise Malformed(f"{media_type}: a message without a record separator: {line[:60]!r}")
        return [line[1:] for line in lines]
    return lines


def _only_message(line: bytes) -> str:
    texts = split(line)
    if len(texts) != 1:
        raise Malformed(f"expected one message on a line, got {len(texts)}: {line[:60]!r}")
    return texts[0]


class Reader:
    """Takes bytes, however they are split, and returns the text of each JSON message that is complete.

    A message ends with its value; only objects and arrays are accepted, as the end of other values cannot be recognized.
    Each byte is looked at once.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._position = 0
        self._start = 0
        self._depth = 0
        self._in_string = False
        self._nodes = 0
        self._values = 0

    def feed(self, data: bytes) -> list[str]:
        """Add `data`; return the messages that are now complete. Raises Malformed for what cannot be JSON."""
        self._pending += data
        self._values += data.count(b",")
        if self._values > strict_json.MOST_VALUES:
            raise Malformed(f"more than {strict_json.MOST_VALUES} values in one stream")
        texts = []
        while self._position < len(self._pending):
            if self._depth == 0:
                if not self._begin():
                    break
            elif self._in_string:
                if not self._leave_string():
                    break
            elif self._step():
                texts.append(self._decode(bytes(self._pending[self._start : self._position])))
                self._start = self._position
        # Once per feed: removing each message by itself would move the rest as often.
        del self._pending[: self._start]
        self._position -= self._start
        self._start = 0
        if len(self._pending) > strict_json.LARGEST:
            raise Malformed(f"message of more than {strict_json.LARGEST} bytes")
        return texts

    def _begin(self) -> bool:
        """Go to the start of a message; False when there is only white space."""
        found = _NO_SPACE.search(self._pending, self._position)
        if found is None:
            self._start = self._position = len(self._pending)
            return False
        self._start = found.start()
        if self._pending[self._start] not in b"{[":
            shown = bytes(self._pending[self._start : self._start + 60])
            raise Malformed(f"not a JSON message: {shown!r}")
        self._position = self._start + 1
        self._open()
        return True

    def _step(self) -> bool:
        """Go behind the next character that opens or closes something; whether the message ends with it."""
        found = _SIGN.search(self._pending, self._position)
        if found is None:
            self._position = len(self._pending)
            return False
        self._position = found.end()
        sign = found[0]
        if sign == b'"':
            self._in_string = True
        elif sign in b"{[":
            self._open()
        else:
            self._depth -= 1
        return self._depth == 0

    def _open(self) -> None:
        self._depth += 1
        self._nodes += 1
        if self._depth > strict_json.DEEPEST:
            raise Malformed(f"a message is nested deeper than {strict_json.DEEPEST} levels")
        if self._nodes > strict_json.MOST_NODES:
            raise Malformed(f"more than {strict_json.MOST_NODES} objects and arrays in one stream")

    def _leave_string(self) -> bool:
        """Go behind the end of the string; False when the end has not come yet."""
        while (found := _QUOTE.search(self._pending, self._position)) is not None:
            if found[0] == b'"':
                self._position = found.end()
                self._in_string = False
                return True
            if found.end() == len(self._pending):
                self._position = found.start()  # the escaped character has not come yet
                return False
            self._position = found.end() + 1
        # a skipped character may lie behind the bytes that have come
        self._position = max(self._position, len(self._pending))
        return False

    def close(self) -> None:
        """Take note of the end of the stream. Raises Malformed when a message is incomplete."""
        if self._pending.strip():
            raise Malformed(f"the stream ends within a message: {bytes(self._pending[:60])!r}")

    @staticmethod
    def _decode(raw: bytes) -> str:
        try:
            strict_json.load(raw)
        except ValueError as error:
            raise Malformed(f"not a JSON message: {error}: {raw[:60]!r}") from None
        return raw.decode("utf-8")
