"""A private daemon: a ``dockerd`` build, started so that it touches nothing of its host and leaves nothing behind.

It has mount, PID, network and cgroup namespaces of its own. Data root, socket and log lie in one private directory;
exec root and pid file in a /run of its own. The keeper process removes all of it when the suite ends, however.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from conformance.engine import tempdir
from conformance.engine.private.helper_process import Helper
from conformance.engine.private.relay import Relay
from conformance.engine.tls_material import Certificates
from conformance.http.endpoint import Endpoint
from conformance.model.errors import Unreachable, UsageError

_TLS_PORT = 2376
#: Environment that changes what a daemon does; everything else of ours is none of its business.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "DOCKER_RAMDISK", "DOCKER_DRIVER")
#: What a daemon that lives for a run need not do: an engine calls itself anew for each archive and each start, and its
#: heap is small. A fifth of the time of those calls goes into collecting garbage that goes with the process.
_HASTE = {"GOGC": "400"}
#: Bytes of memory that must be free for each byte of data that is kept there, and the least and the most of such data.
_SHARE, _LEAST, _MOST = 4, 1 << 29, 1 << 32

#: How those lines of a log begin that say why a daemon ended; its last line may be any other.
_TELLING = ("failed to", "docker-conformance:", "Status:", "unknown flag", "unable to", "panic:", "Error")


class PrivateDaemon:
    """Context manager: the daemon answers when ``__enter__`` returns and is gone after ``__exit__``.

    `labels` and `proxies` (``http``, ``https``, ``no``) are what it is started with, `arguments` are appended to its
    command line as they are. With `tls` it listens on TCP with client certificates too; without `told` it is not told
    where to listen and its socket is the default one of its own /var/run. `base` is the directory to work in. Raises UsageError when `binary` cannot be run here, Unreachable when it does not come up.
    """

    def __init__(
        self,
        binary: str = "dockerd",
        *,
        labels: Mapping[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
        tls: bool = False,
        told: bool = True,
        arguments: Sequence[str] = (),
        base: str | None = None,
        patience: float = 60.0,
    ) -> None:
        self.binary = find_binary(binary)
        self.labels = dict(labels or {})
        self.proxies = dict(proxies or {})
        self.certificates: Certificates | None = None
        #: How to reach the TLS listener with a good certificate, one of a foreign authority, and none.
        self.tls_endpoints: dict[str, Endpoint] = {}
        #: Process 1 of the daemon's namespaces, as this side sees it.
        self.pid = 0
        self.directory = ""
        self._wants_tls = tls
        self._told = told
        self._arguments = list(arguments)
        self._base = base
        self._patience = patience
        self._keeper: Helper | None = None
        self._relay: Relay | None = None
        self._kept_log: str | None = None

    @property
    def endpoint(self) -> Endpoint:
        """The unix socket."""
        if self._told:
            return Endpoint(path=os.path.join(self.directory, "docker.sock"))
        # Resolved here: a link that is absolute would lead out of the daemon's root.
        return Endpoint(path=f"/proc/{self.pid}/root{os.path.realpath('/var/run')}/docker.sock")

    @property
    def log(self) -> Path:
        """The log file; it goes with the daemon unless it is kept."""
        return Path(self.directory, "log")

    @property
    def daemon_pid(self) -> int:
        """The process id of ``dockerd`` itself, as this side sees it. Raises Unreachable."""
        return peer_pid(self.endpoint)

    def keep_log(self, path: str | os.PathLike[str]) -> None:
        """Have the log copied to `path` when the daemon ends."""
        self._kept_log = os.path.abspath(path)

    def __enter__(self) -> PrivateDaemon:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start, and return when ``GET /_ping`` answers with 200. Raises Unreachable with the end of the log."""
        if os.geteuid() != 0:
            raise UsageError("a private daemon needs root: run as root (sudo), or name a daemon with --host")
        self.directory = tempdir.create(self._base)
        for name in ("data", "tmp"):
            os.mkdir(os.path.join(self.directory, name))
        Path(self.directory, "daemon.json").write_text("{}\n", encoding="ascii")
        if self._wants_tls:
            self.certificates = Certificates(os.path.join(self.directory, "tls"))
        self._keeper = Helper("supervisor", self._order(), stderr=str(self.log))
        tempdir.add_owner(self.directory, self._keeper.pid)
        first = self._keeper.hear()
        if "pid" not in first:
            raise Unreachable(f"{self.binary} could not be started: {self._last_line()}")
        self.pid = first["pid"]
        self._wait()
        if self.certificates is not None:
            path = os.path.join(self.directory, "tls.sock")
            self._relay = Relay(path, port=_TLS_PORT, network_of=self.pid, log=str(self.log))
            self._relay.start()
            self.tls_endpoints = self.certificates.endpoints(path)

    def stop(self) -> None:
        """End the daemon at once and remove everything. May be called again."""
        if self._relay is not None:
            self._relay.stop()
            self._relay = None
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            self._save_log()
            keeper.close()
        if self.directory:
            # The keeper has done this already, unless somebody killed it.
            tempdir.remove(self.directory)

    def _order(self) -> dict[str, Any]:
        environment = _HASTE | {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        path = environment.get("PATH", os.defpath)
        environment["PATH"] = f"{os.path.dirname(self.binary)}:{path}"
        environment["HOME"] = self.directory
        environment["TMPDIR"] = os.path.join(self.directory, "tmp")
        for name, value in self.proxies.items():
            environment[f"{name.upper()}_PROXY"] = value
        return {
            "command": self._command(),
            "environment": environment,
            "directory": self.directory,
            "data": [os.path.join(self.directory, "data"), _size_of_data()],
            "cgroup": os.path.basename(self.directory),
            "log": str(self.log),
        }

    def _command(self) -> list[str]:
        command = [self.binary]
        if os.path.basename(self.binary) == "docker":
            command.append("daemon")
        if self._told:
            command.append(f"--host=unix://{self.endpoint.path}")
        command += [
            f"--data-root={self.directory}/data",
            "--exec-root=/run/docker",
            "--pidfile=/run/docker.pid",
            # Not the host's: a setting there that is an option here too would stop the daemon.
            f"--config-file={self.directory}/daemon.json",
        ]
        command += [f"--label={name}={value}" for name, value in self.labels.items()]
        if self.certificates is not None:
            command += [f"--host=tcp://127.0.0.1:{_TLS_PORT}", *self.certificates.daemon_options()]
        return command + self._arguments

    def _wait(self) -> None:
        assert self._keeper is not None
        began = time.monotonic()
        while not answers(self.endpoint, timeout=0.5):
            age = time.monotonic() - began
            if self._keeper.is_heard(0.02):
                status = self._keeper.hear().get("status", -1)
                when = "at once" if age < 5 else f"after {age:.0f} s"
                raise Unreachable(f"{self.binary} exited {when} with status {status}: {self._last_line()}")
            if age > self._patience:
                raise Unreachable(
                    f"{self.binary} did not answer within {self._patience:g} s: {self._last_line()}"
                )

    def _last_line(self) -> str:
        self._save_log()
        lines: list[str] = []
        with contextlib.suppress(OSError):
            text = self.log.read_text(encoding="utf-8", errors="replace")
            lines = [line.strip() for line in text.splitlines() if line.strip()]
        telling = [line for line in lines if "level=fatal" in line or line.startswith(_TELLING)]
        said = (telling or lines or ["it logged nothing"])[-1]
        return f"{said}; see {self._kept_log}" if self._kept_log else said

    def _save_log(self) -> None:
        if self._kept_log is not None:
            with contextlib.suppress(OSError):
                shutil.copyfile(self.log, self._kept_log)


def _size_of_data() -> int:
    """How many bytes a daemon may keep in memory instead of on a disk, which it waits for at each step; 0 for none.

    Who says by TMPDIR where such things belong gets them there.
    """
    if os.environ.get("TMPDIR"):
        return 0
    with contextlib.suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
        size = min(free // _SHARE, _MOST)
        return size if size >= _LEAST else 0
    return 0


def find_binary(name: str) -> str:
    """The absolute path of a program given by path or by name. Raises UsageError when it cannot be run."""
    found = shutil.which(name)
    if found is None:
        what = "is not executable" if os.path.isfile(name) else "does not exist"
        where = name if os.sep in name else f"{name} on the PATH"
        raise UsageError(f"{where} {what}: give the path of a dockerd binary")
    return os.path.abspath(found)


def answers(endpoint: Endpoint, timeout: float = 2.0) -> bool:
    """Tell whether ``GET /_ping`` on a unix socket is answered with 200 within `timeout` seconds."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(endpoint.path or "")
            connection.sendall(b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
            return connection.recv(64).split(b" ")[1:2] == [b"200"]
        except OSError:
            return False


def peer_pid(endpoint: Endpoint) -> int:
    """The process that listens on a unix socket; 0 when it is not visible from here. Raises Unreachable."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        try:
            connection.connect(endpoint.path or "")
        except OSError as error:
            raise Unreachable(f"{endpoint.url}: {error.strerror or error}") from error
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[0])
