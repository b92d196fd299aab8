"""Filters for bodies as they pass: each takes bytes, however they are split, and returns bytes.

`changed` says whether a filter has changed anything yet. Bytes that are not of the kind that a filter reads, such as text
that is not JSON, pass as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from conformance.http.errors import Malformed
from conformance.http.frames import STDERR, Frame, FrameReader, multiplex


class BodyFilter(Protocol):
    """A filter of one body."""

    @property
    def changed(self) -> bool:
        """Whether it has changed anything yet."""

    def feed(self, data: bytes) -> bytes:
        """Take bytes; return what to send now."""

    def close(self) -> bytes:
        """End the body; return what was held back."""


class FilterChain:
    """Filters one behind the other."""

    def __init__(self, filters: list[BodyFilter]) -> None:
        self._filters = filters

    @property
    def changed(self) -> bool:
        """Whether any of them has changed anything yet."""
        return any(each.changed for each in self._filters)

    def feed(self, data: bytes) -> bytes:
        """What the last filter sends now."""
        for each in self._filters:
            data = each.feed(data) if data else b""
        return data

    def close(self) -> bytes:
        """End each filter with what the one before it held back."""
        data = b""
        for each in self._filters:
            data = (each.feed(data) if data else b"") + each.close()
        return data


class WholeBodyFilter:
    """Edits a body when all of it has come."""

    def __init__(self, edit: Callable[[bytes], bytes]) -> None:
        self.changed = False
        self._edit = edit
        self._data = bytearray()

    def feed(self, data: bytes) -> bytes:
        """Hold everything back."""
        self._data += data
        return b""

    def close(self) -> bytes:
        """The edited body."""
        edited = self._edit(bytes(self._data))
        self.changed = edited != self._data
        return edited


class PieceFilter:
    """Edits each piece as it comes."""

    def __init__(self, edit: Callable[[bytes], bytes]) -> None:
        self.changed = False
        self._edit = edit

    def feed(self, data: bytes) -> bytes:
        """The edited piece."""
        edited = self._edit(data)
        self.changed = self.changed or edited != data
        return edited

    def close(self) -> bytes:
        """Return nothing: nothing was held back."""
        return b""


class LengthFilter:
    """Cuts a body after a number of bytes."""

    def __init__(self, count: int) -> None:
        self.changed = False
        self._left = count

    def feed(self, data: bytes) -> bytes:
        """The bytes within the limit."""
        kept = data[: self._left]
        self._left -= len(kept)
        self.changed = self.changed or len(kept) < len(data)
        return kept

    def close(self) -> bytes:
        """Return nothing: nothing was held back."""
        return b""


_STRUCTURE = re.compile(rb'[{}\[\]"\\]')


class MessageSplitter:
    """Splits a stream of JSON documents into messages; bytes between two messages belong to the second one."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._position = 0
        self._depth = 0
        self._in_string = False

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete now, byte for byte."""
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
        """The rest, which is not a complete message."""
        self._position = len(self._data)
        return self._take()


class MessageFilter:
    """Edits JSON messages one by one. The edit takes the bytes of a message and returns those of any number of messages.

    With `holds`, an edit that returns nothing holds the message back for the next one or for `at_end`; that is no change yet.
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
        """The edited messages that are complete now."""
        passed = bytearray()
        for message in self._splitter.feed(data):
            edited = self._edit(message)
            self.changed = self.changed or (edited != [message] and not (self._holds and not edited))
            passed += b"".join(edited)
        return bytes(passed)

    def close(self) -> bytes:
        """What the edit held back, and the rest that is not a complete message."""
        return b"".join(self._at_end()) + self._splitter.close()


class FrameFilter:
    """Edits multiplexed frames; the edit takes those that have come together and returns raw bytes.

    `holds` as for MessageFilter. Bytes that are not frames pass as they are.
    """

    def __init__(
        self,
        edit: Callable[[list[Frame]], bytes],
        at_end: Callable[[], bytes] = bytes,
        *,
        holds: bool = False,
    ) -> None:
        self.changed = False
        self._holds = holds
        self._reader = FrameReader()
        self._incomplete = b""
        self._edit = edit
        self._at_end = at_end
        self._is_passing = False

    def feed(self, data: bytes) -> bytes:
        """The edited frames that are complete now."""
        if self._is_passing:
            return data
        self._incomplete += data
        try:
            frames = self._reader.feed(data)
        except Malformed:
            self._is_passing = True
            return self._take_incomplete()
        whole = multiplex(frames)
        self._incomplete = self._incomplete[len(whole) :]
        edited = self._edit(frames) if frames else b""
        self.changed = self.changed or (edited != whole and not (self._holds and not edited))
        if self._incomplete and (self._incomplete[0] > STDERR or any(self._incomplete[1:4])):
            self._is_passing = True  # not the beginning of a header: do not wait for the rest of it
            edited += self._take_incomplete()
        return edited

    def _take_incomplete(self) -> bytes:
        taken, self._incomplete = self._incomplete, b""
        return taken

    def close(self) -> bytes:
        """What the edit held back, and the rest that is not a complete frame."""
        return self._at_end() + self._take_incomplete()


_OPCODES = {"text": 1, "binary": 2}
_FIN = 0x80


def _encode_length(length: int) -> bytes:
    """The length of an unmasked WebSocket frame's payload (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes([length])
    return (
        bytes([126]) + length.to_bytes(2, "big")
        if length < 1 << 16
        else bytes([127]) + length.to_bytes(8, "big")
    )


class WebSocketFilter:
    """Edits the data frames of a daemon's WebSocket (RFC 6455: unmasked).

    `do` is ``text`` or ``binary`` for another type of message, ``unframe`` for the bare payload, ``split`` for two messages in
    place of one, ``fragment`` for a message in two frames, anything else to lose it.
    """

    def __init__(self, do: str) -> None:
        self.changed = False
        self._do = do
        self._data = bytearray()

    def feed(self, data: bytes) -> bytes:
        """The edited frames that are complete now."""
        self._data += data
        passed = bytearray()
        while (size := self._size()) is not None and len(self._data) >= sum(size):
            frame = bytes(self._data[: sum(size)])
            del self._data[: sum(size)]
            edited = self._edit(frame, size[0])
            self.changed = self.changed or edited != frame
            passed += edited
        return bytes(passed)

    def _size(self) -> tuple[int, int] | None:
        """The lengths in bytes of the next frame's header and payload; None if they are not known yet."""
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
        if self._do in ("split", "fragment"):
            return self._cut(frame, header)
        return frame[header:] if self._do == "unframe" else b""

    def _cut(self, frame: bytes, header: int) -> bytes:
        """Two frames in place of one, cut where no character of a text is."""
        payload = frame[header:]
        middle = len(payload) // 2
        if not middle or not payload.isascii():
            return frame
        first, second = frame[0], frame[0]
        if (
            self._do == "fragment"
        ):  # all but the last frame of a message have no FIN, all but the first the opcode 0
            first, second = first & ~_FIN, second & ~0x0F
        return b"".join(
            bytes([head]) + _encode_length(len(part)) + part
            for head, part in ((first, payload[:middle]), (second, payload[middle:]))
        )

    def close(self) -> bytes:
        """The rest, which is not a complete frame."""
        return bytes(self._data)
