"""Bodies as they flow: each takes bytes however they are split, gives bytes, and knows whether it changed any.

What cannot be read as that kind of body (no JSON, no frames) flows through as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from conformance.http.errors import Malformed
from conformance.http.frames import Frame, FrameReader, multiplex


class Body(Protocol):
    """A body on its way to the client."""

    changed: bool

    def feed(self, data: bytes) -> bytes:
        """Take what came; return what may go on."""

    def close(self) -> bytes:
        """Nothing more comes; return what was kept back."""


class Whole:
    """A body that is only edited once it is there as a whole."""

    def __init__(self, edit: Callable[[bytes], bytes]) -> None:
        self.changed = False
        self._edit = edit
        self._data = bytearray()

    def feed(self, data: bytes) -> bytes:
        """Keep it."""
        self._data += data
        return b""

    def close(self) -> bytes:
        """The edited body."""
        edited = self._edit(bytes(self._data))
        self.changed = edited != self._data
        return edited


class Pieces:
    """A body edited piece by piece, as the pieces come."""

    def __init__(self, edit: Callable[[bytes], bytes]) -> None:
        self.changed = False
        self._edit = edit

    def feed(self, data: bytes) -> bytes:
        """The edited piece."""
        edited = self._edit(data)
        self.changed = self.changed or edited != data
        return edited

    def close(self) -> bytes:
        """Nothing."""
        return b""


class Kept:
    """A body cut after a number of bytes."""

    def __init__(self, count: int) -> None:
        self.changed = False
        self._left = count

    def feed(self, data: bytes) -> bytes:
        """What is still within the count."""
        kept = data[: self._left]
        self._left -= len(kept)
        self.changed = self.changed or len(kept) < len(data)
        return kept

    def close(self) -> bytes:
        """Nothing."""
        return b""


_STRUCTURE = re.compile(rb'[{}\[\]"\\]')


class MessageSplitter:
    """Cuts a JSON document, or a stream of them, into messages; what lies between them stays with the message before."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._position = 0
        self._depth = 0
        self._in_string = False

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are now whole, each as it came."""
        self._data += data
        whole: list[bytes] = []
        while (found := _STRUCTURE.search(self._data, self._position)) is not None:
            self._position = found.end()
            sign = found[0]
            if sign == b"\\":
                if self._position == len(self._data):  # the escaped character has not come yet
                    self._position -= 1
                    return whole
                self._position += 1 if self._in_string else 0
            elif sign == b'"':
                self._in_string = not self._in_string
            elif not self._in_string:
                self._depth += 1 if sign in b"{[" else -1
                if self._depth <= 0:
                    self._depth = 0
                    whole.append(self._take())
        self._position = len(self._data)
        return whole

    def _take(self) -> bytes:
        taken = bytes(self._data[: self._position])
        del self._data[: self._position]
        self._position = 0
        return taken

    def close(self) -> bytes:
        """What is left and is no message."""
        self._position = len(self._data)
        return self._take()


class Messages:
    """JSON messages edited one by one. The edit takes a message's bytes and gives those of none, one or more.

    With `holds` an edit that gives nothing has only kept the message back for `at_end` or for the next one.
    """

    def __init__(
        self,
        edit: Callable[[bytes], list[bytes]],
        at_end: Callable[[], list[bytes]] = list,
        *,
        holds: bool = False,
    ) -> None:
        self.changed = False
        self._holds = holds
        self._splitter = MessageSplitter()
        self._edit = edit
        self._at_end = at_end

    def feed(self, data: bytes) -> bytes:
        """The edited messages that are whole."""
        given = bytearray()
        for message in self._splitter.feed(data):
            edited = self._edit(message)
            self.changed = self.changed or (edited != [message] and not (self._holds and not edited))
            given += b"".join(edited)
        return bytes(given)

    def close(self) -> bytes:
        """What the edit kept back, and what was no message."""
        return b"".join(self._at_end()) + self._splitter.close()


class Frames:
    """Multiplexed frames edited one by one; the edit gives raw bytes for each frame. `holds` as for Messages."""

    def __init__(
        self, edit: Callable[[Frame], bytes], at_end: Callable[[], bytes] = bytes, *, holds: bool = False
    ) -> None:
        self.changed = False
        self._holds = holds
        self._reader = FrameReader()
        self._edit = edit
        self._at_end = at_end
        self._given_up = False

    def feed(self, data: bytes) -> bytes:
        """The edited frames that are whole."""
        if self._given_up:
            return data
        given = bytearray()
        try:
            frames = self._reader.feed(data)
        except Malformed:
            self._given_up = True
            return data
        for frame in frames:
            edited = self._edit(frame)
            self.changed = self.changed or (edited != multiplex([frame]) and not (self._holds and not edited))
            given += edited
        return bytes(given)

    def close(self) -> bytes:
        """What the edit kept back."""
        return self._at_end()


_OPCODES = {"text": 1, "binary": 2}


class WebSocketFrames:
    """Data frames of a daemon's WebSocket (RFC 6455: unmasked) made ``text`` or ``binary``, without frames, or lost."""

    def __init__(self, do: str) -> None:
        self.changed = False
        self._do = do
        self._data = bytearray()

    def feed(self, data: bytes) -> bytes:
        """The frames that are whole."""
        self._data += data
        given = bytearray()
        while (size := self._size()) is not None and len(self._data) >= sum(size):
            frame = bytes(self._data[: sum(size)])
            del self._data[: sum(size)]
            edited = self._edit(frame, size[0])
            self.changed = self.changed or edited != frame
            given += edited
        return bytes(given)

    def _size(self) -> tuple[int, int] | None:
        """How long the header of the next frame is, and its payload."""
        if len(self._data) < 2:
            return None
        length = self._data[1] & 0x7F
        extra = {126: 2, 127: 8}.get(length, 0)
        if len(self._data) < 2 + extra:
            return None
        return 2 + extra, int.from_bytes(self._data[2 : 2 + extra], "big") if extra else length

    def _edit(self, frame: bytes, header: int) -> bytes:
        if frame[0] & 0x0F not in _OPCODES.values():
            return frame
        if self._do in _OPCODES:
            return bytes([frame[0] & 0xF0 | _OPCODES[self._do]]) + frame[1:]
        return frame[header:] if self._do == "unframe" else b""

    def close(self) -> bytes:
        """What is left of a frame."""
        return bytes(self._data)
