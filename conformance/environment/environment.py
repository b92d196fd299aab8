"""The environment: creates the objects that checks need, in the daemon's newest API version.

Every object is in the ledger before it is created. Objects of one check are removed when it ends, shared ones when the worker
ends. Every failure here is a FixtureError: the check did not run.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from conformance.environment import cleanup
from conformance.environment.cache import SharedCache
from conformance.environment.ledger import LABEL, Ledger
from conformance.environment.object_kinds import KINDS
from conformance.environment.test_image import TestImage
from conformance.environment.wait import becomes_true, wait_until
from conformance.http import frames as stream_frames
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.endpoint import Endpoint
from conformance.http.errors import Malformed
from conformance.http.messages import Response
from conformance.model.errors import DaemonTimeout, FixtureError

T = TypeVar("T")


class ProcessResult(NamedTuple):
    """A process that has ended: exit code, and its output as text."""

    exit_code: int
    stdout: str
    stderr: str


class IdleContainer(NamedTuple):
    """The id of the idle container, and the part of its host configuration with which a container gets a network."""

    id: str
    network: dict[str, str]


#: Members that only a container with a network of its own can have.
_OF_A_NETWORK = frozenset(("MacAddress", "Hostname", "Domainname", "ExposedPorts"))
#: The log driver that every engine has which lets a container choose one.
_JSON_FILE = {"LogConfig": {"Type": "json-file", "Config": {}}}
#: How engines say that a container does not start for its network.
_OF_NETWORKS = re.compile(r"network|bridge|\bCNI\b|netavark", re.IGNORECASE)


class Environment:
    """Prepares objects on one daemon for one worker of a run."""

    def __init__(self, client: Client, ledger: Ledger, image: TestImage) -> None:
        self.client = client
        self.ledger = ledger
        self._image = image
        self.prefix = ledger.info.prefix
        self.labels = {LABEL: ledger.info.run}
        self.leaks: list[str] = []
        self._has_services = False
        #: Called when the worker ends, before its objects are removed. Each returns messages about what it failed to remove.
        self.before_removal: list[Callable[[], list[str]]] = []
        #: The same, called after the removal.
        self.after_removal: list[Callable[[], list[str]]] = []
        self.cache = SharedCache(ledger)

    @property
    def image(self) -> str:
        """The id of the test image, or the name by which the user chose it. Raises FixtureError when there is none."""
        return self._made_image().id

    @property
    def image_name(self) -> str:
        """The name of the test image, for what needs one. Raises FixtureError when it has none."""
        if not self._made_image().name:
            raise FixtureError("the daemon gave the test image no name")
        return self._image.name

    def _made_image(self) -> TestImage:
        def take() -> TestImage:
            if self._image.fault:
                raise FixtureError(self._image.fault)
            return self._image

        return self.share("test image", take)

    def apart(self, client: Client, ledger: Ledger) -> Environment:
        """A sibling for another thread, with a client and a ledger of its own; it shares what this one shares."""
        sibling = Environment(client.at(self.client.version, "environment"), ledger, self._image)
        sibling.cache = self.cache
        return sibling

    # names and the ledger

    def reserve_name(self, kind: str = "container", hint: str = "") -> str:
        """A new unique name for an object of `kind`, already in the ledger; an image's name has a tag."""
        name = f"{self.prefix}{hint + '-' if hint else ''}{secrets.token_hex(4)}"
        name += KINDS[kind].name_suffix
        self.ledger.will_create(kind, name)
        self._has_services |= kind == "service"
        return name

    def adopt(self, kind: str, name: str) -> str:
        """Record an object whose name the daemon chose, and return `name`. Raises AssertionError if it is not a name."""
        assert isinstance(name, str), f"name of the new {kind}: expected a string, got {name!r}"
        assert name, f"name of the new {kind}: expected a name, got an empty string"
        self.ledger.will_create(kind, name)
        return name

    def remove(self, kind: str, name: str) -> None:
        """Remove an object now. Raises FixtureError when that fails."""
        left = cleanup.remove(self.client, kind, name)
        if left:
            raise FixtureError(f"failed to remove {left}")
        self.ledger.gone(kind, name)

    def share(self, key: Any, make: Callable[[], T]) -> T:
        """The value of `make`, which is called once per worker and key; a failure is kept too, and raised again.

        For objects that no check changes. Raises FixtureError.
        """
        return self.cache.get(key, make, self.ledger, self.client.transcript)

    @contextmanager
    def scope(self, uses: Callable[[], int] | None = None, *, retry: bool = False) -> Iterator[None]:
        """Forget at the end of the block what was shared inside it, and remove its objects; see SharedCache.scope()."""
        objects: list[tuple[str, str]] = []
        try:
            with self.cache.scope(uses, retry=retry) as objects:
                yield
        finally:
            self._remove(objects)

    @contextmanager
    def through(self, endpoint: Endpoint) -> Iterator[None]:
        """Reach the daemon at another address inside the block."""
        direct = self.client
        self.client = direct.through(endpoint)
        try:
            yield
        finally:
            self.client.close()
            self.client = direct

    def share_while(
        self, key: Any, make: Callable[[], T], is_usable: Callable[[T], bool], attempts: int = 50
    ) -> T:
        """As share(), for objects that checks may change: makes another one when the last one `is_usable` no more.

        Raises FixtureError when none of `attempts` in a row is usable.
        """
        for number in range(attempts):
            value = self.share((key, number), make)
            if is_usable(value):
                return value
        raise FixtureError(f"shared fixture {key!r}: none of {attempts} stayed usable")

    def clear(self) -> None:
        """Remove the objects of the check that has just ended, newest first. Failures are tried again when the worker ends."""
        self._remove(self.ledger.opened())

    def close(self) -> list[str]:
        """Remove all objects; returns messages about failures."""
        try:
            for end in self.before_removal:
                self.leaks += end()
            self.leaks += self._remove(self.ledger.opened(shared=True))
            if self._has_services:
                cleanup.wait_for_tasks(self.client, self.prefix)
            for look in self.after_removal:
                self.leaks += look()
        finally:
            self.ledger.close()
            self.client.close()
        return self.leaks

    def remove_all(self, objects: list[tuple[str, str]]) -> list[str]:
        """Record and remove objects that were found on the daemon, in this order; returns messages about failures."""
        for kind, name in objects:
            self.adopt(kind, name)
        return self._remove(objects)

    def _remove(self, objects: list[tuple[str, str]]) -> list[str]:
        """Remove objects; returns messages about failures."""
        try:
            kept = [row for row in objects if self._try_to_remove(*row)]
            # A container whose network others have joined can only be removed after them.
            return [left for row in kept if (left := self._try_to_remove(*row))]
        except DaemonTimeout as fault:
            # Each further request would time out as well.
            return [f"{kind} {name}: {fault}" for kind, name in self.ledger.opened(shared=True)]

    def _try_to_remove(self, kind: str, name: str) -> str:
        left = cleanup.remove(self.client, kind, name)
        if not left:
            self.ledger.gone(kind, name)
        return left

    # requests

    def require(self, response: Response) -> Response:
        """Return `response` if it is a 2xx. Raises FixtureError with the daemon's message otherwise."""
        if not response.ok:
            exchange = self.client.transcript[-1]
            asked = exchange.request
            raise FixtureError(
                f"{asked.method} {asked.path} was refused with {response.status}: {response.error}", exchange
            )
        return response

    def _required(self, document: Any, member: str, kind: type) -> Any:
        """A member of the last answer that the environment needs. Raises FixtureError when it is not there."""
        value = at(document, member)
        if type(value) is not kind:
            exchange = self.client.transcript[-1]
            asked = f"{exchange.request.method} {exchange.request.path}"
            raise FixtureError(
                f"{asked}: {member}: expected {kind.__name__}, got {str(document)[:200]}", exchange
            )
        return value

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        """GET a JSON document. Raises FixtureError."""
        return self.require(self.client.get(path, query)).json()

    def post(self, path: str, query: dict[str, Any] | None = None, **options: Any) -> Response:
        """POST a request. Raises FixtureError."""
        return self.require(self.client.post(path, query, **options))

    def _create(
        self, kind: str, name: str, path: str, query: dict[str, Any] | None = None, json: Any = None
    ) -> Response:
        """POST a request that creates an object with a reserved name; a refused one leaves the ledger at once."""
        response = self.client.post(path, query, json=json)
        try:
            return self.require(response)
        except FixtureError:
            if cleanup.is_absent(self.client, kind, name):
                self.ledger.gone(kind, name)
            raise

    # containers

    def container_body(self, *cmd: str, own_network: bool = False, **members: Any) -> dict[str, Any]:
        """A body for POST /containers/create: the test image, this run's label, `cmd`, and `members`.

        By default the container joins the network of the idle container, which halves the time of its start. With
        `own_network`, or with `members` that only such a network can have, it gets what the daemon gives a container that
        asks for none; give a ``NetworkMode`` in ``HostConfig`` only where the check is about it.

        It asks for a log driver only where the daemon's own one keeps nothing that could be read.
        """
        host = {**self.readable_log(), **members.pop("HostConfig", {})}
        if "NetworkMode" not in host and "NetworkDisabled" not in members:
            own = own_network or bool(_OF_A_NETWORK & set(members))
            host |= self._idle().network if own else self.joined_network()
        return self._body(cmd, host, **members)

    def _body(self, cmd: Sequence[str], host: dict[str, Any], **members: Any) -> dict[str, Any]:
        labels = {**self.labels, **members.pop("Labels", {})}
        return {
            "Image": self._made_image().reference,
            "Cmd": list(cmd) or ["true"],
            "Labels": labels,
            **members,
            "HostConfig": host,
        }

    def create_container(self, *cmd: str, start: bool = False, **members: Any) -> str:
        """Create a container and, with `start`, start it; returns its name. The rest is as for container_body()."""
        name = self.reserve_name("container")
        self._create(
            "container", name, "/containers/create", {"name": name}, self.container_body(*cmd, **members)
        )
        if start:
            self.start(name)
        return name

    def idle_container(self) -> str:
        """The id of a shared running container that does nothing: to inspect, to exec in, to join the network of."""
        return self._idle().id

    def joined_network(self) -> dict[str, str]:
        """The part of a host configuration that joins the idle container's network, or gets another if none can join it."""
        return self.share("joined network", self._find_joined_network)

    def readable_log(self) -> dict[str, Any]:
        """The part of a host configuration with which a container has logs that can be read; empty where it has them anyway."""
        return self.share("readable log", self._find_readable_log)

    def _find_readable_log(self) -> dict[str, Any]:
        try:
            if self._has_readable_log(self._idle().id):
                return {}
            name = self.reserve_name("container")
            body = self._body((), {"NetworkMode": "none", **_JSON_FILE})
            self._create("container", name, "/containers/create", {"name": name}, body)
            self.start(name)
            return _JSON_FILE if self._has_readable_log(name) else {}
        except FixtureError:
            return {}  # no container starts, or the daemon takes no log driver

    def _has_readable_log(self, name: str) -> bool:
        return self.client.get(f"/containers/{name}/logs", {"stdout": 1}).ok

    def _idle(self) -> IdleContainer:
        return self.share("idle", self._create_idle_container)

    def _create_idle_container(self) -> IdleContainer:
        try:
            return self._start_idle({})
        except FixtureError as error:
            if not _OF_NETWORKS.search(str(error)):
                raise
            # The daemon has no network to give: what needs none can still be checked.
            return self._start_idle({"NetworkMode": "none"})

    def _start_idle(self, network: dict[str, str]) -> IdleContainer:
        name = self.reserve_name("container", "idle")
        body = self._body(("sleep", "86400"), network, StopSignal="SIGKILL")
        created = self._create("container", name, "/containers/create", {"name": name}, body).json()
        container_id = str(self._required(created, "Id", str))
        self.start(name)
        return IdleContainer(container_id, network)

    def _find_joined_network(self) -> dict[str, str]:
        idle = self._idle()
        joined = {"NetworkMode": f"container:{idle.id}"}
        try:
            self.create_container("true", HostConfig=joined, start=True)
        except FixtureError:
            return idle.network
        return joined

    def start(self, name: str) -> None:
        """Start a container."""
        self.post(f"/containers/{name}/start")

    def wait_for_exit(self, name: str) -> int:
        """Wait until a container has exited; returns its exit code."""
        return int(self._required(self.post(f"/containers/{name}/wait").json(), "StatusCode", int))

    def start_and_wait(self, name: str) -> ProcessResult:
        """Start a container (without a TTY), wait until it exits and return its result."""
        self.start(name)
        return self.wait_for_end(name)

    def wait_for_end(self, name: str, *, must_write: bool = False) -> ProcessResult:
        """Wait until a running container (without a TTY) exits and return its result.

        With `must_write` it waits for output in the logs too: output may arrive there after the exit.
        """
        code = self.wait_for_exit(name)
        frames = self.read_log(name)
        if must_write and not frames and becomes_true(lambda: self.read_log(name)):
            frames = self.read_log(name)
        return ProcessResult(code, _text(frames, stream_frames.STDOUT), _text(frames, stream_frames.STDERR))

    def read_log(self, name: str) -> list[stream_frames.Frame]:
        """The frames in the log of a container (without a TTY)."""
        logs = self.require(self.client.get(f"/containers/{name}/logs", {"stdout": 1, "stderr": 1}))
        try:
            return logs.frames()
        except Malformed as error:
            raise FixtureError(f"failed to read the logs of {name}: {error}") from error

    def execute(self, name: str, *cmd: str) -> ProcessResult:
        """Run a process in a running container and return its result."""
        exec_id = self.create_exec(name, *cmd)
        return self.start_exec(exec_id)

    def create_exec(self, name: str, *cmd: str, **members: Any) -> str:
        """Create an exec instance without starting it; returns its id.

        Standard output and error are attached unless `members`, which are those of the create body, say otherwise.
        """
        body = {"AttachStdout": True, "AttachStderr": True, "Cmd": list(cmd), **members}
        return str(self._required(self.post(f"/containers/{name}/exec", json=body).json(), "Id", str))

    def start_exec(self, exec_id: str) -> ProcessResult:
        """Start an exec instance (without a TTY), wait until it exits and return its result."""
        with self.client.hijack(
            "POST", f"/exec/{exec_id}/start", json={"Detach": False, "Tty": False}
        ) as started:
            if started.status not in (101, 200):
                raise FixtureError(
                    f"failed to start exec {exec_id}: {started.status} {started.response.error}"
                )
            try:
                frames = stream_frames.demultiplex(started.rest(30))
            except Malformed as error:
                raise FixtureError(f"failed to read the output of exec {exec_id}: {error}") from error
        # The output may end before the daemon has recorded the exit.
        path = f"/exec/{exec_id}/json"
        wait_until(lambda: not self._required(self.get(path), "Running", bool), f"exec {exec_id} to end")
        code = int(self._required(self.get(path), "ExitCode", int))
        return ProcessResult(code, _text(frames, stream_frames.STDOUT), _text(frames, stream_frames.STDERR))

    # images, volumes, networks

    def tag_image(self, source: str | None = None) -> str:
        """Tag an image, by default the test image, with a new name; returns the name."""
        name = self.reserve_name("image")
        repo, _, tag = name.rpartition(":")
        self._create("image", name, f"/images/{source or self.image}/tag", {"repo": repo, "tag": tag})
        return name

    def create_volume(self, **members: Any) -> str:
        """Create a volume; returns its name."""
        name = self.reserve_name("volume")
        self._create("volume", name, "/volumes/create", json={"Name": name, "Labels": self.labels, **members})
        return name

    def create_network(self, **members: Any) -> str:
        """Create a bridge network; returns its name."""
        name = self.reserve_name("network")
        body = {"Name": name, "Driver": "bridge", "Labels": self.labels, **members}
        self._create("network", name, "/networks/create", json=body)
        return name


def _text(frames: list[stream_frames.Frame], stream: int) -> str:
    return stream_frames.payload(frames, stream).decode("utf-8", "replace")
