"""Small images, and builds whose leftovers are removed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from conformance.environment.container_files import read_container_file
from conformance.environment.environment import Environment
from conformance.environment.object_lists import ObjectLists
from conformance.environment.test_image import ensure_name, find_created_image
from conformance.http.documents import at
from conformance.http.progress_stream import progress_error
from conformance.http.tar import Member, pack
from conformance.model.errors import DaemonFault, FixtureError

#: Headers of a request whose body is an archive.
TAR = {"Content-Type": "application/x-tar"}
_BUILD = "docker-conformance.build"
_WORKER = "docker-conformance.worker"
_MOST = 50
_MOST_LAYERS = 10


class BuildContexts:
    """Makes the bodies of build requests, and removes the leftovers of builds when the worker ends.

    Everything that a build creates inherits two labels from its base image: the run's and this worker's. Checks build with
    ``nocache``: an engine may fail a build when an image is removed while it looks for a cached layer.
    """

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._worker = f"{_WORKER}={secrets.token_hex(4)}"
        env.after_removal.append(self._remove_leftovers)

    def __call__(
        self,
        *instructions: str,
        base: str | None = None,
        files: Sequence[Member] = (),
        dockerfile: str = "Dockerfile",
    ) -> dict[str, Any]:
        """Body and headers of a build from the labelled test image, or from `base`; `files` are further files of the context.

        Nothing is labelled in a build from `base`, so it must not leave unnamed objects: give it no instructions.
        """
        before = [f"FROM {base}"] if base else self.base_lines()
        text = "\n".join([*before, *instructions, ""])
        return {"body": pack(Member(dockerfile, text.encode()), *files), "headers": TAR}

    def base_lines(self) -> list[str]:
        """The first lines of a Dockerfile, with which what a build creates has the labels."""
        return self._env.share("base of builds", self._base)

    def new_label(self) -> str:
        """A label for one build, as ``key=value``."""
        return f"{_BUILD}={secrets.token_hex(4)}"

    def list_containers(self, mark: str) -> list[str]:
        """The ids of running containers of the build whose Dockerfile sets the label `mark`."""
        return [str(at(row, "Id")) for row in self._labelled("/containers/json", mark)]

    def _base(self) -> list[str]:
        """The first lines of a Dockerfile, without a step for the labels where commit can set them.

        A daemon whose builds know no labels gets none: what builds leave there is not found again.
        """
        key, _, value = self._worker.partition("=")
        labels = {**self._env.labels, key: value}
        with suppress(FixtureError):
            name = commit_image(self._env, _create_unstarted(self._env), **labels)
            found = at(self._env.get(f"/images/{name}/json"), "Config", "Labels")
            if isinstance(found, dict) and labels.items() <= found.items():
                return [f"FROM {name}"]
        shown = " ".join(f"{key}={value}" for key, value in labels.items())
        lines = [f"FROM {self._env.image_name}", f"LABEL {shown}"]
        return lines if self._builds(lines) else lines[:1]

    def _builds(self, lines: list[str]) -> bool:
        """Whether the daemon builds an image from these lines of a Dockerfile."""
        name = self._env.reserve_name("image")
        body = pack(Member("Dockerfile", "\n".join([*lines, ""]).encode()))
        return not progress_error(self._env.client.post("/build", {"t": name}, body=body, headers=TAR))

    def _remove_leftovers(self) -> list[str]:
        """Remove leftovers of failed and cancelled builds; returns messages about failures.

        Some images are listed only when those built from them are gone.
        """
        left: list[str] = []
        before: list[tuple[str, str]] = []
        try:
            for _ in range(_MOST_LAYERS):
                found = self._find_leftovers()
                if not found:
                    return []
                if found == before:
                    break
                left, before = self._env.remove_all(found), found
        except (FixtureError, DaemonFault) as error:
            return [f"failed to list leftovers of builds: {error}"]
        return left or [f"{kind} {name} is still there" for kind, name in found]

    def _find_leftovers(self) -> list[tuple[str, str]]:
        containers = self._labelled("/containers/json", self._worker, all=1)
        images = self._labelled("/images/json", self._worker)
        return [
            *(("container", str(at(row, "Id"))) for row in containers),
            # Named images are in the ledger.
            *(("image", str(at(row, "Id"))) for row in images if not _names(row)),
        ]

    def _labelled(self, path: str, label: str, **query: Any) -> list[Any]:
        """Objects with the label. Each row is compared too, as a daemon may ignore the filter."""
        key, _, value = label.partition("=")
        rows = ObjectLists(self._env.client).rows(path, {"filters": {"label": [label]}, **query})
        return [row for row in rows if at(row, "Id") and _labels(row).get(key) == value]


def _labels(row: Any) -> dict[str, Any]:
    labels = at(row, "Labels")
    return labels if isinstance(labels, dict) else {}


def _names(image: Any) -> list[str]:
    tags = at(image, "RepoTags")
    return [tag for tag in tags if "<none>" not in str(tag)] if isinstance(tags, list) else []


def build_contexts(env: Environment) -> BuildContexts:
    """The build contexts of this worker."""
    return env.share("build contexts", lambda: BuildContexts(env))


def build_image(env: Environment, contexts: BuildContexts, *instructions: str, **options: Any) -> str:
    """Build an image in the daemon's newest version; returns its name."""
    name = env.reserve_name("image")
    answer = env.post("/build", {"t": name, "nocache": 1}, **contexts(*instructions, **options))
    why = progress_error(answer)
    if why:
        raise FixtureError(f"failed to build the image: {why}")
    return name


