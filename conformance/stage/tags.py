"""Tags at a registry that outlives the run: asked for and deleted by name, and never any other."""

from __future__ import annotations

import base64
import os

from conformance.client import Client
from conformance.daemons.registry import ExternalRegistry
from conformance.errors import DaemonFault, UsageError
from conformance.stage.ledger import PREFIX
from conformance.wire import Response

#: The kind of such a tag in the ledger: ``HOST:PORT/REPOSITORY:TAG``.
KIND = "tag"
_MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"
)


def ask(client: Client, login: tuple[str, str], method: str, path: str) -> Response:
    """One request to a registry with the credentials `login` (user name and password). Raises DaemonFault."""
    encoded = base64.b64encode(":".join(login).encode()).decode()
    return client.request(method, path, headers={"Accept": _MANIFESTS, "Authorization": f"Basic {encoded}"})


def split(name: str) -> tuple[str, str]:
    """Repository and tag of a name; the registry's address is left out."""
    path, _, tag = name.partition("/")[2].rpartition(":")
    return path, tag


def delete(client: Client, login: tuple[str, str], name: str) -> str:
    """Delete what a registry holds under a name of a run; returns why it is still there, "" when it is gone."""
    path, tag = split(name)
    if not path.startswith(PREFIX):
        return f"{name} at the registry is no name of a run"
    try:
        head = ask(client, login, "HEAD", f"/v2/{path}/manifests/{tag}")
        digest = head.header("Docker-Content-Digest")
        if head.status == 404:
            return ""
        if not head.ok or not digest:
            return f"{name} at the registry: it refuses to say what it holds: {head.status}"
        answer = ask(client, login, "DELETE", f"/v2/{path}/manifests/{digest}")
    except DaemonFault as fault:
        return f"{name} at the registry: {fault}"
    return (
        ""
        if answer.ok or answer.status == 404
        else f"{name} at the registry: {answer.status} {answer.error[:200]}"
    )


def sweep(names: list[str]) -> list[str]:
    """Delete tags that a killed run left; returns what is still there. The environment has the credentials, as for a run."""
    login = tuple(os.environ.get(f"DOCKER_CONFORMANCE_REGISTRY_{part}", "") for part in ("USER", "PASSWORD"))
    left = []
    for name in names:
        try:
            with ExternalRegistry(name.partition("/")[0], *login) as registry:
                if registry.endpoint is None:
                    left.append(f"{name}: the registry cannot be reached from here")
                    continue
                client = Client(registry.endpoint, role="stage")
                why = delete(client, (login[0], login[1]), name)
                client.close()
        except UsageError as error:
            why = f"{name}: {error}"
        left += [why] if why else []
    return left
