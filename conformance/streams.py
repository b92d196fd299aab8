"""Byte streams of the API: multiplexed frames and streams of JSON messages. No sockets, no HTTP.

The frame's shape is stated in the references under "Attach to a container" (stream details, since v1.6): one byte for
the stream (0 stdin, 1 stdout, 2 stderr), three zero bytes, the payload's length as a big-endian 32-bit number.
"""

from __future__ import annotations

import json
import struct
from typing import NamedTuple

STDIN, STDOUT, STDERR = 0, 1, 2
_HEADER = struct.Struct(">BxxxL")
MAX_FRAME = 64 * 1024 * 1024


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

    def feed(self, data: bytes) -> list[Frame]:
        """Add `data`; return the frames that are now whole. Raises StreamError for what cannot be a frame."""
        self._buffer += data
        frames = []
        while len(self._buffer) >= _HEADER.size:
            stream, length = _HEADER.unpack_from(self._buffer)
            if self._buffer[1:4] != b"\0\0\0" or stream > STDERR:
                raise StreamError(f"not a frame header: {bytes(self._buffer[:8])!r}")
            if length > MAX_FRAME:
                raise StreamError(f"a frame of {length} bytes is announced, more than {MAX_FRAME} are not taken")
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            frames.append(Frame(stream, bytes(self._buffer[_HEADER.size : end])))
            del self._buffer[:end]
        return frames

    def close(self) -> None:
        """Say that no more comes; raises StreamError when a frame is cut short."""
        if self._buffer:
            raise StreamError(f"the stream ends within a frame, {len(self._buffer)} bytes are left: {bytes(self._buffer[:32])!r}")


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
    """

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> list[str]:
        """Add `data`; return the messages that are now whole. Raises StreamError for what cannot be JSON."""
        self._pending += data
        texts = []
        start = position = 0
        depth, in_string, escaped = 0, False, False
        for position, byte in enumerate(self._pending):
            if in_string:
                if escaped:
                    escaped = False
                elif byte == 0x5C:
                    escaped = True
                elif byte == 0x22:
                    in_string = False
            elif byte == 0x22 and depth:
                in_string = True
            elif byte in b"{[":
                if depth == 0:
                    start = position
                depth += 1
            elif byte in b"}]" and depth:
                depth -= 1
                if depth == 0:
                    texts.append(self._decode(self._pending[start : position + 1]))
                    start = position + 1
            elif depth == 0 and byte not in b" \t\r\n":
                raise StreamError(f"not a JSON message: {self._pending[position : position + 60]!r}")
        self._pending = self._pending[start:] if depth or self._pending[start:].strip() else b""
        return texts

    def close(self) -> None:
        """Say that no more comes; raises StreamError when a message is cut short."""
        if self._pending.strip():
            raise StreamError(f"the stream ends within a message: {self._pending[:60]!r}")

    @staticmethod
    def _decode(raw: bytes) -> str:
        try:
            text = raw.decode("utf-8")
            json.loads(text)
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise StreamError(f"not a JSON message: {error}: {raw[:60]!r}") from None
        return text
