"""A proxy in front of a daemon that breaks exactly what it is told to break, and nothing else.

Without a rule every byte goes through as it came: keep-alive connections, both hijack styles, WebSocket upgrades,
endless streams, answers that come before an upload is through. h11 only watches, to know where an exchange ends.
When the client goes away, the daemon's connection is closed at once, also during a quiet answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import socket
import stat
import threading
from collections.abc import Coroutine
from typing import Any

from conformance.engine import tempdir
from conformance.http.endpoint import Endpoint
from conformance.mutation.proxy.connection import Carrier
from conformance.mutation.proxy.match import Rule

_TICK = 0.05


class Proxy:
    """Listens on a unix socket of its own, in a thread of its own; `endpoint` is where clients go."""

    def __init__(self, upstream: Endpoint) -> None:
        self.upstream = upstream
        self.exchanges = 0
        self.broken: list[str] = []
        self._folder = tempdir.create()
        self.endpoint = Endpoint(path=os.path.join(self._folder, "sock"))
        self._rule: Rule | None = None
        self._carriers: set[Carrier] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._ticker: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="fault proxy", daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._call(self._listen())
        self.resemble()
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        tempdir.remove(self._folder)

    # control, from any thread

    def arm(self, rule: Rule | None) -> None:
        """Break what `rule` says from the next request on; None breaks nothing. Ends whatever an earlier rule kept open."""
        self._call(self._set(rule))

    def resemble(self) -> None:
        """Give our socket the owner, group and mode of the daemon's, as checks look at the file too."""
        os.chmod(self._folder, 0o755)  # noqa: S103  whoever may use the daemon's socket may use ours
        if self.upstream.path is not None and self.endpoint.path is not None:
            with contextlib.suppress(OSError):
                facts = os.stat(self.upstream.path)
                os.chown(self.endpoint.path, facts.st_uid, facts.st_gid)
                os.chmod(self.endpoint.path, stat.S_IMODE(facts.st_mode))

    # within the loop

    @property
    def rule(self) -> Rule | None:
        """What is to be broken now."""
        return self._rule

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.endpoint.path, backlog=128)
        self._ticker = asyncio.create_task(self._watch())

    async def _set(self, rule: Rule | None) -> None:
        for _ in range(3):
            await asyncio.sleep(0)  # let what the last case did, such as closing a connection, be seen first
        for carrier in [carrier for carrier in self._carriers if carrier.lingers]:
            carrier.abort()
        self._rule = rule

    async def _close(self) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
        if self._server is not None:
            self._server.close()
        for carrier in list(self._carriers):
            carrier.abort()
        tasks = [carrier.task for carrier in self._carriers if carrier.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrier = Carrier(self, reader, writer)
        self._carriers.add(carrier)
        try:
            await carrier.run()
            await carrier.close()
        except (OSError, asyncio.CancelledError):
            pass
        except Exception as error:  # noqa: BLE001  an error here would look like the daemon's: it is told to the proof
            self.broken.append(f"{type(error).__name__}: {error}")
        finally:
            carrier.abort()
            self._carriers.discard(carrier)

    async def _watch(self) -> None:
        """See clients go that an end of input does not show: after a half-close, or while nobody reads from them."""
        while True:
            await asyncio.sleep(_TICK)
            if not self._carriers:
                continue
            poll = select.poll()
            by_handle = {}
            for carrier in self._carriers:
                with contextlib.suppress(OSError, ValueError):
                    handle = carrier.handle()
                    poll.register(handle, 0)
                    by_handle[handle] = carrier
            for handle, events in poll.poll(0):
                if events & (select.POLLHUP | select.POLLERR):
                    by_handle[handle].client_gone()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the daemon."""
        upstream = self.upstream
        if upstream.path is not None:
            return await asyncio.open_unix_connection(upstream.path, limit=1 << 20)
        tls = upstream.tls
        if tls is None:
            reader, writer = await asyncio.open_connection(upstream.host, upstream.port, limit=1 << 20)
        else:
            name = tls.server_name or upstream.host
            reader, writer = await asyncio.open_connection(
                upstream.host, upstream.port, limit=1 << 20, ssl=tls.context(), server_hostname=name
            )
        with contextlib.suppress(OSError):
            raw: socket.socket = writer.get_extra_info("socket")
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return reader, writer
