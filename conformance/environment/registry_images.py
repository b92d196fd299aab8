"""Images at the registry: names there, credentials for it, and what it holds in the end."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from conformance.engine.identity import RegistryFacts
from conformance.environment import registry_cleanup
from conformance.environment.environment import Environment
from conformance.environment.images import import_image
from conformance.http.client import Client
from conformance.http.messages import Response
from conformance.http.progress_stream import progress_error
from conformance.model.errors import DaemonFault, FixtureError


def encode_credentials(document: Any) -> str:
    """A JSON document in URL-safe Base64, as the headers with credentials carry it."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode()


class RegistryImages:
    """The registry of a run, for one worker. What was pushed under names of this shelf is deleted when the worker ends.

    Raises FixtureError when the registry does not let us in.
    """

    def __init__(self, env: Environment, registry: RegistryFacts) -> None:
        self._env = env
        self._registry = registry
        self._client = (
            Client(registry.endpoint, role="environment") if registry.endpoint is not None else None
        )
        self._login = (registry.username, registry.password)
        self._names: list[str] = []
        self.address = registry.address
        #: The repository of all names, with the registry's address.
        self.repository = f"{registry.address}/{env.prefix}{secrets.token_hex(4)}"
        if self._client is not None and not (answer := self._ask("GET", "/v2/")).ok:
            raise FixtureError(
                f"the registry {self.address} refuses the user {registry.username!r} with {answer.status}"
            )
        env.before_removal.append(self._clear)

    def reserve_names(self, *wanted: str) -> list[str]:
        """New names at the registry, in the ledger: one repository for all, as a registry never forgets one."""
        token = secrets.token_hex(4)
        made = [self._env.adopt("image", f"{self.repository}:{token}-{tag}") for tag in wanted]
        self._names += made
        for name in made if self._registry.external else []:
            self._env.ledger.note(registry_cleanup.KIND, name)
        return made

    def credentials(self, **members: str) -> dict[str, str]:
        """The five members of the credentials that may push and pull, with `members` in place of some."""
        return {
            "username": self._registry.username,
            "password": self._registry.password,
            "email": "conformance@example.com",
            "serveraddress": self.address,
            "auth": "",
            **members,
        }

    def auth_header(self, **members: str) -> dict[str, str]:
        """The header X-Registry-Auth with the credentials."""
        return {"X-Registry-Auth": encode_credentials(self.credentials(**members))}

    def config_header(self, **more: dict[str, str]) -> dict[str, str]:
        """The header X-Registry-Config with the credentials, and those of other registries in `more`."""
        login = {name: self.credentials()[name] for name in ("username", "password")}
        return {"X-Registry-Config": encode_credentials({self.address: login, **more})}

    def digest(self, name: str) -> str:
        """The digest of what the registry holds under a name; ``""`` when it holds nothing there.

        Raises FixtureError when the registry cannot be asked from here.
        """
        path, tag = self._split(name)
        answer = self._ask("HEAD", f"/v2/{path}/manifests/{tag}")
        if answer.status == 404:
            return ""
        if not answer.ok:
            raise FixtureError(f"the registry refuses to say what it holds: {answer.status} {answer.error}")
        return answer.header("Docker-Content-Digest") or ""

    def push(self, name: str) -> str:
        """Push an image of the daemon in its newest version; returns its digest."""
        repository, _, tag = name.rpartition(":")
        answer = self._env.post(f"/images/{repository}/push", {"tag": tag}, headers=self.auth_header())
        why = progress_error(answer)
        if why:
            raise FixtureError(f"{name} could not be pushed: {why}")
        return self.digest(name)

    def pull(self, name: str) -> str:
        """Pull an image in the daemon's newest version; returns its id."""
        why = progress_error(
            self._env.post("/images/create", {"fromImage": name}, headers=self.auth_header())
        )
        if why:
            raise FixtureError(f"{name} could not be pulled: {why}")
        return str(self._env.get(f"/images/{name}/json")["Id"])

    def push_new(self, *wanted: str) -> list[str]:
        """Names of one repository with an image each that the registry holds and the daemon does not have."""
        made = self.reserve_names(*wanted)
        for name in made:
            import_image(self._env, f"content of {name}\n".encode(), name)
            self.push(name)
            self._env.require(self._env.client.delete(f"/images/{name}"))
        return made

    def _split(self, name: str) -> tuple[str, str]:
        path, _, tag = name.removeprefix(f"{self.address}/").rpartition(":")
        return path, tag

    def _ask(self, method: str, path: str) -> Response:
        if self._client is None:
            raise FixtureError(f"the registry {self.address} cannot be asked from here")
        try:
            return registry_cleanup.ask(self._client, self._login, method, path)
        except DaemonFault as fault:
            raise FixtureError(f"the registry {self.address} does not answer: {fault}") from fault

    def _clear(self) -> list[str]:
        if self._client is None:
            return [f"{name} at the registry, which cannot be asked from here" for name in self._names]
        left = []
        for name in self._names:
            why = registry_cleanup.delete(self._client, self._login, name)
            left += [why] if why else []
            if not why and self._registry.external:
                self._env.ledger.gone(registry_cleanup.KIND, name)
        self._client.close()
        return left
