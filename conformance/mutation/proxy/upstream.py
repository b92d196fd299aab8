"""The proxy's connection to the daemon on behalf of one client: made when it is needed, again where the daemon closed it."""

from __future__ import annotations

import asyncio
import contextlib
import select
from collections.abc import Awaitable, Callable

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_BLOCK = 256 * 1024


class Upstream:
    """A connection to the daemon, or none; `connect` makes one."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        self._connect = connect
        self._streams: Streams | None = None

    async def reach(self) -> None:
        """See that there is a connection that the daemon has not closed."""
        if self._streams is not None and (self._streams[1].is_closing() or self._has_hung_up(*self._streams)):
            self.hang_up()
        if self._streams is None:
            self._streams = await self._connect()

    @staticmethod
    def _has_hung_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether an idle connection has ended, also where the loop has not come to read of it yet."""
        poll = select.poll()
        poll.register(writer.get_extra_info("socket").fileno(), select.POLLIN)
        return reader.at_eof() or bool(poll.poll(0))

    def hang_up(self) -> None:
        """Close the connection at once, but behind what has still been sent."""
        if self._streams is not None:
            self._streams[1].transport.close()
            self._streams = None

    async def tell(self, data: bytes) -> bool:
        """Send to the daemon; False when it has closed."""
        if self._streams is None:
            return False
        try:
            self._streams[1].write(data)
            await self._streams[1].drain()
        except OSError:
            return False
        return True

    def end(self) -> None:
        """Tell the daemon that nothing more will be sent."""
        if self._streams is not None and self._streams[1].can_write_eof():
            with contextlib.suppress(OSError):
                self._streams[1].write_eof()

    async def hear(self) -> bytes:
        """What the daemon sends next; b"" at its end, and when we have hung up."""
        return b"" if self._streams is None else await self._streams[0].read(_BLOCK)

    def is_over(self) -> bool:
        """Whether the daemon has ended the connection and everything it sent is heard, or we have hung up."""
        return self._streams is None or self._streams[0].at_eof()
