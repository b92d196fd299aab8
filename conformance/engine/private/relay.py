"""A way into another network namespace: a unix socket here whose every connection goes on to 127.0.0.1 there.

The relaying runs in a process of its own, which may also run one server (a registry) in that namespace.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Sequence

from conformance.engine import tempdir
from conformance.engine.private import namespaces
from conformance.engine.private.helper_process import Helper
from conformance.model.errors import Unreachable


class Relay:
    """Listens on the unix socket `path` and connects to 127.0.0.1:`port` in the network of process `network_of`.

    Without `network_of` that is the network of this process. With a `command`, that is run there first, with
    ``{port}`` in its environment's values replaced by the port; port 0 stands for a free one. The process ends with
    this one and then removes `directory`. Its complaints and the command's go to the file `log`.
    """

    def __init__(
        self,
        path: str,
        *,
        port: int,
        log: str,
        network_of: int | None = None,
        command: Sequence[str] = (),
        environment: dict[str, str] | None = None,
        directory: str | None = None,
    ) -> None:
        self.path = path
        self.port = port
        self._log = log
        self._order = {
            "path": path,
            "port": port,
            "network_of": network_of,
            "command": list(command),
            "environment": environment or {},
            "directory": directory,
        }
        self._helper: Helper | None = None

    def start(self) -> None:
        """Return when connections are taken. Raises Unreachable when that cannot be."""
        self._helper = Helper("relay", self._order, stderr=self._log)
        answer = self._helper.hear()
        if "port" not in answer:
            self.stop()
            raise Unreachable(
                f"no way to port {self.port} of the daemon's network: {answer.get('error', 'unknown')}"
            )
        self.port = answer["port"]

    def ended(self) -> bool:
        """Tell whether the process has ended by itself, as it does when its command ends."""
        return self._helper is None or self._helper.has_closed()

    @property
    def pid(self) -> int:
        """The process that relays."""
        return self._helper.pid if self._helper is not None else 0

    def stop(self) -> None:
        """End the process and what it runs. May be called again."""
        helper, self._helper = self._helper, None
        if helper is not None:
            helper.close(patience=10)


def main() -> None:
    """The relaying process; see Relay."""
    order = json.loads(sys.stdin.readline() or "null")
    if order is None:
        return
    server = 0
    try:
        if order["network_of"]:
            namespaces.enter_network_of(order["network_of"])
        port = order["port"] or _free_port()
        if order["command"]:
            server = _start(order["command"], order["environment"], port)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(order["path"])
        os.chmod(order["path"], 0o600)
        listener.listen(128)
        _say({"port": port})
        if server:
            threading.Thread(target=_end_with, args=(server,), daemon=True).start()
        threading.Thread(target=_accept, args=(listener, port), daemon=True).start()
        sys.stdin.read()
    except OSError as error:
        _say({"error": str(error)})
    finally:
        if server:
            with contextlib.suppress(OSError):
                os.kill(server, signal.SIGKILL)
                os.waitpid(server, 0)
        if order["directory"]:
            tempdir.remove(order["directory"])
    sys.stdout.flush()
    os._exit(0)


def _say(words: dict[str, object]) -> None:
    with contextlib.suppress(OSError):
        os.write(1, (json.dumps(words) + "\n").encode())


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _start(command: list[str], environment: dict[str, str], port: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            namespaces.die_with_parent()
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 0)
            os.dup2(2, 1)
            values = {name: value.replace("{port}", str(port)) for name, value in environment.items()}
            os.execvpe(command[0], command, values)  # noqa: S606
        finally:
            os._exit(127)
    return pid


def _end_with(server: int) -> None:
    """A relay to nobody is of no use; its end is how the suite hears of the server's."""
    os.waitpid(server, 0)
    os._exit(1)


def _accept(listener: socket.socket, port: int) -> None:
    while True:
        here, _ = listener.accept()
        threading.Thread(target=_carry, args=(here, port), daemon=True).start()


def _carry(here: socket.socket, port: int) -> None:
    """Copy both ways. An end of one side is passed on as an end, a reset as a reset."""
    with here, socket.socket() as there:
        try:
            there.connect(("127.0.0.1", port))
        except OSError:
            return
        there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        other = {here: there, there: here}
        open_ends = [here, there]
        try:
            while open_ends:
                for source in select.select(open_ends, [], [])[0]:
                    data = source.recv(65536)
                    if data:
                        other[source].sendall(data)
                    else:
                        open_ends.remove(source)
                        with contextlib.suppress(OSError):
                            other[source].shutdown(socket.SHUT_WR)
        except OSError:
            return
