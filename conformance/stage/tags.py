"""Tags at a registry that outlives the run: asked for and deleted by name, and never any other."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager

from conformance.client import Client
from conformance.daemons.registry import ExternalRegistry
from conformance.errors import DaemonFault, StageError, UsageError
from conformance.stage.ledger import PREFIX, RunInfo, outstanding, recorded
from conformance.wire import Malformed, Refused, Response, at

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


def strays(info: RunInfo) -> list[str]:
    """What the run's registry holds in the repositories of the run, although the ledger does not have it as open.

    Such a repository has the run's prefix, so all that is in it is the run's. Raises StageError when the registry does
    not tell.
    """
    start = f"{info.registry}/{info.prefix}"
    repositories = {split(entry.name)[0] for entry in recorded(info) if info.registry and entry.name.startswith(start)}
    if not repositories:
        return []
    known = {entry.name for entry in outstanding(info) if entry.kind == KIND}
    with _asked(info.registry) as (client, login):
        held = [f"{info.registry}/{path}:{tag}" for path in sorted(repositories) for tag in _tags(client, login, path)]
    return [name for name in held if name not in known]


def _tags(client: Client, login: tuple[str, str], repository: str) -> list[str]:
    try:
        answer = ask(client, login, "GET", f"/v2/{repository}/tags/list")
        rows = at(answer.json(), "tags") if answer.status != 404 else None
    except (DaemonFault, Refused, Malformed) as error:
        raise StageError(f"the registry does not tell what {repository} holds: {error}") from error
    return [row for row in rows if isinstance(row, str)] if isinstance(rows, list) else []


def sweep(info: RunInfo, *, killed: bool = False) -> list[str]:
    """Delete the tags that a run left at its registry; returns what is still there, in words.

    What the ledger did not have as open is named all the same, unless the run came to its end before its time (`killed`).
    The environment has the credentials, as for a run.
    """
    names = [entry.name for entry in outstanding(info) if entry.kind == KIND]
    left = []
    try:
        forgotten = strays(info)
    except StageError as error:
        forgotten = []
        left.append(str(error))
    if not killed:
        left += [f"tag {name} was left behind, and deleted at the end" for name in forgotten]
    for name in [*names, *forgotten]:
        try:
            with _asked(name.partition("/")[0]) as (client, login):
                why = delete(client, login, name)
        except StageError as error:
            why = f"{name}: {error}"
        left += [why] if why else []
    return left


@contextmanager
def _asked(address: str) -> Iterator[tuple[Client, tuple[str, str]]]:
    """A client for a registry, and the credentials. Raises StageError when it cannot be reached."""
    login = tuple(os.environ.get(f"DOCKER_CONFORMANCE_REGISTRY_{part}", "") for part in ("USER", "PASSWORD"))
    try:
        with ExternalRegistry(address, *login) as registry:
            if registry.endpoint is None:
                raise StageError(f"the registry {address} cannot be reached from here")
            client = Client(registry.endpoint, role="stage")
            try:
                yield client, (login[0], login[1])
            finally:
                client.close()
    except UsageError as error:
        raise StageError(str(error)) from error
