"""How checks reach the daemon under test."""

from __future__ import annotations

from conformance.engine.identity import Daemon
from conformance.http.client import Client
from conformance.model.versions import ApiVersion


class Access:
    """What checks are told about the daemon, and the client that they ask.

    A mutation run hands its own to the worker's session: one that leads through a proxy and may describe another daemon.
    """

    def __init__(self, daemon: Daemon, client: Client) -> None:
        self.daemon = daemon
        self._client = client

    def api(self, version: ApiVersion) -> Client:
        """A client in `version`, whose exchanges are in the transcript of the running case."""
        return self._client.at(version, role="check")

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()
