"""The multiplexed stream of attach, logs and exec without a TTY: its frames, read and written. No sockets.

The frame's shape is stated in the references under "Attach to a container" (stream details, since v1.6): one byte for
the stream (0 stdin, 1 stdout, 2 stderr), three zero bytes, the payload's length as a big-endian 32-bit number.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from conformance.http.errors import Malformed

#: Pytest shows the arguments of every function on the way to a failure; here they may be megabytes.
__tracebackhide__ = True

STDIN, STDOUT, STDERR = 0, 1, 2
_HEADER = struct.Struct(">BxxxL")
MAX_FRAME = 16 * 1024 * 1024
#: The most frames of one stream: an empty one has 8 bytes on the wire and a dozen times that in memory.
MOST_FRAMES = 500_000


class Frame(NamedTuple):
    """One frame: `stream` is STDIN, STDOUT or STDERR."""

    stream: int
    payload: bytes


class FrameReader:
    """Takes bytes, however they are split, and returns whole frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._left = MOST_FRAMES

    def feed(self, data: bytes) -> list[Frame]:
        """Add `data`; return the frames that are now complete. Raises Malformed for what cannot be a frame."""
        self._buffer += data
        frames = []
        while len(self._buffer) >= _HEADER.size:
            stream, length = _HEADER.unpack_from(self._buffer)
            if self._buffer[1:4] != b"\0\0\0" or stream > STDERR:
                raise Malformed(f"not a frame header: {bytes(self._buffer[:8])!r}")
            if length > MAX_FRAME:
                raise Malformed(f"frame of {length} bytes; limit is {MAX_FRAME}")
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            self._left -= 1
            if self._left < 0:
                raise Malformed(f"more than {MOST_FRAMES} frames in one stream")
            frames.append(Frame(stream, bytes(self._buffer[_HEADER.size : end])))
            del self._buffer[:end]
        return frames

    def close(self) -> None:
        """Take note of the end of the stream. Raises Malformed when a frame is incomplete."""
        if self._buffer:
            raise Malformed(
                f"the stream ends within a frame, {len(self._buffer)} bytes are left: {bytes(self._buffer[:32])!r}"
            )


def demultiplex(data: bytes) -> list[Frame]:
    """Read a complete stream of frames. Raises Malformed for anything else, also when it ends within a frame."""
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
