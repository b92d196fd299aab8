"""Targets: which daemon a run is about, how that was decided, and how to reach or start it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from conformance.engine import docker_config
from conformance.engine.addresses import check_reachable, explain_silence, parse_url
from conformance.engine.identity import Daemon
from conformance.engine.open_daemon import open_daemon
from conformance.engine.private.daemon import PrivateDaemon, answers, find_binary
from conformance.engine.probe import TIMEOUTS
from conformance.engine.registry import ExternalRegistry
from conformance.engine.ssh import SshAddress, forward
from conformance.http.endpoint import Endpoint, Tls
from conformance.http.timeouts import Timeouts
from conformance.model.errors import Unreachable, UsageError

DEFAULT_SOCKET = "/var/run/docker.sock"


@dataclass(frozen=True)
class PrivateOptions:
    """How a private daemon is started (see PrivateDaemon); `keep_log` is where its log is copied to."""

    labels: Mapping[str, str] = field(default_factory=dict)
    proxies: Mapping[str, str] = field(default_factory=dict)
    tls: bool = True
    arguments: Sequence[str] = ()
    etc: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    keep_log: str | None = None


@dataclass(frozen=True)
class Target:
    """A daemon to reach at `address`, or to start from `binary` with the options in `private`.

    `name` is short, for tables; `sentence` says what was chosen and why. `registry` is the one that the user names; without it
    one is started if `with_registry`. `timeouts` hold while the daemon is asked who it is. With `allow_swarm` a daemon that the
    run has not started may be used as the manager of its swarm.
    """

    name: str
    sentence: str
    address: Endpoint | SshAddress | None = None
    binary: str | None = None
    private: PrivateOptions = field(default_factory=PrivateOptions)
    registry: ExternalRegistry | None = None
    with_registry: bool = True
    timeouts: Timeouts = TIMEOUTS
    allow_swarm: bool = False

    @property
    def is_private(self) -> bool:
        """Whether the daemon is started for the run, and ended with it."""
        return self.address is None

    @property
    def url(self) -> str:
        """The address as ``DOCKER_HOST`` would have it; empty for a daemon that is started."""
        return self.address.url if self.address is not None else ""

    @contextlib.contextmanager
    def connect(self) -> Iterator[Endpoint]:
        """An endpoint of the running daemon, for as long as the context lasts. Raises UsageError or Unreachable."""
        if isinstance(self.address, SshAddress):
            with forward(self.address) as endpoint:
                yield endpoint
        else:
            assert self.address is not None
            check_reachable(self.address, self.timeouts.connect)
            yield self.address

    @contextlib.contextmanager
    def open(self) -> Iterator[Daemon]:
        """Reach or start the daemon, for as long as the context lasts.

        Raises UsageError, Unreachable or ProbeFault, each with one line.
        """
        with contextlib.ExitStack() as stack:
            private = stack.enter_context(self._start()) if self.is_private else None
            endpoint = private.endpoint if private is not None else stack.enter_context(self.connect())
            daemon = stack.enter_context(
                open_daemon(
                    self.name,
                    self.sentence,
                    endpoint,
                    private,
                    self.registry,
                    self.timeouts,
                    with_registry=self.with_registry,
                    allow_swarm=self.allow_swarm,
                )
            )
            yield msgspec.structs.replace(daemon, address=self.url or endpoint.url)

    def _start(self) -> PrivateDaemon:
        options = self.private
        daemon = PrivateDaemon(
            self.binary or "dockerd",
            labels=options.labels,
            proxies=options.proxies,
            tls=options.tls,
            arguments=options.arguments,
            etc=options.etc,
            variables=options.variables,
        )
        if options.keep_log:
            daemon.keep_log(options.keep_log)
        return daemon


def find(options: Any, environ: Mapping[str, str] = os.environ) -> Target:
    """The target that the options of a run name; see choose().

    `options` has the attributes of ``conformance.runner.options``; one that it lacks counts as not given.
    """

    def given(name: str) -> Any:
        return getattr(options, name, None)

    labels = _labels(given("label") or [])
    patience = given("patience")
    tls = docker_config.tls_from_options(given("tlscacert"), given("tlscert"), given("tlskey"))
    target = choose(given("host"), given("dockerd"), tls, environ)
    if labels and not target.is_private:
        raise UsageError("--label is for a daemon that is started privately: give --dockerd PATH with it")
    sentence = target.sentence
    if environ.get("DOCKER_API_VERSION") and not given("api"):
        sentence += (
            f"; DOCKER_API_VERSION={environ['DOCKER_API_VERSION']} is ignored (--api chooses versions)"
        )
    return replace(
        target,
        sentence=sentence,
        private=PrivateOptions(labels=labels),
        registry=_named_registry(given("registry"), environ),
        timeouts=Timeouts.patient(min(patience, TIMEOUTS.first_byte)) if patience else TIMEOUTS,
        allow_swarm=bool(given("allow_swarm")),
    )


def _labels(words: Sequence[str]) -> dict[str, str]:
    labels = {}
    for word in words:
        name, separator, value = word.partition("=")
        if not separator or not name:
            raise UsageError(f"--label {word}: write KEY=VALUE")
        labels[name] = value
    return labels


def _named_registry(address: str | None, environ: Mapping[str, str]) -> ExternalRegistry | None:
    if address is None:
        return None
    # Not options: every user of the host can read a command line.
    user, password = (environ.get(f"DOCKER_CONFORMANCE_REGISTRY_{name}", "") for name in ("USER", "PASSWORD"))
    return ExternalRegistry(address, user, password)


def choose(
    host: str | None = None,
    dockerd: str | None = None,
    tls: Tls | None = None,
    environ: Mapping[str, str] = os.environ,
    default_socket: str = DEFAULT_SOCKET,
) -> Target:
    """Choose a target: the one that is named, else that of the environment, else one that is found.

    `tls` is what the options say of TLS (``docker_config.tls_from_options``). Raises UsageError for what cannot be
    used, Unreachable when there is no daemon at all.
    """
    if host is not None and dockerd is not None:
        raise UsageError("--host and --dockerd exclude each other: name a running daemon or a build to start")
    if host is not None:
        address = parse_url(
            host, tls or docker_config.tls_from_environment(environ), explicit=tls is not None
        )
        return Target(host, f"the daemon at {host}, named by --host", address)
    if dockerd is not None:
        binary = find_binary(dockerd)
        return Target(binary, f"the build {binary}, named by --dockerd and started privately", binary=binary)
    pointer = docker_config.from_environment(environ)
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
    why = f"no daemon answers at {default.url} ({default.problem() or explain_silence(default)})"
    found = shutil.which("dockerd", path=environ.get("PATH"))
    if found is None:
        raise Unreachable(
            f"no daemon found: {why}, and no dockerd is on the PATH; name one with --host URL, a build with"
            " --dockerd PATH, or install Docker (Debian: docker.io)"
        )
    if os.geteuid() != 0:
        raise Unreachable(
            f"no daemon found: {why}, and starting {found} privately needs root; run as root, or name one with"
            " --host URL"
        )
    binary = os.path.abspath(found)
    return Target(binary, f"{binary} from the PATH, started privately, since {why}", binary=binary)
