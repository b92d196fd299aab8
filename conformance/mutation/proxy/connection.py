"""One client's connection: its exchanges with the daemon, one after another, changed where a rule says so."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from collections.abc import Awaitable, Callable
from typing import TypeGuard

import h11

from conformance.http.messages import Request, Response
from conformance.mutation.proxy import codec
from conformance.mutation.proxy.fault import Fault
from conformance.mutation.proxy.response_writer import ResponseWriter
from conformance.mutation.proxy.rule import Rule
from conformance.mutation.proxy.upstream import Streams, Upstream

_BLOCK = 256 * 1024
_LARGEST_HEAD = 256 * 1024
_PASS = Fault()


class ClientConnection:
    """A client and the connection to the daemon that belongs to it.

    `connect` opens a connection to the daemon. `begin_exchange` is called once for each request and returns the rule to apply.
    """

    def __init__(
        self,
        streams: Streams,
        connect: Callable[[], Awaitable[Streams]],
        begin_exchange: Callable[[], Rule | None],
    ) -> None:
        self.task: asyncio.Task[None] | None = None
        #: Whether the client has closed, and the daemon does not learn of it.
        self.lingers = False
        self._reader, self._writer = streams
        self._daemon = Upstream(connect)
        self._begin_exchange = begin_exchange
        self._rule: Rule | None = None
        self._request_ended = False
        self._sent_more = False  # the client has sent more than its request, which went on to the daemon
        self._in_exchange = False

    async def run(self) -> None:
        """Serve exchanges until one side is done."""
        self.task = asyncio.current_task()
        received: bytes | None = b""
        while received is not None:
            self._in_exchange = False
            received = await self._serve_exchange(received)

    # the client's side

    def fileno(self) -> int:
        """The file descriptor of the client's socket."""
        raw: socket.socket = self._writer.get_extra_info("socket")
        return raw.fileno()

    def handle_client_close(self) -> None:
        """Close the daemon's side too, unless the fault is that it stays open."""
        if self.lingers:
            return
        if self._in_exchange and self._fault.lingers:
            assert self._rule is not None
            self._rule.reached += 1
            self.lingers = True
            self._writer.transport.abort()
        else:
            self.abort()

    def abort(self) -> None:
        """Close both sides at once."""
        self._writer.transport.abort()
        self._daemon.close()
        if self.task is not None and self.task is not asyncio.current_task():
            self.task.cancel()

    async def close(self) -> None:
        """Close both sides when the client has received what is on its way to it."""
        self._daemon.close()
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    @property
    def _fault(self) -> Fault:
        return self._rule.fault if self._rule is not None else _PASS

    def _client_has_closed(self) -> bool:
        """Whether the client has closed, not only ended its input."""
        poll = select.poll()
        try:
            poll.register(self.fileno(), 0)
            return any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0))
        except (OSError, ValueError):
            return True

    async def _send_to_client(self, data: bytes) -> None:
        if self.lingers or not data:
            return
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError:
            self.handle_client_close()

    # the request

    async def _serve_exchange(self, received: bytes) -> bytes | None:
        """Serve one exchange, of which `received` has come; returns what has come of the next, None at the end."""
        watch = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD)
        raw = bytearray(received)
        if received:
            watch.receive_data(received)
        while True:
            try:
                event = watch.next_event()
            except h11.RemoteProtocolError:
                await self._forward_blindly(bytes(raw))
                return None
            if isinstance(event, h11.Request):
                break
            if event is not h11.NEED_DATA:
                return None
            data = await self._reader.read(_BLOCK)
            if not data:
                if raw:
                    await self._forward_blindly(bytes(raw))
                return None
            raw += data
            watch.receive_data(data)
        self._in_exchange, self._request_ended, self._sent_more = True, False, False
        request = Request(
            event.method.decode("latin-1"), event.target.decode("latin-1"), codec.read_headers(event)
        )
        rule = self._begin_exchange()
        self._rule = rule if rule is not None and rule.take(request.method, request.target) else None
        return await self._send_request(request, watch, bytes(raw))

    async def _send_request(self, request: Request, watch: h11.Connection, raw: bytes) -> bytes | None:
        fault = self._fault
        if self._rule is not None:
            self._rule.matched += 1
            if fault.hangs_up:
                self._rule.reached += 1
                return None
        if self._rule is not None and (fault.instead is not None or fault.request is not None):
            whole, raw, rest = await self._read_request(request, watch, raw)
            answer = fault.instead(whole) if fault.instead is not None else None
            if answer is not None:
                self._rule.reached += 1
                await self._send_to_client(codec.encode_response(answer, request.method))
                return rest
            edited = fault.request(whole) if fault.request is not None else whole
            if edited != whole:
                self._rule.reached += 1
                raw = codec.encode_request(edited) + rest
            self._request_ended = True
        await self._daemon.open()
        if not await self._daemon.send(raw):
            # the daemon has just closed an idle connection; a client would have opened a new one
            self._daemon.close()
            await self._daemon.open()
            await self._daemon.send(raw)
        forwarding = asyncio.create_task(self._forward_client(watch))
        try:
            keeps_alive = await self._forward_response(request)
            if keeps_alive and self._request_ended and not self._sent_more:
                return b""
            if keeps_alive and self._sent_more:
                await self._forward_rest()
            if not self._request_ended and not self._client_has_closed():
                await forwarding  # the response came early: let the client finish its request
            return None
        finally:
            forwarding.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await forwarding

    async def _read_request(
        self, request: Request, watch: h11.Connection, raw: bytes
    ) -> tuple[Request, bytes, bytes]:
        """Read the request to its end; returns it, its bytes as they came, and the bytes behind it."""
        body: list[bytes] = []
        came = bytearray(raw)
        while True:
            event = watch.next_event()
            if isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif event is h11.NEED_DATA:
                data = await self._reader.read(_BLOCK)
                if not data:
                    raise ConnectionResetError
                came += data
                watch.receive_data(data)
            else:
                break
        has_body = any(name.lower() in ("content-length", "transfer-encoding") for name, _ in request.headers)
        whole = Request(request.method, request.target, request.headers, b"".join(body) if has_body else None)
        return whole, bytes(came), watch.trailing_data[0]

    async def _forward_client(self, watch: h11.Connection) -> None:
        """Forward what the client goes on to send: the rest of its request, then its side of a hijacked stream."""
        self._watch_request_end(watch)
        while True:
            data = await self._reader.read(_BLOCK)
            if not data:
                if self._client_has_closed():
                    self.handle_client_close()
                elif self._fault.holds_stdin and self._rule is not None:
                    self._rule.reached += 1
                else:
                    self._daemon.send_eof()
                return
            if self._request_ended:
                self._sent_more = True
                if self._fault.inbound is not None and self._rule is not None:
                    edited = self._fault.inbound(data)
                    self._rule.reached += edited != data
                    data = edited
            else:
                watch.receive_data(data)
                self._watch_request_end(watch)
            await self._daemon.send(data)

    def _watch_request_end(self, watch: h11.Connection) -> None:
        with contextlib.suppress(h11.RemoteProtocolError):
            while not self._request_ended:
                event = watch.next_event()
                if event is h11.NEED_DATA:
                    return
                if not isinstance(event, h11.Data):
                    self._request_ended = True

    # the response

    async def _forward_response(self, request: Request) -> bool:
        """Forward the daemon's response; returns whether both connections can serve another exchange."""
        watch = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        upgrade = (
            [("Upgrade", "any")] if any(name.lower() == "upgrade" for name, _ in request.headers) else []
        )
        watch.send(h11.Request(method=request.method, target="/", headers=[("Host", "daemon"), *upgrade]))
        watch.send(h11.EndOfMessage())
        writer: ResponseWriter | None = None
        decided = self._rule is None
        pending = bytearray()  # bytes that pass as they came, unless a writer takes over
        while True:
            try:
                event = watch.next_event()
            except h11.RemoteProtocolError:
                await self._send_to_client(bytes(pending))
                await self._forward_rest()
                return False
            if event is h11.NEED_DATA:
                if decided:
                    await self._send_to_client(bytes(pending))
                    pending.clear()
                data = await self._daemon.receive(self._fault.gathers)
                watch.receive_data(data)
                pending += data if writer is None else b""
            elif _is_head(event):
                if not decided:
                    writer = await self._begin_response(request, codec.read_head(event))
                    decided = True
                    pending = pending if writer is None else bytearray()
            elif isinstance(event, h11.Data):
                if writer is not None and not await self._write(writer, writer.feed(bytes(event.data))):
                    return False
            elif event is h11.PAUSED:
                await self._forward_hijacked(
                    writer, bytes(pending) if writer is None else watch.trailing_data[0]
                )
                return False
            else:
                await self._send_to_client(bytes(pending))
                # a body that ended with its connection looks to h11 as if the connection stayed alive
                whole = (
                    isinstance(event, h11.EndOfMessage)
                    and watch.their_state is h11.DONE
                    and not self._daemon.at_eof()
                )
                return whole if writer is None else await self._finish(writer) and whole

    async def _begin_response(self, request: Request, head: Response) -> ResponseWriter | None:
        """The writer of a changed response, after its head is written; None when the response passes as it is."""
        rule, fault = self._rule, self._fault
        assert rule is not None
        if not rule.accepts_status(head.status):
            return None
        if fault.delay is None or fault.delay > 0:
            rule.reached += 1
            await asyncio.sleep(1e6 if fault.delay is None else fault.delay)
        writer = ResponseWriter(fault, request, head)
        if writer.is_plain:
            return None
        rule.reached += writer.changed
        await self._write(writer, writer.write_head())
        return writer

    async def _write(self, writer: ResponseWriter, pieces: list[bytes]) -> bool:
        # counted before the client has it: with it, the case may end
        if self._rule is not None and writer.changed and not self._rule.reached:
            self._rule.reached += 1
        for piece in pieces:
            await self._send_to_client(piece)
            if self._fault.writes:
                await asyncio.sleep(self._fault.pause)
        return not writer.is_cut

    async def _finish(self, writer: ResponseWriter) -> bool:
        is_open = await self._write(writer, writer.close())
        if self._fault.endless:
            await asyncio.sleep(1e6)
        return is_open and not writer.closes

    async def _forward_hijacked(self, writer: ResponseWriter | None, data: bytes) -> None:
        """Forward the raw stream behind a 101; `data` has come already, with the head in it if there is no writer."""
        while data or (data := await self._daemon.receive(self._fault.gathers)):
            if writer is None:
                await self._send_to_client(data)
            elif not await self._write(writer, writer.feed(data)):
                return
            data = b""
        if writer is not None:
            await self._finish(writer)

    # what is not HTTP

    async def _forward_blindly(self, raw: bytes) -> None:
        """Forward bytes both ways without reading them."""
        self._in_exchange, self._request_ended, self._rule = True, True, None
        await self._daemon.open()
        await self._daemon.send(raw)
        forwarding = asyncio.create_task(self._forward_client(h11.Connection(h11.SERVER)))
        try:
            await self._forward_rest()
        finally:
            forwarding.cancel()

    async def _forward_rest(self) -> None:
        """Forward whatever the daemon still sends."""
        while data := await self._daemon.receive():
            await self._send_to_client(data)


def _is_head(event: object) -> TypeGuard[h11.Response | h11.InformationalResponse]:
    return isinstance(event, h11.Response) or (
        isinstance(event, h11.InformationalResponse) and event.status_code == 101
    )
