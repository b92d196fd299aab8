"""Images for checks: builds that leave nothing behind, and images so small that saving one costs nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from conformance.archives import Member, pack, unpack
from conformance.errors import StageError
from conformance.messages import failure
from conformance.stage.scene import Stage
from conformance.wire import at

TAR = {"Content-Type": "application/x-tar"}
_BUILD = "docker-conformance.build"


class Recipes:
    """Makes what a build request carries, and finds afterwards what the builds left on the daemon.

    Each recipe has two labels: the run's, and one of its own, so that no build takes a layer of another from the cache and
    what a failed or cancelled build left can be told from everything else.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._labels: list[str] = []
        #: The label of the newest recipe, as ``key=value``: its images and containers have it.
        self.label = ""

    def __call__(
        self,
        *instructions: str,
        base: str | None = None,
        files: Sequence[Member] = (),
        dockerfile: str = "Dockerfile",
    ) -> dict[str, Any]:
        """Body and headers of a build: the test image (or `base`), the labels, `instructions`; `files` lie beside."""
        self.label = f"{_BUILD}={secrets.token_hex(4)}"
        self._labels.append(self.label)
        labels = " ".join([*(f"{name}={value}" for name, value in self._stage.labels.items()), self.label])
        text = "\n".join([f"FROM {base or self._stage.image}", f"LABEL {labels}", *instructions, ""])
        return {"body": pack(Member(dockerfile, text.encode()), *files), "headers": TAR}

    def containers(self, **query: Any) -> list[str]:
        """The ids of the containers that run for the newest recipe's build, or of all of them with ``all=1``."""
        return [str(at(row, "Id")) for row in self._labelled("/containers/json", self.label, **query)]

    def sweep(self) -> None:
        """Hand everything that the builds left to the stage, which removes it when the check ends."""
        for label in self._labels:
            for image in self._labelled("/images/json", label):
                # One with a name is in the ledger by that name, and may be shared.
                if not [tag for tag in at(image, "RepoTags") or [] if "<none>" not in tag]:
                    self._stage.adopt("image", str(at(image, "Id")))
            for container in self._labelled("/containers/json", label, all=1):
                self._stage.adopt("container", str(at(container, "Id")))
        self._labels.clear()

    def _labelled(self, path: str, label: str, **query: Any) -> list[Any]:
        rows: list[Any] = self._stage.get(path, {"filters": {"label": [label]}, **query})
        return rows


@contextmanager
def recipes(stage: Stage) -> Iterator[Recipes]:
    """Recipes whose leftovers are swept when the block ends."""
    made = Recipes(stage)
    try:
        yield made
    finally:
        made.sweep()


def built(stage: Stage, recipe: Recipes, *instructions: str, **options: Any) -> str:
    """Build an image in the daemon's newest version; returns its name."""
    name = stage.name("image")
    answer = stage.post("/build", {"t": name}, **recipe(*instructions, **options))
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
