"""A pull with good credentials: one for each version, as several checks claim something of it."""

from __future__ import annotations

from conformance.environment import cleanup
from conformance.environment.environment import Environment
from conformance.environment.registry_images import RegistryImages
from conformance.environment.shared_exchange import Ahead
from conformance.http.client import Client
from conformance.http.messages import Response


class Pulled:
    """The pull of a name with a tag in the version of `api`, while the registry holds another tag of the repository too."""

    def __init__(self, api: Client, env: Environment, registry: RegistryImages) -> None:
        self._api, self._env, self._registry_images = api, env, registry
        #: The name that is pulled, and the other one.
        self.names: list[str] = env.share("pullable images", lambda: registry.push_new("1", "2"))
        #: Which of the names the daemon had afterwards.
        self.there: list[str] = []

    def answer(self) -> Response:
        """What the daemon answered. Raises DaemonFault when it did not."""
        pull, self.there = self._env.share(("pulled", self._api.version), self._pull)
        return pull.answer(self._api)

    def _pull(self) -> tuple[Ahead, list[str]]:
        pull = Ahead(
            self._api,
            "POST",
            "/images/create",
            {"fromImage": self.names[0]},
            headers=self._registry_images.auth_header(),
        )
        pull.wait()
        found = [name for name in self.names if self._env.client.get(f"/images/{name}/json").ok]
        for name in found:
            # the next one is to be a pull as well
            cleanup.remove(self._env.client, "image", name)
        return pull, found
