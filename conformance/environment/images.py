"""Images for checks: builds that leave nothing behind, and images so small that saving one costs nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from conformance.environment.environment import Environment
from conformance.environment.object_lists import ObjectLists
from conformance.http.documents import at
from conformance.http.progress_stream import progress_error
from conformance.http.tar import Member, pack, unpack
from conformance.model.errors import DaemonFault, FixtureError

TAR = {"Content-Type": "application/x-tar"}
_BUILD = "docker-conformance.build"
_WORKER = "docker-conformance.worker"
_MOST = 50
_MOST_LAYERS = 10


class BuildContexts:
    """Makes what a build request carries, and finds at the worker's end what the builds left on the daemon.

    Everything that a build makes has two labels of its base: the run's and this worker's. No layer is ever shared, so checks
    ask with ``nocache``: an engine may fail a build when, while it looks for a cached layer, somebody else removes an
    image.
    """

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._worker = f"{_WORKER}={secrets.token_hex(4)}"
        env.after_removal.append(self._sweep)

    def __call__(
        self,
        *instructions: str,
        base: str | None = None,
        files: Sequence[Member] = (),
        dockerfile: str = "Dockerfile",
    ) -> dict[str, Any]:
        """Body and headers of a build upon the test image with the labels, or upon `base`; `files` lie beside.

        Upon `base` nothing is labelled: such a build is to leave nothing without its name, as one without instructions.
        """
        before = [f"FROM {base}"] if base else self._env.share("base of builds", self._base)
        text = "\n".join([*before, *instructions, ""])
        return {"body": pack(Member(dockerfile, text.encode()), *files), "headers": TAR}

    def new_label(self) -> str:
        """A label for one build, as ``key=value``."""
        return f"{_BUILD}={secrets.token_hex(4)}"

    def list_containers(self, mark: str) -> list[str]:
        """The ids of the containers that run for a build whose Dockerfile gave them the label `mark`."""
        return [str(at(row, "Id")) for row in self._labelled("/containers/json", mark)]

    def _base(self) -> list[str]:
        """The first lines of a Dockerfile. An instruction for the labels would be a step of each build."""
        key, _, value = self._worker.partition("=")
        labels = {**self._env.labels, key: value}
        with suppress(FixtureError):
            name = commit_image(self._env, _still(self._env), **labels)
            found = at(self._env.get(f"/images/{name}/json"), "Config", "Labels")
            if isinstance(found, dict) and labels.items() <= found.items():
                return [f"FROM {name}"]
        shown = " ".join(f"{key}={value}" for key, value in labels.items())
        return [f"FROM {self._env.image}", f"LABEL {shown}"]

    def _sweep(self) -> list[str]:
        """Remove what failed and cancelled builds left; returns what stayed. An image may show when one made of it is gone."""
        left: list[str] = []
        before: list[tuple[str, str]] = []
        try:
            for _ in range(_MOST_LAYERS):
                found = self._remains()
                if not found:
                    return []
                if found == before:
                    break
                left, before = self._env.remove_all(found), found
        except (FixtureError, DaemonFault) as error:
            return [f"what builds left could not be listed: {error}"]
        return left or [f"{kind} {name} is still there" for kind, name in found]

    def _remains(self) -> list[tuple[str, str]]:
        containers = self._labelled("/containers/json", self._worker, all=1)
        images = self._labelled("/images/json", self._worker)
        return [
            *(("container", str(at(row, "Id"))) for row in containers),
            # One with a name is in the ledger by that name.
            *(("image", str(at(row, "Id"))) for row in images if not _names(row)),
        ]

    def _labelled(self, path: str, label: str, **query: Any) -> list[Any]:
        """What has the label, by its own words too: a daemon that ignores filters shows what is somebody else's."""
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
    """The recipes of this worker."""
    return env.share("recipes", lambda: BuildContexts(env))


def build_image(env: Environment, contexts: BuildContexts, *instructions: str, **options: Any) -> str:
    """Build an image in the daemon's newest version; returns its name."""
    name = env.reserve_name("image")
    answer = env.post("/build", {"t": name, "nocache": 1}, **contexts(*instructions, **options))
    why = progress_error(answer)
    if why:
        raise FixtureError(f"the image could not be built: {why}")
    return name


def import_image(env: Environment, content: bytes, name: str | None = None, **query: str) -> str:
    """Import an image that holds one file, ``/file``, with `content`; returns its name. `query` joins the request's own."""
    name = name or env.reserve_name("image")
    query = {"fromSrc": "-", "repo": name, **query}
    answer = env.post("/images/create", query, body=pack(Member("file", content)), headers=TAR)
    why = progress_error(answer)
    if why:
        raise FixtureError(f"the image {name} could not be imported: {why}")
    return name


def commit_image(env: Environment, container: str, **labels: str) -> str:
    """Make an image of a container, with the run's label and `labels`; returns its name."""
    name = env.reserve_name("image")
    repo, _, tag = name.rpartition(":")
    query = {"container": container, "repo": repo, "tag": tag}
    env.post("/commit", query, json={"Labels": {**env.labels, **labels}})
    return name


def read_image_file(env: Environment, image: str, path: str) -> str | None:
    """The text of a file of an image, read out of a container that is never started.

    None where there is no such image, or no such file in it. Images of the same layers hold the same files, and are read
    once.
    """
    answer = env.client.get(f"/images/{image}/json")
    if answer.status == 404:
        return None
    layers = at(env.require(answer).json(), "RootFS", "Layers")
    if not isinstance(layers, list) or not layers:
        return _read(env, image, path)
    known: dict[tuple[Any, ...], str | None] = env.share("content of images", dict)
    key = (path, *layers)
    if key not in known:
        known[key] = _read(env, image, path)
    return known[key]


def _read(env: Environment, image: str, path: str) -> str | None:
    name = _still(env, Image=image)
    answer = env.client.get(f"/containers/{name}/archive", {"path": path})
    if answer.status == 404:
        return None
    return next(iter(unpack(env.require(answer).body).values())).content.decode("utf-8", "replace")


def image_in_use(env: Environment) -> str:
    """The only name of an image that a running container uses; a check may ask to remove it if it is to stay."""
    for turn in range(_MOST):
        name, container = env.share(("image in use", turn), lambda: _use(env))
        found = env.client.get(f"/containers/{container}/json")
        if (
            env.client.get(f"/images/{name}/json").ok
            and found.ok
            and at(found.json(), "State", "Running") is True
        ):
            return name
    raise FixtureError(f"{_MOST} images in use did not stay as they were")


def _use(env: Environment) -> tuple[str, str]:
    name = commit_image(env, _still(env))
    return name, env.create_container("sleep", "86400", start=True, Image=name, StopSignal="SIGKILL")


def _still(env: Environment, **members: Any) -> str:
    """A container that is never started, so that it need not join a network."""
    return env.create_container(HostConfig={"NetworkMode": "none"}, **members)
