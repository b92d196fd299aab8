"""Exchanges that are read after the head of the answer: a body piece by piece, or a hijacked connection.

The client opens and closes them. What was read is in the body of the exchange's response.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from conformance.http import frames, json_stream
from conformance.http.connection import Connection, RawStream
from conformance.http.documents import parse_json
from conformance.http.errors import Refused
from conformance.http.messages import Exchange
from conformance.model.errors import BodyTooLarge, ConnectionLost, DaemonTimeout

_MOST_ENDS = 5


class Stream:
    """The body of a running exchange, read as it arrives."""

    def __init__(self, connection: Connection, exchange: Exchange) -> None:
        assert exchange.response is not None
        self._connection = connection
        self._exchange = exchange
        self._limit = connection.sizes.stream
        self._reader = json_stream.Reader()
        self._ready: deque[str] = deque()
        self.response = exchange.response
        self.seconds_apart: list[float] = []

    def read(self, timeout: float) -> bytes | None:
        """Some bytes of the body, or None at its end. Raises DaemonTimeout after `timeout` seconds of silence."""
        begun = time.monotonic()
        self._connection.extend(timeout)
        try:
            piece = self._connection.receive_data(timeout)
        finally:
            self._exchange.seconds += time.monotonic() - begun
        if piece is None:
            self.response.complete = True
        else:
            self.response.body += piece
            if len(self.response.body) > self._limit:
                raise BodyTooLarge(f"more than {self._limit} bytes came in one stream")
        return piece

    def message(self, timeout: float) -> Any:
        """The next JSON message, or None when the stream has ended. Raises DaemonTimeout, or Malformed."""
        ends = time.monotonic() + timeout
        while not self._ready:
            left = ends - time.monotonic()
            if left <= 0:
                raise DaemonTimeout(f"timed out after {timeout:g} s waiting for a message")
            piece = self.read(left)
            if piece is None:
                self._reader.close()
                return None
            self._ready += self._reader.feed(piece)
        return parse_json(self._ready.popleft())

    def messages(self, timeout: float) -> Iterator[Any]:
        """Every message until the stream ends or `timeout` seconds (over all of them) have passed."""
        ends = time.monotonic() + timeout
        while True:
            try:
                message = self.message(ends - time.monotonic())
            except DaemonTimeout:
                return
            if message is None:
                return
            yield message

    def rest(self, timeout: float) -> bytes:
        """The rest of the body. Raises DaemonTimeout when it has not ended after `timeout` seconds."""
        ends = time.monotonic() + timeout
        begin = len(self.response.body)
        while self.read(max(ends - time.monotonic(), 0.001)) is not None:
            pass
        return self.response.body[begin:]


class Hijacked:
    """A hijacked exchange. `response` has status and headers; what came over the stream becomes its body."""

    def __init__(self, raw: RawStream, exchange: Exchange) -> None:
        assert exchange.response is not None
        self._raw = raw
        self._exchange = exchange
        self._frames = frames.FrameReader()
        self._ends = 0
        self._waiting: deque[frames.Frame] = deque()
        self._output = {stream: bytearray() for stream in (frames.STDIN, frames.STDOUT, frames.STDERR)}
        self.response = exchange.response

    @property
    def status(self) -> int:
        """The status of the answer: 101, 200, or a refusal."""
        return self.response.status

    def send(self, data: bytes) -> None:
        """Write to the process's stdin."""
        self._raw.send(data)

    def close_write(self) -> None:
        """Half-close: the process's stdin ends, its output goes on. Raises ValueError over TLS, which has no such thing."""
        self._raw.close_write()

    def end_input(self) -> None:
        """Half-close where the connection can; over TLS the input of the process ends by its content alone.

        Call it before waiting for the end of a process that has got all of its input: engines up to 1.6 end the stream only
        when the client has closed its side.
        """
        with suppress(ValueError):
            self.close_write()

    def read(self, timeout: float = 10.0) -> bytes:
        """Some raw bytes, or b"" at the end. Raises DaemonTimeout, and Refused when nothing was hijacked.

        Raises ConnectionLost for a caller that goes on reading after the end.
        """
        if self.status not in (101, 200):
            raise Refused(self.response)
        if self._ends > _MOST_ENDS:
            raise ConnectionLost("the stream ended before the expected data came")
        begun = time.monotonic()
        try:
            data = self._raw.read(timeout)
        finally:
            self._exchange.seconds += time.monotonic() - begun
        self.response.body += data
        self._ends += not data
        return data

    def read_until(self, needle: bytes, timeout: float = 10.0) -> bytes:
        """Read until `needle` has come in the raw bytes of a stream without frames; returns everything that came so far.

        Raises DaemonTimeout when it does not come in time; returns early when the stream ends.
        """
        ends = time.monotonic() + timeout
        while needle not in self.response.body and self.read(_left(ends, needle)):
            pass
        return self.response.body

    def frame(self, timeout: float = 10.0) -> frames.Frame | None:
        """The next multiplexed frame, or None at the end. Raises DaemonTimeout, or Malformed."""
        ends = time.monotonic() + timeout
        while not self._waiting:
            if not self._receive_frames(ends - time.monotonic()):
                return None
        return self._take_frame()

    def read_output_until(self, needle: bytes, timeout: float = 10.0, stream: int = frames.STDOUT) -> bytes:
        """Read multiplexed frames until `needle` has come in the payload of `stream`, however it is cut into frames.

        Returns everything that came of that stream so far; less than the needle if the connection has ended. Raises
        DaemonTimeout when it does not come in time, or Malformed.
        """
        ends = time.monotonic() + timeout
        output = self._output[stream]
        searched = 0
        while True:
            while self._waiting:
                self._take_frame()
            if needle in output[max(0, searched - len(needle)) :]:
                break
            searched = len(output)
            if not self._receive_frames(_left(ends, needle)):
                break
        return bytes(output)

    def _receive_frames(self, timeout: float) -> bool:
        """Read some bytes and keep the frames that are complete now; False at the end. Raises Malformed in mid-frame."""
        data = self.read(timeout)
        if not data:
            self._frames.close()
            return False
        self._waiting += self._frames.feed(data)
        return True

    def _take_frame(self) -> frames.Frame:
        frame = self._waiting.popleft()
        self._output[frame.stream] += frame.payload
        return frame

    def rest(self, timeout: float = 10.0) -> bytes:
        """All raw bytes until the stream ends. Raises DaemonTimeout when it has not ended in time."""
        ends = time.monotonic() + timeout
        begin = len(self.response.body)
        while self.read(ends - time.monotonic()):
            pass
        self.response.complete = True
        return self.response.body[begin:]


def _left(ends: float, needle: bytes) -> float:
    """The seconds until `ends`. Raises DaemonTimeout when it has passed: a stream that never pauses must not outlast it."""
    left = ends - time.monotonic()
    if left <= 0:
        raise DaemonTimeout(f"timed out waiting for {needle[:100]!r} in a stream")
    return left
