"""A private daemon: a ``dockerd`` build, started so that it touches nothing of its host and leaves nothing behind.

It has mount, PID, network and cgroup namespaces of its own. Data root, socket and log are in one private directory,
exec root and pid file in a /run of its own. The supervisor process removes all of it when the suite ends or is killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from conformance.engine import tempdir
from conformance.engine.private import init
from conformance.engine.private.helper_process import Helper
from conformance.engine.private.relay import Relay
from conformance.engine.tls_material import Certificates
from conformance.http.endpoint import Endpoint
from conformance.model.errors import Unreachable, UsageError

_TLS_PORT = 2376
#: Variables that change what a daemon does; nothing else of our environment is passed on.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "DOCKER_RAMDISK", "DOCKER_DRIVER")
#: A daemon that lives for a run need not collect garbage: an engine executes itself for each archive and each start, and
#: a fifth of the time of those short processes goes into garbage collection.
_FASTER = {"GOGC": "400"}
#: Bytes of memory that must be free for each byte of data kept in memory; the smallest and the largest such data root.
_SHARE, _LEAST, _MOST = 4, 1 << 29, 1 << 32

#: How long a program may take to print its help, in seconds.
_PATIENCE_WITH_HELP = 10.0

#: How the log lines begin that say why a daemon ended; its last line may be any other.
_FATAL = ("failed to", "docker-conformance:", "Status:", "unknown flag", "unable to", "panic:", "Error")


class PrivateDaemon:
    """Context manager: the daemon answers when ``__enter__`` returns and is gone after ``__exit__``.

    It is started with `labels`, `proxies` (``http``, ``https``, ``no``) and `arguments`, which are appended to its command
    line; `etc` has the text of files that it finds in /etc, by their paths there; `variables` are added to its environment.
    With `tls` it also listens on TCP with client certificates; without `explicit_socket` it listens on the default socket of
    its own /var/run. `base` is the directory to work in, `patience` the seconds until it must answer. Raises UsageError when
    `binary` cannot be run here, Unreachable when it does not start.
    """

    def __init__(
        self,
        binary: str = "dockerd",
        *,
        labels: Mapping[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
        tls: bool = False,
        explicit_socket: bool = True,
        arguments: Sequence[str] = (),
        etc: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
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
        self._explicit_socket = explicit_socket
        self._arguments = list(arguments)
        self._etc = dict(etc or {})
        self._variables = dict(variables or {})
        self._base = base
        self._patience = patience
        self._supervisor: Helper | None = None
        self._relay: Relay | None = None
        self._kept_log: str | None = None

    @property
    def endpoint(self) -> Endpoint:
        """The unix socket that it listens on."""
        if self._explicit_socket:
            return Endpoint(path=os.path.join(self.directory, "docker.sock"))
        # Resolved here: an absolute link would lead out of the daemon's root.
        return Endpoint(path=f"/proc/{self.pid}/root{os.path.realpath('/var/run')}/docker.sock")

    @property
    def log(self) -> Path:
        """The log file; it is removed with the daemon unless keep_log() was called."""
        return Path(self.directory, "log")

    @property
    def config(self) -> Path:
        """The configuration file; it is empty at the start."""
        return Path(self.directory, "daemon.json")

    @property
    def daemon_pid(self) -> int:
        """The process id of ``dockerd`` itself, as this side sees it. Raises Unreachable."""
        return peer_pid(self.endpoint)

    def keep_log(self, path: str | os.PathLike[str]) -> None:
        """Copy the log to `path` when the daemon ends."""
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
        self.config.write_text("{}\n", encoding="ascii")
        if self._wants_tls:
            self.certificates = Certificates(os.path.join(self.directory, "tls"))
        self._supervisor = Helper("supervisor", self._settings(), stderr=str(self.log))
        tempdir.add_owner(self.directory, self._supervisor.pid)
        first = self._supervisor.receive()
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
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            self._save_log()
            supervisor.close()
        if self.directory:
            # The supervisor has done this already, unless it was killed.
            tempdir.remove(self.directory)

    def _settings(self) -> dict[str, Any]:
        environment = _FASTER | {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        path = environment.get("PATH", os.defpath)
        environment["PATH"] = f"{os.path.dirname(self.binary)}:{path}"
        environment["HOME"] = self.directory
        environment["TMPDIR"] = os.path.join(self.directory, "tmp")
        for name, value in self.proxies.items():
            # Engines up to 1.9 read the lower-case name only.
            environment[f"{name}_PROXY".upper()] = environment[f"{name}_proxy"] = value
        environment |= self._variables
        return {
            "command": self._command(),
            "environment": environment,
            "directory": self.directory,
            "data": [os.path.join(self.directory, "data"), _size_of_data()],
            "cgroup": os.path.basename(self.directory),
            "etc": self._etc,
            "log": str(self.log),
        }

    def _command(self) -> list[str]:
        command = _program(self.binary)
        if self._explicit_socket:
            command.append(f"--host=unix://{self.endpoint.path}")
        command += [
            f"--data-root={self.directory}/data",
            "--exec-root=/run/docker",
            "--pidfile=/run/docker.pid",
            # Not the host's: a setting there that is an option here as well would stop the daemon.
            f"--config-file={self.config}",
        ]
        command += [f"--label={name}={value}" for name, value in self.labels.items()]
        if self.certificates is not None:
            command += [f"--host=tcp://127.0.0.1:{_TLS_PORT}", *self.certificates.daemon_options()]
        return command + self._arguments

    def _wait(self) -> None:
        assert self._supervisor is not None
        began = time.monotonic()
        while not answers(self.endpoint, timeout=0.5):
            age = time.monotonic() - began
            if self._supervisor.wait_readable(0.02):
                status = self._supervisor.receive().get("status", -1)
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
        fatal = [line for line in lines if "level=fatal" in line or line.startswith(_FATAL)]
        last = (fatal or lines or ["it logged nothing"])[-1]
        return f"{last}; see {self._kept_log}" if self._kept_log else last

    def _save_log(self) -> None:
        if self._kept_log is not None:
            with contextlib.suppress(OSError):
                shutil.copyfile(self.log, self._kept_log)


def _size_of_data() -> int:
    """How many bytes a daemon may keep in memory, where it need not wait for a disk; 0 keeps its data on disk.

    TMPDIR, if it is set, decides where the data goes.
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


