"""A proxy in front of a daemon that changes what a rule says, and nothing else.

Without a rule every byte passes as it came: kept-alive connections, both hijack styles, WebSocket upgrades, endless streams,
responses that come before an upload has ended. h11 only reads along, to know where an exchange ends. When the client closes,
the daemon's connection is closed at once, also during a response that is silent.
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
from conformance.mutation.proxy.connection import ClientConnection
from conformance.mutation.proxy.rule import Rule
from conformance.mutation.proxy.upstream import Streams

#: Seconds between two looks for clients that have closed.
_INTERVAL = 0.05


class Proxy:
    """Listens on a unix socket of its own, in a thread of its own; clients connect to `endpoint`.

    `upstream` is where the daemon is. `request_count` counts the requests that came. `errors` are those of the proxy itself.
    """

    def __init__(self, upstream: Endpoint) -> None:
        self.upstream = upstream
        self.request_count = 0
        self.errors: list[str] = []
        self._folder = tempdir.create()
        self.endpoint = Endpoint(path=os.path.join(self._folder, "sock"))
        self._rule: Rule | None = None
        self._connections: set[ClientConnection] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="fault proxy", daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._call(self._listen())
        self.copy_socket_mode()
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        tempdir.remove(self._folder)

    # control, from any thread

    def set_rule(self, rule: Rule | None) -> None:
        """Apply a rule from the next request on, or none. Closes the connections that an earlier rule kept open."""
        self._call(self._set_rule(rule))

    def copy_socket_mode(self) -> None:
        """Give the proxy's socket the owner, group and mode of the daemon's, as some checks look at the file."""
        os.chmod(self._folder, 0o755)  # noqa: S103  whoever may use the daemon's socket may use ours
        if self.upstream.path is not None and self.endpoint.path is not None:
            with contextlib.suppress(OSError):
                facts = os.stat(self.upstream.path)
                os.chown(self.endpoint.path, facts.st_uid, facts.st_gid)
                os.chmod(self.endpoint.path, stat.S_IMODE(facts.st_mode))

    # within the loop

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.endpoint.path, backlog=128)
        self._watcher = asyncio.create_task(self._watch_clients())

    async def _set_rule(self, rule: Rule | None) -> None:
        for _ in range(3):
            await asyncio.sleep(0)  # let the loop see what the last case did, such as closing a connection
        for connection in [connection for connection in self._connections if connection.lingers]:
            connection.abort()
        self._rule = rule

    async def _close(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.abort()
        tasks = [connection.task for connection in self._connections if connection.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=5)

    def _begin_exchange(self) -> Rule | None:
        self.request_count += 1
        return self._rule

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = ClientConnection((reader, writer), self._connect, self._begin_exchange)
        self._connections.add(connection)
        try:
            await connection.run()
            await connection.close()
        except (OSError, asyncio.CancelledError):
            pass
        except Exception as error:  # noqa: BLE001  it would look like an error of the daemon: the mutation run reports it
            self.errors.append(f"{type(error).__name__}: {error}")
        finally:
            connection.abort()
            self._connections.discard(connection)

    async def _watch_clients(self) -> None:
        """Notice clients that close where an end of input does not show it: after a half-close, or while we do not read."""
        while True:
            await asyncio.sleep(_INTERVAL)
            if not self._connections:
                continue
            poll = select.poll()
            by_descriptor = {}
            for connection in self._connections:
                with contextlib.suppress(OSError, ValueError):
                    descriptor = connection.fileno()
                    poll.register(descriptor, 0)
                    by_descriptor[descriptor] = connection
            for descriptor, events in poll.poll(0):
                if events & (select.POLLHUP | select.POLLERR):
                    by_descriptor[descriptor].handle_client_close()

    async def _connect(self) -> Streams:
        """Open a connection to the daemon."""
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
