"""How checks reach a daemon: the one under test, or a further engine of the same build."""

from __future__ import annotations

from conformance.engine.identity import Daemon
from conformance.environment import Environment
from conformance.http.client import Client
from conformance.model.versions import ApiVersion


class Access:
    """What checks know about a daemon, the client that they ask, and the environment that a run has there.

    A mutation run hands its own to the worker's session: one that leads through a proxy and may describe another daemon.
    """

    def __init__(self, daemon: Daemon, client: Client, env: Environment) -> None:
        self.daemon = daemon
        self.env = env
        self._client = client

    def api(self, version: ApiVersion) -> Client:
        """A client in `version`, whose exchanges are in the transcript of the running case."""
        return self._client.at(version, role="check")

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()
