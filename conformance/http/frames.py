"""Byte streams of the API: multiplexed frames and streams of JSON messages. No sockets, no HTTP.

The frame's shape is stated in the references under "Attach to a container" (stream details, since v1.6): one byte for
the stream (0 stdin, 1 stdout, 2 stderr), three zero bytes, the payload's length as a big-endian 32-bit number.
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

from conformance.http import strict_json

#: Pytest shows the arguments of every function on the way to a failure; here they may be megabytes.
__tracebackhide__ = True

STDIN, STDOUT, STDERR = 0, 1, 2
_HEADER = struct.Struct(">BxxxL")
MAX_FRAME = 16 * 1024 * 1024
#: How many frames one stream may have here: an empty one costs a daemon 8 bytes, and its reader a dozen times that.
MOST_FRAMES = 500_000

_NO_SPACE = re.compile(rb"[^ \t\r\n]")
_SIGN = re.compile(rb'["{}\[\]]')
_QUOTE = re.compile(rb'["\\]')


class StreamError(ValueError):
    """The bytes are not the stream that was promised."""


class Frame(NamedTuple):
    """One frame: `stream` is STDIN, STDOUT or STDERR."""

    stream: int
    payload: bytes


class FrameReader:
    """Takes bytes as they come, however they are split, and gives whole frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._left = MOST_FRAMES

    def feed(self, data: bytes) -> list[Frame]:
        """Add `data`; return the frames that are now whole. Raises StreamError for what cannot be a frame."""
        self._buffer += data
        frames = []
        while len(self._buffer) >= _HEADER.size:
            stream, length = _HEADER.unpack_from(self._buffer)
            if self._buffer[1:4] != b"\0\0\0" or stream > STDERR:
                raise StreamError(f"not a frame header: {bytes(self._buffer[:8])!r}")
            if length > MAX_FRAME:
                raise StreamError(
                    f"a frame of {length} bytes is announced, more than {MAX_FRAME} are not taken"
                )
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            self._left -= 1
            if self._left < 0:
                raise StreamError(f"more than {MOST_FRAMES} frames in one stream")
            frames.append(Frame(stream, bytes(self._buffer[_HEADER.size : end])))
            del self._buffer[:end]
        return frames

    def close(self) -> None:
        """Say that no more comes; raises StreamError when a frame is cut short."""
        if self._buffer:
            raise StreamError(
                f"the stream ends within a frame, {len(self._buffer)} bytes are left: {bytes(self._buffer[:32])!r}"
            )


def demultiplex(data: bytes) -> list[Frame]:
    """Read a whole stream of frames; raises StreamError if it is none or is cut short."""
    reader = FrameReader()
    frames = reader.feed(data)
    reader.close()
    return frames


def multiplex(frames: list[Frame]) -> bytes:
    """Write frames as the bytes of a stream."""
    return b"".join(_HEADER.pack(frame.stream, len(frame.payload)) + frame.payload for frame in frames)


def payload(frames: list[Frame], stream: int) -> bytes:
    """All bytes of one stream, joined."""
    return b"".join(frame.payload for frame in frames if frame.stream == stream)


def split_json(data: bytes) -> list[str]:
    """Split a stream of JSON messages into the text of each.

    The references show objects one after another, with or without line ends between them; so both are taken.
    Raises StreamError for anything that is not a sequence of JSON values.
    """
    reader = JsonReader()
    texts = reader.feed(data)
    reader.close()
    return texts


class JsonReader:
    """Takes bytes as they come and gives the text of each JSON message that is whole.

    A message counts as whole once its value ends; only objects and arrays are taken, as nothing else tells its own end.
    Each byte is looked at once, however the bytes are split.
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
        """Add `data`; return the messages that are now whole. Raises StreamError for what cannot be JSON."""
        self._pending += data
        self._values += data.count(b",")
        if self._values > strict_json.MOST_VALUES:
            raise StreamError(f"more than {strict_json.MOST_VALUES} values in one stream")
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
        # Once per feed: taking every message away by itself would move the rest as often.
        del self._pending[: self._start]
        self._position -= self._start
        self._start = 0
        if len(self._pending) > strict_json.LARGEST:
            raise StreamError(f"a message is larger than is taken ({strict_json.LARGEST} bytes)")
        return texts

    def _begin(self) -> bool:
        """Go to the begin of a message; False when there is nothing but white space."""
        found = _NO_SPACE.search(self._pending, self._position)
        if found is None:
            self._start = self._position = len(self._pending)
            return False
        self._start = found.start()
        if self._pending[self._start] not in b"{[":
            shown = bytes(self._pending[self._start : self._start + 60])
            raise StreamError(f"not a JSON message: {shown!r}")
        self._position = self._start + 1
        self._open()
        return True

    def _step(self) -> bool:
        """Go behind the next sign that opens or closes something; whether the message ends with it."""
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
            raise StreamError(f"a message is nested deeper than {strict_json.DEEPEST} levels")
        if self._nodes > strict_json.MOST_NODES:
            raise StreamError(f"more than {strict_json.MOST_NODES} objects and arrays in one stream")

    def _leave_string(self) -> bool:
        """Go behind the end of the string; False when it has not come yet."""
        while (found := _QUOTE.search(self._pending, self._position)) is not None:
            if found[0] == b'"':
                self._position = found.end()
                self._in_string = False
                return True
            if found.end() == len(self._pending):
                self._position = found.start()  # what is escaped is still to come
                return False
            self._position = found.end() + 1
        # a skipped sign may lie behind what has come
        self._position = max(self._position, len(self._pending))
        return False

    def close(self) -> None:
        """Say that no more comes; raises StreamError when a message is cut short."""
        if self._pending.strip():
            raise StreamError(f"the stream ends within a message: {bytes(self._pending[:60])!r}")

    @staticmethod
    def _decode(raw: bytes) -> str:
        try:
            strict_json.load(raw)
        except ValueError as error:
            raise StreamError(f"not a JSON message: {error}: {raw[:60]!r}") from None
        return raw.decode("utf-8")
