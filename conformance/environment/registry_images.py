"""Images at the registry: names, credentials, push, pull and digests."""

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
    """The registry of a run, for one worker. Images under names of this object are deleted when the worker ends.

    Raises FixtureError when the registry refuses the credentials.
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
        """New names in the ledger, all of one repository, as a registry never removes a repository."""
        token = secrets.token_hex(4)
        made = [self._env.adopt("image", f"{self.repository}:{token}-{tag}") for tag in wanted]
        self._names += made
        for name in made if self._registry.external else []:
            self._env.ledger.note(registry_cleanup.KIND, name)
        return made

    def credentials(self, **members: str) -> dict[str, str]:
        """The five members of credentials that may push and pull; `members` replace some."""
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
        """The digest of a name at the registry; ``""`` when the registry does not have it.

        Raises FixtureError when the registry cannot be asked from here.
        """
        path, tag = self._split(name)
        answer = self._ask("HEAD", f"/v2/{path}/manifests/{tag}")
        if answer.status == 404:
            return ""
        if not answer.ok:
            raise FixtureError(f"failed to get the digest of {name}: {answer.status} {answer.error}")
        return answer.header("Docker-Content-Digest") or ""

    def push(self, name: str) -> str:
        """Push an image of the daemon in its newest version; returns its digest."""
        repository, _, tag = name.rpartition(":")
        answer = self._env.post(f"/images/{repository}/push", {"tag": tag}, headers=self.auth_header())
        why = progress_error(answer)
        if why:
            raise FixtureError(f"failed to push {name}: {why}")
        return self.digest(name)

    def pull(self, name: str) -> str:
        """Pull an image in the daemon's newest version; returns its id."""
        why = progress_error(
            self._env.post("/images/create", {"fromImage": name}, headers=self.auth_header())
        )
        if why:
            raise FixtureError(f"failed to pull {name}: {why}")
        return str(self._env.get(f"/images/{name}/json")["Id"])

    def push_new(self, *wanted: str) -> list[str]:
        """Push new images of one repository, a tag each, and remove them from the daemon; returns their names."""
        names = self.reserve_names(*wanted)
        for name in names:
            import_image(self._env, f"content of {name}\n".encode(), name)
            self.push(name)
            self._env.require(self._env.client.delete(f"/images/{name}"))
        return names

    def push_list(self, images: dict[str, str]) -> str:
        """Give a new name to a manifest list of images of the registry, by platform (``os/architecture``); returns the name.

        Raises FixtureError.
        """
        [name] = self.reserve_names("list")
        rows = [self._manifest_row(image, platform) for platform, image in images.items()]
        document = {"schemaVersion": 2, "mediaType": registry_cleanup.MANIFEST_LIST, "manifests": rows}
        path, tag = self._split(name)
        answer = self._ask("PUT", f"/v2/{path}/manifests/{tag}", json.dumps(document).encode())
        if not answer.ok:
            raise FixtureError(f"failed to push the list {name}: {answer.status} {answer.error}")
        return name

    def _manifest_row(self, name: str, platform: str) -> dict[str, Any]:
        path, tag = self._split(name)
        found = self._ask("HEAD", f"/v2/{path}/manifests/{tag}")
        system, _, architecture = platform.partition("/")
        return {
            "mediaType": found.header("Content-Type"),
            "digest": found.header("Docker-Content-Digest"),
            "size": int(found.header("Content-Length") or 0),
            "platform": {"os": system, "architecture": architecture},
        }

    def _split(self, name: str) -> tuple[str, str]:
        path, _, tag = name.removeprefix(f"{self.address}/").rpartition(":")
        return path, tag

    def _ask(self, method: str, path: str, manifest_list: bytes | None = None) -> Response:
        if self._client is None:
            raise FixtureError(f"the registry {self.address} cannot be reached from this host")
        try:
            return registry_cleanup.send(self._client, self._login, method, path, manifest_list)
        except DaemonFault as fault:
            raise FixtureError(f"the registry {self.address} does not answer: {fault}") from fault

    def _clear(self) -> list[str]:
        if self._client is None:
            return [f"{name} at the registry, which cannot be reached from this host" for name in self._names]
        left = []
        for name in self._names:
            why = registry_cleanup.delete(self._client, self._login, name)
            left += [why] if why else []
            if not why and self._registry.external:
                self._env.ledger.gone(registry_cleanup.KIND, name)
        self._client.close()
        return left
