"""Carries one client's connection to the daemon: exchange after exchange, whole where it is broken, else as it comes."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from typing import TYPE_CHECKING, TypeGuard

import h11

from conformance.http.messages import Request, Response
from conformance.mutation.faults.fault import Fault
from conformance.mutation.proxy import codec
from conformance.mutation.proxy.match import Rule
from conformance.mutation.proxy.response_writer import BrokenAnswer
from conformance.mutation.proxy.upstream import Upstream

if TYPE_CHECKING:
    from conformance.mutation.proxy.server import Proxy

_BLOCK = 256 * 1024
_LARGEST_HEAD = 256 * 1024
_PASS = Fault()


class Carrier:
    """One client and the connection to the daemon that belongs to it."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.task: asyncio.Task[None] | None = None
        self.lingers = False
        self._proxy = proxy
        self._reader = reader
        self._writer = writer
        self._daemon = Upstream(proxy.connect)
        self._rule: Rule | None = None
        self._asked_all = False  # the client has sent its whole request
        self._ran_ahead = False  # it has sent more than that, which went on to the daemon
        self._running = False

    async def run(self) -> None:
        """Carry exchanges until one side is done."""
        self.task = asyncio.current_task()
        received: bytes | None = b""
        while received is not None:
            self._running = False
            received = await self._exchange(received)

    # the client's side

    def handle(self) -> int:
        """The client's socket."""
        raw: socket.socket = self._writer.get_extra_info("socket")
        return raw.fileno()

    def client_gone(self) -> None:
        """The client has closed: so do we, towards the daemon, unless the fault is just that."""
        if self.lingers:
            return
        if self._running and self._fault.lingers:
            assert self._rule is not None
            self._rule.reached += 1
            self.lingers = True
            self._writer.transport.abort()
        else:
            self.abort()

    def abort(self) -> None:
        """Close both sides at once."""
        self._writer.transport.abort()
        self._daemon.hang_up()
        if self.task is not None and self.task is not asyncio.current_task():
            self.task.cancel()

    async def close(self) -> None:
        """Close both sides when the client has taken what is on its way to it."""
        self._daemon.hang_up()
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    @property
    def _fault(self) -> Fault:
        return self._rule.fault if self._rule is not None else _PASS

    def _is_gone(self) -> bool:
        """Whether the client has closed, not only ended its input."""
        poll = select.poll()
        try:
            poll.register(self.handle(), 0)
            return any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0))
        except (OSError, ValueError):
            return True

    async def _send(self, data: bytes) -> None:
        if self.lingers or not data:
            return
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError:
            self.client_gone()

    # one exchange

    async def _exchange(self, received: bytes) -> bytes | None:
        """Carry one exchange; returns what already came of the next one, None when the connection is over."""
        watch = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD)
        raw = bytearray(received)
        if received:
            watch.receive_data(received)
        while True:
            try:
                event = watch.next_event()
            except h11.RemoteProtocolError:
                await self._blindly(bytes(raw))
                return None
            if isinstance(event, h11.Request):
                break
            if event is not h11.NEED_DATA:
                return None
            data = await self._reader.read(_BLOCK)
            if not data:
                if raw:
                    await self._blindly(bytes(raw))
                return None
            raw += data
            watch.receive_data(data)
        self._running, self._asked_all, self._ran_ahead = True, False, False
        request = Request(
            event.method.decode("latin-1"), event.target.decode("latin-1"), codec.headers_of(event)
        )
        self._proxy.exchanges += 1
        rule = self._proxy.rule
        self._rule = rule if rule is not None and rule.asks(request.method, request.target) else None
        return await self._ask(request, watch, bytes(raw))

    async def _ask(self, request: Request, watch: h11.Connection, raw: bytes) -> bytes | None:
        fault = self._fault
        if self._rule is not None:
            self._rule.matched += 1
            if fault.hangs_up:
                self._rule.reached += 1
                return None
        if self._rule is not None and (fault.instead is not None or fault.request is not None):
            whole, raw, rest = await self._whole(request, watch, raw)
            if fault.instead is not None:
                self._rule.reached += 1
                await self._send(codec.response_bytes(fault.instead(whole), request.method))
                return rest
            assert fault.request is not None
            edited = fault.request(whole)
            if edited != whole:
                self._rule.reached += 1
                raw = codec.request_bytes(edited) + rest
            self._asked_all = True
        await self._daemon.reach()
        if not await self._daemon.tell(raw):
            # the daemon closed an idle connection just now; a new one is what a client would have made
            self._daemon.hang_up()
            await self._daemon.reach()
            await self._daemon.tell(raw)
        listening = asyncio.create_task(self._pass_on(watch))
        try:
            keeps = await self._answer(request)
            if keeps and self._asked_all and not self._ran_ahead:
                return b""
            if keeps and self._ran_ahead:
                await self._relay()
            if not self._asked_all and not self._is_gone():
                await listening  # the answer came early: let the client finish as it likes
            return None
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await listening

    async def _whole(
        self, request: Request, watch: h11.Connection, raw: bytes
    ) -> tuple[Request, bytes, bytes]:
        """The request with its body, all its bytes as they came, and what came behind it."""
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

    async def _pass_on(self, watch: h11.Connection) -> None:
        """Pass on what the client goes on to send: the rest of its request, then whatever a hijack carries."""
        self._see_end(watch)
        while True:
            data = await self._reader.read(_BLOCK)
            if not data:
                if self._is_gone():
                    self.client_gone()
                elif self._fault.holds_stdin and self._rule is not None:
                    self._rule.reached += 1
                else:
                    self._daemon.end()
                return
            if self._asked_all:
                self._ran_ahead = True
                if self._fault.inbound is not None and self._rule is not None:
                    edited = self._fault.inbound(data)
                    self._rule.reached += edited != data
                    data = edited
            else:
                watch.receive_data(data)
                self._see_end(watch)
            await self._daemon.tell(data)

    def _see_end(self, watch: h11.Connection) -> None:
        with contextlib.suppress(h11.RemoteProtocolError):
            while not self._asked_all:
                event = watch.next_event()
                if event is h11.NEED_DATA:
                    return
                if not isinstance(event, h11.Data):
                    self._asked_all = True

    # the answer

    async def _answer(self, request: Request) -> bool:
        """Bring the daemon's answer to the client; returns whether both connections can carry another exchange."""
        watch = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        upgrade = (
            [("Upgrade", "any")] if any(name.lower() == "upgrade" for name, _ in request.headers) else []
        )
        watch.send(h11.Request(method=request.method, target="/", headers=[("Host", "daemon"), *upgrade]))
        watch.send(h11.EndOfMessage())
        broken: BrokenAnswer | None = None
        decided = self._rule is None
        pending = bytearray()  # bytes that go through as they came, unless the answer turns out to be broken
        while True:
            try:
                event = watch.next_event()
            except h11.RemoteProtocolError:
                await self._send(bytes(pending))
                await self._relay()
                return False
            if event is h11.NEED_DATA:
                if decided:
                    await self._send(bytes(pending))
                    pending.clear()
                data = await self._daemon.hear()
                watch.receive_data(data)
                pending += data if broken is None else b""
            elif _is_head(event):
                if not decided:
                    broken = await self._break(request, codec.head_of(event))
                    decided = True
                    pending = pending if broken is None else bytearray()
            elif isinstance(event, h11.Data):
                if broken is not None and not await self._write(broken, broken.feed(bytes(event.data))):
                    return False
            elif event is h11.PAUSED:
                await self._hijacked(broken, bytes(pending) if broken is None else watch.trailing_data[0])
                return False
            else:
                await self._send(bytes(pending))
                # a body may have ended by the end of the connection, which h11 does not tell from a keep-alive
                whole = (
                    isinstance(event, h11.EndOfMessage)
                    and watch.their_state is h11.DONE
                    and not self._daemon.is_over()
                )
                return whole if broken is None else await self._finish(broken) and whole

    async def _break(self, request: Request, head: Response) -> BrokenAnswer | None:
        """What writes the answer, its head written; None when it passes as it is."""
        rule, fault = self._rule, self._fault
        assert rule is not None
        if not rule.answered(head.status):
            return None
        if fault.delay is None or fault.delay > 0:
            rule.reached += 1
            await asyncio.sleep(1e6 if fault.delay is None else fault.delay)
        broken = BrokenAnswer(fault, request, head)
        if broken.is_plain:
            return None
        rule.reached += broken.broke
        await self._send(broken.head())
        return broken

    async def _write(self, broken: BrokenAnswer, pieces: list[bytes]) -> bool:
        # counted before the client has it, as the case may be over then
        if self._rule is not None and broken.broke and not self._rule.reached:
            self._rule.reached += 1
        for piece in pieces:
            await self._send(piece)
            if self._fault.slices:
                await asyncio.sleep(0)
        return not broken.cut

    async def _finish(self, broken: BrokenAnswer) -> bool:
        going = await self._write(broken, broken.close())
        if self._fault.endless:
            await asyncio.sleep(1e6)
        return going

    async def _hijacked(self, broken: BrokenAnswer | None, data: bytes) -> None:
        """Bring the raw stream behind a 101; `data` is what came of it already (with the head if that is not written)."""
        while data or (data := await self._daemon.hear()):
            if broken is None:
                await self._send(data)
            elif not await self._write(broken, broken.feed(data)):
                return
            data = b""
        if broken is not None:
            await self._finish(broken)

    # what is not HTTP

    async def _blindly(self, raw: bytes) -> None:
        """Carry bytes both ways without a look at them."""
        self._running, self._asked_all, self._rule = True, True, None
        await self._daemon.reach()
        await self._daemon.tell(raw)
        listening = asyncio.create_task(self._pass_on(h11.Connection(h11.SERVER)))
        try:
            await self._relay()
        finally:
            listening.cancel()

    async def _relay(self) -> None:
        """Bring the client whatever the daemon still sends."""
        while data := await self._daemon.hear():
            await self._send(data)


def _is_head(event: object) -> TypeGuard[h11.Response | h11.InformationalResponse]:
    return isinstance(event, h11.Response) or (
        isinstance(event, h11.InformationalResponse) and event.status_code == 101
    )
