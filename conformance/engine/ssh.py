"""A daemon's unix socket on another host, forwarded by OpenSSH."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from conformance.engine import tempdir
from conformance.engine.private import namespaces
from conformance.engine.private.daemon import answers
from conformance.http.endpoint import Endpoint
from conformance.model.errors import Unreachable, UsageError

_DEFAULT_SOCKET = "/var/run/docker.sock"
_PATIENCE = 40.0


class SshAddress(NamedTuple):
    """``ssh://[user@]host[:port][/socket]``; without a socket it is Docker's default one."""

    host: str
    user: str | None = None
    port: int | None = None
    socket: str = _DEFAULT_SOCKET

    @classmethod
    def parse(cls, url: str) -> SshAddress:
        """Read a URL. Raises UsageError."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise UsageError(f"{url}: {error}: write ssh://user@host:port") from None
        # A host that begins with a dash would be an option to ssh.
        if not parts.hostname or parts.hostname.startswith("-") or (parts.username or "").startswith("-"):
            raise UsageError(f"{url}: the host is missing: write ssh://user@host")
        if parts.password is not None or parts.query or parts.fragment:
            raise UsageError(
                "an ssh:// address takes no password, query or fragment: set up a key or an agent"
            )
        path = unquote(parts.path).rstrip("/")
        return cls(parts.hostname, parts.username, port, path or _DEFAULT_SOCKET)

    @property
    def url(self) -> str:
        """The address as ``DOCKER_HOST`` would have it."""
        user = f"{quote(self.user)}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"ssh://{user}{host}{port}{quote(self.socket)}"

    def command(self, local: str) -> list[str]:
        """The ssh command that forwards the socket to the path `local` until it is ended."""
        options = [
            "BatchMode=yes",
            "ExitOnForwardFailure=yes",
            "StreamLocalBindMask=0177",
            "ConnectTimeout=20",
        ]
        command = ["ssh", "-N", "-T", *(word for option in options for word in ("-o", option))]
        command += ["-L", f"{local}:{self.socket}"]
        command += ["-p", str(self.port)] if self.port else []
        return [*command, "--", f"{self.user}@{self.host}" if self.user else self.host]


@contextlib.contextmanager
def forward(address: SshAddress) -> Iterator[Endpoint]:
    """Forward the socket for as long as the context lasts. Raises Unreachable with the last line of ssh."""
    if shutil.which("ssh") is None:
        raise UsageError(
            "ssh is not on the PATH: install openssh-client, or name the daemon by unix:// or tcp://"
        )
    directory = tempdir.create()
    log = Path(directory, "log")
    process: subprocess.Popen[bytes] | None = None
    try:
        endpoint = Endpoint(path=os.path.join(directory, "docker.sock"))
        with log.open("wb") as output:
            process = subprocess.Popen(
                address.command(endpoint.path or ""),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=namespaces.die_with_parent,
            )
        _wait(process, address, endpoint, log)
        yield endpoint
    finally:
        if process is not None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        tempdir.remove(directory)


def _wait(process: subprocess.Popen[bytes], address: SshAddress, endpoint: Endpoint, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    tried = False
    while True:
        if process.poll() is not None:
            raise Unreachable(
                f"ssh to {address.host} ended with status {process.returncode}: {_last_line(log)}"
            )
        if os.path.exists(endpoint.path or ""):
            if answers(endpoint, timeout=10):
                return
            # ssh listens before it has asked the other end: a refusal there shows only in its output.
            if tried or time.monotonic() > deadline:
                raise Unreachable(
                    f"no daemon answers at {address.socket} on {address.host}: {_last_line(log)}"
                )
            tried = True
        if time.monotonic() > deadline:
            raise Unreachable(f"ssh to {address.host} timed out after {_PATIENCE:g} s: {_last_line(log)}")
        time.sleep(0.05)


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it wrote nothing"