def import_image(env: Environment, content: bytes, name: str | None = None) -> str:
    """Import an image with one file, ``/file``, of this `content`; returns its name."""
    name = name or env.reserve_name("image")
    query = {"fromSrc": "-", "repo": name}
    answer = env.post("/images/create", query, body=pack(Member("file", content)), headers=TAR)
    try:
        image_id = find_created_image(env.client, name, answer)
    except FixtureError as error:
        raise FixtureError(f"failed to import the image {name}: {error}") from error
    if ensure_name(env.client, image_id, name) != name:
        env.adopt("image", image_id)
        raise FixtureError(f"failed to name the image {name}: the daemon has it as {image_id} only")
    return name


def commit_image(env: Environment, container: str, **labels: str) -> str:
    """Commit a container as an image with the run's label and `labels`; returns its name."""
    name = env.reserve_name("image")
    repo, _, tag = name.rpartition(":")
    query = {"container": container, "repo": repo, "tag": tag}
    env.post("/commit", query, json={"Labels": {**env.labels, **labels}})
    return name


def read_image_file(env: Environment, image: str, path: str) -> str | None:
    """The text of a file of an image, read from a container that is never started.

    None where there is no such image, or no such file in it. Images of the same layers hold the same files, and are read
    once. Raises FixtureError when the daemon shows no files.
    """
    answer = env.client.get(f"/images/{image}/json")
    if answer.status == 404:
        return None
    layers = at(env.require(answer).json(), "RootFS", "Layers")
    if not isinstance(layers, list) or not layers:
        return read_container_file(env, _create_unstarted(env, Image=image), path)
    known: dict[tuple[Any, ...], str | None] = env.share("content of images", dict)
    key = (path, *layers)
    if key not in known:
        known[key] = read_container_file(env, _create_unstarted(env, Image=image), path)
    return known[key]


def image_in_use(env: Environment) -> str:
    """The only name of an image that a running container uses, for checks that must fail to remove it."""
    for turn in range(_MOST):
        name, container = env.share(("image in use", turn), lambda: _use(env))
        found = env.client.get(f"/containers/{container}/json")
        if (
            env.client.get(f"/images/{name}/json").ok
            and found.ok
            and at(found.json(), "State", "Running") is True
        ):
            return name
    raise FixtureError(f"none of {_MOST} images in use stayed unchanged")


def _use(env: Environment) -> tuple[str, str]:
    name = commit_image(env, _create_unstarted(env))
    return name, env.create_container("sleep", "86400", start=True, Image=name, StopSignal="SIGKILL")


def _create_unstarted(env: Environment, **members: Any) -> str:
    """The name of a container that is never started and needs no network."""
    return env.create_container(HostConfig={"NetworkMode": "none"}, **members)
