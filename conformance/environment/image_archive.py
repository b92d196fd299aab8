"""An image as the archive that ``POST /images/load`` takes, for engines of all times.

It has one layer, which two descriptions share: ``manifest.json`` with a configuration (Docker 1.10 and newer, Podman) and
``repositories`` with a folder for the layer (the format that the references up to v1.24 describe).
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from conformance.http.tar import Member, pack


class ImageArchive(NamedTuple):
    """An archive, and the ids that its image has on engines of the two kinds."""

    data: bytes
    ids: tuple[str, str]


def pack_image(
    rootfs: bytes, name: str, architecture: str, labels: dict[str, str], **members: Any
) -> ImageArchive:
    """The archive of an image with the root file system `rootfs` (an uncompressed tar) and the name `name`.

    `members` are further ones of its configuration, such as ``os.version``.
    """
    repository, _, tag = name.rpartition(":")
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    settings: dict[str, Any] = {"Labels": labels, "Cmd": ["sh"]}
    common = {"architecture": architecture, "os": "linux", "created": created, "config": settings, **members}
    digest = hashlib.sha256(rootfs).hexdigest()
    configuration = _json(
        {
            **common,
            "history": [{"created": created, "created_by": "docker-conformance"}],
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        }
    )
    image = hashlib.sha256(configuration).hexdigest()
    layer = hashlib.sha256(f"{name} {created} {digest}".encode()).hexdigest()
    manifest = [{"Config": f"{image}.json", "RepoTags": [name], "Layers": [f"{layer}/layer.tar"]}]
    data = pack(
        Member(layer, kind="dir", mode=0o755),
        Member(f"{layer}/VERSION", b"1.0"),
        Member(f"{layer}/json", _json({"id": layer, **common, "container_config": settings})),
        Member(f"{layer}/layer.tar", rootfs),
        Member(f"{image}.json", configuration),
        Member("manifest.json", _json(manifest)),
        Member("repositories", _json({repository: {tag: layer}})),
    )
    return ImageArchive(data, (f"sha256:{image}", layer))


def _json(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True).encode()