def has_option(binary: str, option: str) -> bool:
    """Whether the help text of a daemon's program has an option of its command line; false also when there is no text."""
    try:
        shown = subprocess.run(
            [*_program(binary), "--help"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_WITH_HELP,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return option in shown.stdout.decode("utf-8", "replace").split()


def _program(binary: str) -> list[str]:
    """How a command line begins: up to Docker 1.12, the daemon is a command of the client."""
    return [binary, "daemon"] if os.path.basename(binary) == "docker" else [binary]


def answers(endpoint: Endpoint, timeout: float = 2.0) -> bool:
    """Whether ``GET /_ping`` on a unix socket is answered with 200 within `timeout` seconds."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(endpoint.path or "")
            connection.sendall(b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
            return connection.recv(64).split(b" ")[1:2] == [b"200"]
        except OSError:
            return False


def restart(process: int, endpoint: Endpoint, patience: float = 60.0) -> int:
    """Let process 1 of a private daemon's namespaces end the daemon and start it again with the same data.

    Returns the daemon's new process id when it answers. Raises Unreachable after `patience` seconds.
    """
    before = peer_pid(endpoint)
    os.kill(process, init.RESTART)
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        with contextlib.suppress(Unreachable):
            now = peer_pid(endpoint)
            if now != before and answers(endpoint, timeout=0.5):
                return now
        time.sleep(0.02)
    raise Unreachable(f"the daemon did not answer within {patience:g} s after its restart")


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
