"""The test image: put on the daemon by load, else by import, else by a build, whichever works, and used by its id.

No document promises more of import than an image: its parameters ``repo`` and ``tag`` are claims that checks test, and
``changes`` is in no document up to v1.24. So a daemon on which one way fails still has the image by another.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar

import msgspec

from conformance.engine.elf import read_architecture
from conformance.environment import cleanup
from conformance.environment.image_archive import pack_image
from conformance.environment.ledger import LABEL, Ledger
from conformance.environment.rootfs import find_busybox, make_rootfs
from conformance.http import json_stream
from conformance.http.client import Client
from conformance.http.documents import at, parse_json
from conformance.http.errors import Malformed
from conformance.http.messages import Response
from conformance.http.progress_stream import progress_error
from conformance.http.tar import Member, pack
from conformance.model.errors import DaemonFault, FixtureError
from conformance.model.text import one_line

_TAR = {"Content-Type": "application/x-tar"}
#: An id in the answers to load, import and build.
_ID = re.compile(r"\b(?:sha256:)?[0-9a-f]{64}\b|(?<=Successfully built )[0-9a-f]{12,64}")


class TestImage(msgspec.Struct, frozen=True):
    """The test image: its id, its name (empty when the daemon gives it none), and why there is no image (else empty).

    `by_name` says that the daemon creates containers from its name alone.
    """

    __test__: ClassVar[bool] = False  # pytest takes the name for that of a test

    id: str
    name: str
    fault: str = ""
    by_name: bool = False

    @property
    def reference(self) -> str:
        """How a request that creates a container names the image."""
        return self.name if self.by_name else self.id


def make_test_image(client: Client, ledger: Ledger) -> TestImage:
    """Put the image on the daemon and its name and id into the ledger. Raises UsageError without a static busybox."""
    name = f"{ledger.info.prefix}busybox:latest"
    labels = {LABEL: ledger.info.run}
    ledger.will_create("image", name)
    reasons = []
    for way, send in (("load", _load), ("import", _import), ("build", _build)):
        try:
            image_id = send(client, name, labels)
            ledger.will_create("image", image_id)
            image = TestImage(image_id, ensure_name(client, image_id, name))
            return msgspec.structs.replace(image, by_name=_must_be_named(client, ledger, image))
        except (DaemonFault, FixtureError) as error:
            reasons.append(f"{way}: {one_line(str(error))}")
    return TestImage(
        name, name, f"the daemon takes no test image ({'; '.join(reasons)}); --image names one that it has"
    )


def _must_be_named(client: Client, ledger: Ledger, image: TestImage) -> bool:
    """Whether the daemon creates containers from the name of the image, and none from its id while it has two names.

    So does Podman 3.0.1. Checks give the test image further names.
    """
    second = f"{ledger.info.prefix}second:1"
    repository, _, tag = second.rpartition(":")
    with suppress(DaemonFault), cleanup.temporary(client, ledger, "image", second):
        if image.name and client.post(f"/images/{image.id}/tag", {"repo": repository, "tag": tag}).ok:
            return not _creates(client, ledger, image.id) and _creates(client, ledger, image.name)
    return False


def _creates(client: Client, ledger: Ledger, image: str) -> bool:
    """Whether the daemon creates a container from the image."""
    name = f"{ledger.info.prefix}create-{secrets.token_hex(4)}"
    labels = {LABEL: ledger.info.run}
    body = {"Image": image, "Cmd": ["true"], "Labels": labels, "HostConfig": {"NetworkMode": "none"}}
    with cleanup.temporary(client, ledger, "container", name):
        return client.post("/containers/create", {"name": name}, json=body).ok


# Each returns the id of the image that it created, and raises FixtureError when it created none.


def _load(client: Client, name: str, labels: dict[str, str]) -> str:
    archive = pack_image(make_rootfs(), name, read_architecture(find_busybox()), labels)
    response = client.post("/images/load", body=archive.data, headers=_TAR)
    return find_created_image(client, name, response, archive.ids)


def _import(client: Client, name: str, labels: dict[str, str]) -> str:  # noqa: ARG001  import sets no labels
    query = {"fromSrc": "-", "repo": name}
    response = client.post("/images/create", query, body=make_rootfs(), headers=_TAR)
    return find_created_image(client, name, response)


def _build(client: Client, name: str, labels: dict[str, str]) -> str:
    lines = ["FROM scratch", "ADD rootfs.tar /", *(f"LABEL {key}={value}" for key, value in labels.items())]
    context = pack(
        Member("Dockerfile", "\n".join([*lines, ""]).encode()), Member("rootfs.tar", make_rootfs())
    )
    response = client.post("/build", {"t": name}, body=context, headers=_TAR)
    return find_created_image(client, name, response)


def find_created_image(client: Client, name: str, response: Response, ids: Sequence[str] = ()) -> str:
    """The id of the image that a request created: that of `name`, one in the answer, or one of `ids`.

    Raises FixtureError when there is no such image.
    """
    if reason := progress_error(response):
        raise FixtureError(reason)
    for candidate in (name, *reversed(find_ids(response)), *ids):
        if image_id := _find_id(client, candidate):
            return image_id
    raise FixtureError("it was accepted, but there is no image")


def find_ids(response: Response) -> list[str]:
    """The ids of images in the answer to a request that creates one, in their order."""
    try:
        texts = json_stream.split(response.body, response.media_type, complete=response.complete)
        # Written anew, for a daemon may escape any character of a string.
        text = "\n".join(json.dumps(parse_json(text)) for text in texts)
    except Malformed:
        text = response.text
    return _ID.findall(text)


def _find_id(client: Client, image: str) -> str:
    """The id of an image; empty when there is no such image."""
    answer = client.get(f"/images/{image}/json")
    try:
        value = at(answer.json(), "Id") if answer.ok else None
    except Malformed:
        return ""
    return value if isinstance(value, str) else ""


def ensure_name(client: Client, image_id: str, name: str) -> str:
    """Give the image its name if the request that created it did not; returns the name, or "" when it has none."""
    if _find_id(client, name):
        return name
    repository, _, tag = name.rpartition(":")
    client.post(f"/images/{image_id}/tag", {"repo": repository, "tag": tag})
    return name if _find_id(client, name) else ""
