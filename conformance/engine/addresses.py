"""Addresses of daemons as ``DOCKER_HOST`` has them, and whether they accept connections."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from conformance.engine.ssh import SshAddress
from conformance.http.endpoint import Endpoint, Tls
from conformance.model.errors import ConformanceError, Unreachable, UsageError

_EXAMPLE = "write unix:///path/to/socket, tcp://host:port or ssh://user@host"
_BARE_IPV6 = re.compile(r"((?:[0-9a-fA-F]*:){2,}[0-9a-fA-F]*):(\d+)/?")


def parse_url(url: str, tls: Tls | None = None, *, explicit: bool = False) -> Endpoint | SshAddress:
    """Read a daemon's address as ``DOCKER_HOST`` has it: unix, tcp, http, https or ssh. Raises UsageError.

    `tls` is used for tcp and https; when it was asked for explicitly, an address that cannot have it is refused.
    """
    url = url.strip()
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise UsageError(_without_scheme(url))
    if scheme in ("unix", "ssh", "http") and explicit:
        raise UsageError(f"{url}: a {scheme}:// address takes no TLS files: leave them out, or use tcp://")
    if scheme == "unix":
        if not rest.startswith("/"):
            raise UsageError(
                f"{url}: the path of a socket must be absolute: write unix://{os.path.abspath(rest or 'docker.sock')}"
            )
        return Endpoint(path=rest)
    if scheme == "ssh":
        return SshAddress.parse(url)
    if scheme not in ("tcp", "http", "https"):
        raise UsageError(f"{url}: {scheme}:// is not a scheme of a daemon's address: {_EXAMPLE}")
    return _tcp(url, scheme, tls)


def _without_scheme(text: str) -> str:
    if not text:
        return "the address is empty: " + _EXAMPLE
    is_path = "/" in text or text.endswith(".sock") or os.path.exists(text)
    hint = f"unix://{os.path.abspath(text)}" if is_path else f"tcp://{text}"
    return f"{text!r} is not an address of a daemon: did you mean {hint}?"


def _tcp(url: str, scheme: str, tls: Tls | None) -> Endpoint:
    bare = _BARE_IPV6.fullmatch(url.partition("://")[2])
    if bare is not None:
        raise UsageError(f"{url}: an IPv6 address stands in brackets: write {scheme}://[{bare[1]}]:{bare[2]}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{url}: {error}: {_EXAMPLE}") from None
    if not parts.hostname:
        raise UsageError(f"{url}: the host is missing: write {scheme}://host:port")
    if parts.username is not None:
        raise UsageError(
            f"{scheme}:// takes no user name or password: write {scheme}://{parts.hostname}:{port or 2376}"
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UsageError(f"{url}: an address ends with the port; a daemon below a path is not supported")
    if scheme == "https" and tls is None:
        tls = Tls()
    if scheme == "http":
        tls = None
    return Endpoint(host=parts.hostname, port=port or (2376 if tls else 2375), tls=tls, scheme=scheme)


def check_reachable(endpoint: Endpoint, patience: float = 10.0) -> None:
    """Connect once within `patience` seconds. Raises UsageError for what cannot be an address of a daemon, else Unreachable."""
    problem = endpoint.problem()
    if problem is not None and ("longer" in problem or "not a socket" in problem):
        raise UsageError(f"{endpoint.url}: {problem}: give the path of the daemon's socket")
    try:
        endpoint.connect(patience).close()
    except UsageError:
        raise
    except ConformanceError as error:
        raise Unreachable(f"{error}: {_suggest(str(error))}") from error


def _suggest(problem: str) -> str:
    for sign, advice in (
        ("permission", "run as root, or as a member of the socket's group (docker)"),
        ("no such socket", "start the daemon, or name another with --host"),
        ("WRONG_VERSION", "the daemon does not speak TLS; leave out the TLS files"),
        ("certificate verify failed", "give the CA that signed it with --tlscacert"),
    ):
        if sign in problem:
            return advice
    return "is the daemon running there? name another with --host"


def explain_silence(endpoint: Endpoint) -> str:
    """The reason in a few words why an address did not answer."""
    try:
        endpoint.connect(2).close()
    except ConformanceError as error:
        return str(error).removeprefix(f"{endpoint.url}: ")
    return "a process listens, but it does not answer GET /_ping"
