"""The registry of ``registry_program``, started in the daemon's network for the checks that need what it alone does."""

from __future__ import annotations

import os
import secrets
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from conformance.engine import registry_program, tempdir
from conformance.engine.private.relay import Relay
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.model.errors import DaemonFault, Unreachable


class RegistryEmulator(AbstractContextManager["RegistryEmulator"]):
    """Runs the program on a free loopback port in the network of process `network_of`.

    It accepts one user, a registry token and an identity token, all of them new. ``__enter__`` raises Unreachable when it
    does not start.
    """

    def __init__(self, network_of: int) -> None:
        self.username = "conformance"
        self.password, self.registry_token, self.identity_token = (secrets.token_hex(16) for _ in range(3))
        #: As the daemon reaches it: ``host:port``.
        self.address = ""
        self._network_of = network_of
        self._directory = ""
        self._relay: Relay | None = None

    def __enter__(self) -> RegistryEmulator:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the program and remove its files. May be called again."""
        relay, self._relay = self._relay, None
        if relay is not None:
            relay.stop()
        if self._directory:
            tempdir.remove(self._directory)

    def transfer(self, repository: str) -> str:
        """What became of the transfer of a repository that halts: ``halted``, ``complete``, ``aborted``, or ``""`` before."""
        return str(self._client().get("/_state").json()["transfers"].get(repository, ""))

    def has_pushed(self, name: str) -> bool:
        """Whether an image was pushed under ``REPOSITORY:TAG``."""
        return name in self._client().get("/_state").json()["pushed"]

    def resume(self) -> None:
        """Let the transfers that have halted go on."""
        self._client().post("/_resume")

    def _start(self) -> None:
        self._directory = tempdir.create()
        log = os.path.join(self._directory, "log")
        relay = self._relay = Relay(
            os.path.join(self._directory, "registry-relay.sock"),
            port=0,
            log=log,
            network_of=self._network_of,
            command=[sys.executable, "-I", registry_program.__file__],
            environment={
                "PORT": "{port}",
                "USERNAME": self.username,
                "PASSWORD": self.password,
                "REGISTRY_TOKEN": self.registry_token,
                "IDENTITY_TOKEN": self.identity_token,
            },
            directory=self._directory,
        )
        relay.start()
        tempdir.add_owner(self._directory, relay.pid)
        self.address = f"127.0.0.1:{relay.port}"
        deadline = time.monotonic() + 20
        while not self._answers():
            if relay.ended() or time.monotonic() > deadline:
                lines = Path(log).read_text(encoding="utf-8", errors="replace").strip().splitlines()
                raise Unreachable(f"the emulated registry did not start: {lines[-1] if lines else 'no log'}")
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            return self._client().get("/_state").ok
        except DaemonFault:
            return False

    def _client(self) -> Client:
        assert self._relay is not None, "the emulated registry was not started"
        return Client(Endpoint(path=self._relay.path), role="environment")
