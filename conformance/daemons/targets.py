"""Targets: which daemon a run is about, how that was decided, and how to reach or start it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from conformance.daemons import settings
from conformance.daemons.addresses import knock, parse_url, silence
from conformance.daemons.private import PrivateDaemon, answers, find_binary
from conformance.daemons.ssh import SshAddress, forwarded
from conformance.endpoint import Endpoint, Tls
from conformance.errors import Unreachable, UsageError

DEFAULT_SOCKET = "/var/run/docker.sock"


@dataclass(frozen=True)
class PrivateOptions:
    """With what a private daemon is started; see PrivateDaemon."""

    labels: Mapping[str, str] = field(default_factory=dict)
    proxies: Mapping[str, str] = field(default_factory=dict)
    tls: bool = True
    arguments: Sequence[str] = ()
    keep_log: str | None = None


@dataclass(frozen=True)
class Opened:
    """A target that answers: where, and the private daemon behind it if there is one."""

    target: Target
    endpoint: Endpoint
    private: PrivateDaemon | None = None


@dataclass(frozen=True)
class Target:
    """A daemon to reach at `address`, or to start from `binary`.

    `name` is short, for tables; `sentence` says what was chosen and why.
    """

    name: str
    sentence: str
    address: Endpoint | SshAddress | None = None
    binary: str | None = None

    @contextlib.contextmanager
    def open(self, options: PrivateOptions | None = None) -> Iterator[Opened]:
        """Reach or start the daemon for as long as the context lasts. Raises UsageError or Unreachable."""
        if isinstance(self.address, SshAddress):
            with forwarded(self.address) as endpoint:
                yield Opened(self, endpoint)
        elif self.address is not None:
            knock(self.address)
            yield Opened(self, self.address)
        else:
            chosen = options or PrivateOptions()
            daemon = PrivateDaemon(
                self.binary or "dockerd",
                labels=chosen.labels,
                proxies=chosen.proxies,
                tls=chosen.tls,
                arguments=chosen.arguments,
            )
            if chosen.keep_log:
                daemon.keep_log(chosen.keep_log)
            with daemon:
                yield Opened(self, daemon.endpoint, daemon)


def choose(
    host: str | None = None,
    dockerd: str | None = None,
    tls: Tls | None = None,
    environ: Mapping[str, str] = os.environ,
    default_socket: str = DEFAULT_SOCKET,
) -> Target:
    """Decide on a target: what is named, else what the environment names, else what is there.

    `tls` is what the options say of TLS (``settings.tls_from_options``). Raises UsageError for what cannot be used,
    Unreachable when there is no daemon at all.
    """
    if host is not None and dockerd is not None:
        raise UsageError("--host and --dockerd exclude each other: a daemon that runs, or a build to start")
    if host is not None:
        address = parse_url(host, tls or settings.tls_from_environment(environ), explicit=tls is not None)
        return Target(host, f"the daemon at {host}, named by --host", address)
    if dockerd is not None:
        binary = find_binary(dockerd)
        return Target(binary, f"the build {binary}, named by --dockerd and started privately", binary=binary)
    pointer = settings.from_environment(environ)
    if pointer is not None:
        address = parse_url(pointer.url, tls or pointer.tls, explicit=tls is not None)
        return Target(pointer.url, f"the daemon at {pointer.url}, named by {pointer.source}", address)
    default = Endpoint(path=default_socket)
    if answers(default):
        return Target(
            default.url, f"the daemon at {default.url}, the default socket, since none was named", default
        )
    return _installed(default, environ)


def _installed(default: Endpoint, environ: Mapping[str, str]) -> Target:
    why = f"none answers at {default.url} ({default.problem() or silence(default)})"
    found = shutil.which("dockerd", path=environ.get("PATH"))
    if found is None:
        raise Unreachable(
            f"no daemon: {why}, and no dockerd is on the PATH; name one with --host URL, a build with --dockerd PATH,"
            " or install Docker (Debian: docker.io)"
        )
    if os.geteuid() != 0:
        raise Unreachable(
            f"no daemon: {why}, and starting {found} privately needs root; run as root, or name one with --host URL"
        )
    binary = os.path.abspath(found)
    return Target(binary, f"{binary} from the PATH, started privately, since {why}", binary=binary)
