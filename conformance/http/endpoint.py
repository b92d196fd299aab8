"""Where a daemon listens, and how to open a socket to it. Knows nothing of HTTP.

An address of ssh is a unix socket here: ``conformance.engine.ssh`` forwards it.
"""

from __future__ import annotations

import errno
import socket
import ssl
import stat
from dataclasses import dataclass, field
from pathlib import Path

from conformance.model.errors import ConnectionLost, DaemonTimeout, UsageError


@dataclass(frozen=True)
class Tls:
    """Files (PEM) for a TLS connection with a client certificate; None where not wanted.

    Without ``ca`` the daemon's certificate is verified against the authorities of the system, unless ``verify`` is False.
    """

    ca: str | None = None
    cert: str | None = None
    key: str | None = field(default=None, repr=False)
    verify: bool = True
    server_name: str | None = None

    def context(self) -> ssl.SSLContext:
        """Build the context. Raises UsageError when a file is missing or not PEM."""
        try:
            context = ssl.create_default_context(cafile=self.ca)
            if not self.verify:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            if self.cert:
                context.load_cert_chain(self.cert, self.key)
        except (OSError, ssl.SSLError) as error:
            named = ", ".join(str(name) for name in (self.ca, self.cert, self.key) if name)
            raise UsageError(f"cannot use the TLS files {named}: {error}") from error
        return context


@dataclass(frozen=True)
class Endpoint:
    """One address: a unix socket ``path``, or ``host`` and ``port``; with `tls` the stream is encrypted.

    `scheme` is how the user wrote the address of a host: ``tcp``, ``http`` or ``https``.
    """

    path: str | None = None
    host: str | None = None
    port: int | None = None
    tls: Tls | None = None
    scheme: str = "tcp"

    @property
    def url(self) -> str:
        """The address as ``DOCKER_HOST`` would have it."""
        if self.path is not None:
            return f"unix://{self.path}"
        return f"{self.scheme}://{self._host_and_port}"

    @property
    def host_header(self) -> str:
        """The value of the ``Host`` header."""
        return "docker" if self.path is not None else self._host_and_port

    @property
    def _host_and_port(self) -> str:
        host = f"[{self.host}]" if ":" in (self.host or "") else self.host
        return f"{host}:{self.port}"

    def connect(self, timeout: float) -> socket.socket:
        """Open a connected stream socket, with TLS where that is wanted.

        `timeout` is in seconds and covers connecting and the handshake. Raises ConnectionLost or DaemonTimeout.
        """
        raw: socket.socket | None = None
        try:
            if self.path is not None:
                raw = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                raw.settimeout(timeout)
                raw.connect(self.path)
            else:
                raw = socket.create_connection((self.host or "localhost", self.port or 0), timeout)
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls is not None:
                name = self.tls.server_name or self.host or "localhost"
                raw = self.tls.context().wrap_socket(raw, server_hostname=name)
            return raw
        except TimeoutError as error:
            if raw is not None:
                raw.close()
            raise DaemonTimeout(f"{self.url}: no connection within {timeout:g} s") from error
        except UnicodeError:
            raise ConnectionLost(f"{self.url}: invalid host name") from None
        except OSError as error:
            if raw is not None:
                raw.close()
            raise ConnectionLost(f"{self.url}: {_reason(error)}") from error
        except BaseException:
            if raw is not None:
                raw.close()
            raise

    def problem(self) -> str | None:
        """Why the path cannot be a unix socket, found without connecting; None when nothing is wrong."""
        if self.path is None:
            return None
        if len(self.path.encode()) > 107:
            return "the path is longer than the 107 bytes a unix socket may have"
        try:
            mode = Path(self.path).stat().st_mode
        except OSError as error:
            return _reason(error)
        return None if stat.S_ISSOCK(mode) else "it is not a socket"


def _reason(error: OSError) -> str:
    known = {
        errno.ENOENT: "there is no such socket",
        errno.EACCES: "permission denied",
        errno.ECONNREFUSED: "connection refused, nothing listens there",
    }
    return known.get(error.errno or 0) or error.strerror or str(error)
