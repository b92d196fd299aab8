"""Images for checks: builds that leave nothing behind, and images so small that saving one costs nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from conformance.archives import Member, pack, unpack
from conformance.errors import DaemonFault, StageError
from conformance.messages import failure
from conformance.stage.scene import Stage
from conformance.wire import at

TAR = {"Content-Type": "application/x-tar"}
_BUILD = "docker-conformance.build"
_WORKER = "docker-conformance.worker"


class Recipes:
    """Makes what a build request carries, and finds at the worker's end what the builds left on the daemon.

    Everything that a build makes has three labels: the run's, this worker's, and the recipe's own. No layer is ever shared,
    so checks ask with ``nocache``: an engine may fail a build when, while it looks for a cached layer, somebody else
    removes an image.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._worker = f"{_WORKER}={secrets.token_hex(4)}"
        #: The label of the newest recipe, as ``key=value``: its images and containers have it.
        self.label = ""
        stage.endings.append(self._sweep)

    def __call__(
        self,
        *instructions: str,
        base: str | None = None,
        files: Sequence[Member] = (),
        dockerfile: str = "Dockerfile",
    ) -> dict[str, Any]:
        """Body and headers of a build: the test image (or `base`), the labels, `instructions`; `files` lie beside."""
        self.label = f"{_BUILD}={secrets.token_hex(4)}"
        own = [f"{name}={value}" for name, value in self._stage.labels.items()]
        labels = " ".join([*own, self._worker, self.label])
        text = "\n".join([f"FROM {base or self._stage.image}", f"LABEL {labels}", *instructions, ""])
        return {"body": pack(Member(dockerfile, text.encode()), *files), "headers": TAR}

    def containers(self) -> list[str]:
        """The ids of the containers that run for the newest recipe's build."""
        return [str(at(row, "Id")) for row in self._labelled("/containers/json", self.label)]

    def _sweep(self) -> list[str]:
        """Hand what failed and cancelled builds left to the stage, which is about to remove all that it has."""
        try:
            for image in self._labelled("/images/json", self._worker):
                # One with a name is in the ledger by that name.
                if not [tag for tag in at(image, "RepoTags") or [] if "<none>" not in tag]:
                    self._stage.adopt("image", str(at(image, "Id")))
            for container in self._labelled("/containers/json", self._worker, all=1):
                self._stage.adopt("container", str(at(container, "Id")))
        except (StageError, DaemonFault) as error:
            return [f"what builds left could not be listed: {error}"]
        return []

    def _labelled(self, path: str, label: str, **query: Any) -> list[Any]:
        rows: list[Any] = self._stage.get(path, {"filters": {"label": [label]}, **query})
        return rows


def recipes(stage: Stage) -> Recipes:
    """The recipes of this worker."""
    return stage.shared("recipes", lambda: Recipes(stage))


def built(stage: Stage, recipe: Recipes, *instructions: str, **options: Any) -> str:
    """Build an image in the daemon's newest version; returns its name."""
    name = stage.name("image")
    answer = stage.post("/build", {"t": name, "nocache": 1}, **recipe(*instructions, **options))
    why = failure(answer)
    if why:
        raise StageError(f"the image could not be built: {why}")
    return name


def imported(stage: Stage, content: bytes, name: str | None = None, **query: str) -> str:
    """Import an image that holds one file, ``/file``, with `content`; returns its name. `query` joins the request's own."""
    name = name or stage.name("image")
    query = {"fromSrc": "-", "repo": name, **query}
    answer = stage.post("/images/create", query, body=pack(Member("file", content)), headers=TAR)
    why = failure(answer)
    if why:
        raise StageError(f"the image {name} could not be imported: {why}")
    return name


def content(stage: Stage, image: str, path: str) -> str | None:
    """The text of a file of an image, read out of a container that is never started.

    None where there is no such image, or no such file in it.
    """
    if stage.client.get(f"/images/{image}/json").status == 404:
        return None
    name = stage.container(Image=image, HostConfig={"NetworkMode": "none"})
    answer = stage.client.get(f"/containers/{name}/archive", {"path": path})
    if answer.status == 404:
        return None
    return next(iter(unpack(stage.must(answer).body).values())).content.decode("utf-8", "replace")
