"""Forwards connections into another network namespace: from a unix socket here to a port of 127.0.0.1 there.

This runs in a process of its own, which may also run one server (a registry) in that namespace.
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
    this one and then removes `directory`. Its errors and those of the command go to the file `log`.
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
        self._settings = {
            "path": path,
            "port": port,
            "network_of": network_of,
            "command": list(command),
            "environment": environment or {},
            "directory": directory,
        }
        self._helper: Helper | None = None

    def start(self) -> None:
        """Return when connections are accepted. Raises Unreachable when the process cannot do that."""
        self._helper = Helper("relay", self._settings, stderr=self._log)
        answer = self._helper.receive()
        if "port" not in answer:
            self.stop()
            raise Unreachable(
                f"failed to reach port {self.port} in the daemon's network: {answer.get('error', 'unknown')}"
            )
        self.port = answer["port"]

    def ended(self) -> bool:
        """Whether the process has ended by itself, as it does when its command ends."""
        return self._helper is None or self._helper.has_ended()

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
    settings = json.loads(sys.stdin.readline() or "null")
    if settings is None:
        return
    server = 0
    try:
        if settings["network_of"]:
            namespaces.enter_network_of(settings["network_of"])
        port = settings["port"] or _free_port()
        if settings["command"]:
            server = _start(settings["command"], settings["environment"], port)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(settings["path"])
        os.chmod(settings["path"], 0o600)
        listener.listen(128)
        _send({"port": port})
        if server:
            threading.Thread(target=_end_with, args=(server,), daemon=True).start()
        threading.Thread(target=_accept, args=(listener, port), daemon=True).start()
        sys.stdin.read()
    except OSError as error:
        _send({"error": str(error)})
    finally:
        if server:
            with contextlib.suppress(OSError):
                os.kill(server, signal.SIGKILL)
                os.waitpid(server, 0)
        if settings["directory"]:
            tempdir.remove(settings["directory"])
    sys.stdout.flush()
    os._exit(0)


def _send(words: dict[str, object]) -> None:
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
    """End the relay when the server has ended; this is how the suite notices."""
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
