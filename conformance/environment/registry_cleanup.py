"""Removing the tags of a run from a registry that outlives it, by name and no others."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import NamedTuple

from conformance.engine.registry import ExternalRegistry
from conformance.environment.ledger import PREFIX, RunInfo, outstanding, recorded
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.errors import Malformed, Refused
from conformance.http.messages import Response
from conformance.model.errors import DaemonFault, FixtureError, UsageError

#: The kind of such a tag in the ledger: ``HOST:PORT/REPOSITORY:TAG``.
KIND = "tag"
#: Forms of tags and digests that may stand in a path.
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"[a-z0-9]+:[0-9a-f]{32,}")
_MOST = 1000
#: The media type of a manifest list, which has a manifest for each platform of an image.
MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
_MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json, "
    f"{MANIFEST_LIST}"
)


def send(
    client: Client, login: tuple[str, str], method: str, path: str, manifest_list: bytes | None = None
) -> Response:
    """Send a request to a registry with the credentials `login` (user name, password). Raises DaemonFault."""
    encoded = base64.b64encode(":".join(login).encode()).decode()
    headers = {"Accept": _MANIFESTS, "Authorization": f"Basic {encoded}"}
    if manifest_list is not None:
        headers["Content-Type"] = MANIFEST_LIST
    return client.request(method, path, headers=headers, body=manifest_list)


def split_name(name: str) -> tuple[str, str]:
    """Repository and tag of a name; the registry's address is left out."""
    path, _, tag = name.partition("/")[2].rpartition(":")
    return path, tag


def delete(client: Client, login: tuple[str, str], name: str) -> str:
    """Delete a tag of a run from a registry; returns "" when it does not exist afterwards, else the reason."""
    path, tag = split_name(name)
    if not path.startswith(PREFIX) or not _TAG.fullmatch(tag):
        return f"{name} at the registry: not a name of a run; not deleted"
    try:
        head = send(client, login, "HEAD", f"/v2/{path}/manifests/{tag}")
        digest = head.header("Docker-Content-Digest") or ""
        if head.status == 404:
            return ""
        if not head.ok or not _DIGEST.fullmatch(digest):
            return f"{name} at the registry: no digest, status {head.status}"
        answer = send(client, login, "DELETE", f"/v2/{path}/manifests/{digest}")
    except DaemonFault as fault:
        return f"{name} at the registry: {fault}"
    return (
        ""
        if answer.ok or answer.status == 404
        else f"{name} at the registry: {answer.status} {answer.error[:200]}"
    )


class RegistryLeftovers(NamedTuple):
    """Tags of a run: those that the ledger lists, those that it does not, and why a part of them is not known."""

    open: list[str]
    unlisted: list[str]
    unknown: list[str]

    @property
    def names(self) -> list[str]:
        """All of the tags."""
        return [*self.open, *self.unlisted]


def find_leftovers(info: RunInfo) -> RegistryLeftovers:
    """The tags of a run at its registry. All tags of repositories with the run's prefix are the run's."""
    known = [entry.name for entry in outstanding(info) if entry.kind == KIND]
    start = f"{info.registry}/{info.prefix}"
    rows = [entry for entry in recorded(info) if info.registry and entry.name.startswith(start)]
    if not rows:
        return RegistryLeftovers(known, [], [])
    pushed = {_repository(entry.name) for entry in rows if entry.kind == KIND}
    unlisted: list[str] = []
    unknown: list[str] = []
    try:
        with _connect(info.registry) as (client, login):
            for path in sorted({_repository(entry.name) for entry in rows}):
                try:
                    names = [f"{info.registry}/{path}:{tag}" for tag in _tags(client, login, path)]
                except (DaemonFault, Refused, Malformed) as error:
                    # A registry may refuse to list a repository that it never had.
                    unknown += (
                        [f"tags of {path} at the registry are not known: {error}"] if path in pushed else []
                    )
                    continue
                unlisted += [name for name in names if name not in known]
    except FixtureError as error:
        unknown.append(f"leftovers at the registry are not known: {error}")
    return RegistryLeftovers(known, unlisted, unknown)


def _repository(name: str) -> str:
    """The repository of a name with a tag, a digest or neither; the registry's address is left out."""
    return name.partition("/")[2].partition("@")[0].partition(":")[0]


def _tags(client: Client, login: tuple[str, str], repository: str) -> list[str]:
    answer = send(client, login, "GET", f"/v2/{repository}/tags/list?n={_MOST}")
    rows = at(answer.json(), "tags") if answer.status != 404 else None
    return [row for row in rows if isinstance(row, str)][:_MOST] if isinstance(rows, list) else []


def sweep(info: RunInfo, *, killed: bool = False) -> list[str]:
    """Delete the tags of a run from its registry; returns messages about failures.

    Tags that the ledger does not list are named too, unless the run was `killed`. The credentials come from environment
    variables, as for a run.
    """
    found = find_leftovers(info)
    left = [] if killed else [f"tag {name} leaked by a check; deleted at exit" for name in found.unlisted]
    for address, names in groupby(sorted(found.names), lambda name: name.partition("/")[0]):
        each = list(names)
        try:
            with _connect(address) as (client, login):
                left += filter(None, (delete(client, login, name) for name in each))
        except FixtureError as error:
            left += [f"{name}: {error}" for name in each]
    return [*left, *found.unknown]


@contextmanager
def _connect(address: str) -> Iterator[tuple[Client, tuple[str, str]]]:
    """A client for a registry, and the credentials. Raises FixtureError when it cannot be reached."""
    login = tuple(os.environ.get(f"DOCKER_CONFORMANCE_REGISTRY_{part}", "") for part in ("USER", "PASSWORD"))
    try:
        with ExternalRegistry(address, *login) as registry:
            if registry.endpoint is None:
                raise FixtureError(f"the registry {address} cannot be reached from this host")
            client = Client(registry.endpoint, role="environment")
            try:
                yield client, (login[0], login[1])
            finally:
                client.close()
    except UsageError as error:
        raise FixtureError(str(error)) from error
