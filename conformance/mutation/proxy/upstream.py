"""The proxy's connection to the daemon on behalf of one client: opened when needed, and again where the daemon closed it."""

from __future__ import annotations

import asyncio
import contextlib
import select
from collections.abc import Awaitable, Callable

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_BLOCK = 256 * 1024


class Upstream:
    """A connection to the daemon, or none yet; `connect` opens one."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        self._connect = connect
        self._streams: Streams | None = None

    async def open(self) -> None:
        """Make sure that there is a connection that the daemon has not closed."""
        if self._streams is not None and (self._streams[1].is_closing() or self._has_ended(*self._streams)):
            self.close()
        if self._streams is None:
            self._streams = await self._connect()

    @staticmethod
    def _has_ended(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the daemon has ended an idle connection, also if the event loop has not read that yet."""
        poll = select.poll()
        poll.register(writer.get_extra_info("socket").fileno(), select.POLLIN)
        return reader.at_eof() or bool(poll.poll(0))

    def close(self) -> None:
        """Close the connection behind what is still on its way to the daemon."""
        if self._streams is not None:
            self._streams[1].transport.close()
            self._streams = None

    async def send(self, data: bytes) -> bool:
        """Send to the daemon; False when it has closed."""
        if self._streams is None:
            return False
        try:
            self._streams[1].write(data)
            await self._streams[1].drain()
        except OSError:
            return False
        return True

    def send_eof(self) -> None:
        """End our side of the connection."""
        if self._streams is not None and self._streams[1].can_write_eof():
            with contextlib.suppress(OSError):
                self._streams[1].write_eof()

    async def receive(self, gathers: float = 0.0) -> bytes:
        """What the daemon sends next; b"" at its end and when the connection is closed.

        With `gathers`, also what it sends on without a silence of so many seconds.
        """
        if self._streams is None:
            return b""
        reader = self._streams[0]
        data = await reader.read(_BLOCK)
        while data and gathers and len(data) < _BLOCK:
            try:
                more = await asyncio.wait_for(reader.read(_BLOCK), gathers)
            except TimeoutError:
                break
            if not more:
                break
            data += more
        return data

    def at_eof(self) -> bool:
        """Whether all that the daemon sent was received and nothing more comes."""
        return self._streams is None or self._streams[0].at_eof()
