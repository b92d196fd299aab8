"""An image as the archive that ``POST /images/load`` takes.

``pack_image`` is for engines of all times. The image has one layer, which two descriptions share: ``manifest.json`` with a
configuration (Docker 1.10 and newer, Podman) and ``repositories`` with a folder for the layer (the format that the references up
to v1.24 describe). ``pack_platforms`` makes an OCI layout (https://github.com/opencontainers/image-spec), for engines that
store images of several platforms.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from conformance.http.tar import Member, pack

_OCI = "application/vnd.oci.image"
#: The annotation with the name that an image gets.
_NAME = "io.containerd.image.name"


class ImageArchive(NamedTuple):
    """An archive, and the ids that its image has on engines of the two kinds."""

    data: bytes
    ids: tuple[str, str]


def pack_image(
    rootfs: bytes, name: str, architecture: str, labels: dict[str, str], **members: Any
) -> ImageArchive:
    """The archive of an image with the root file system `rootfs` (an uncompressed tar) and the name `name`.

    `members` are further ones of its configuration, such as ``os.version``; one that is None is left out.
    """
    repository, _, tag = name.rpartition(":")
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    settings: dict[str, Any] = {"Labels": labels, "Cmd": ["sh"]}
    whole = {"architecture": architecture, "os": "linux", "created": created, "config": settings, **members}
    common = {member: value for member, value in whole.items() if value is not None}
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


class PlatformsArchive(NamedTuple):
    """An archive, the digest of its index, and that of the manifest of each platform."""

    data: bytes
    digest: str
    manifests: dict[str, str]


class _Blobs(dict[str, bytes]):
    """The contents of an archive by their digests."""

    def add(self, media_type: str, content: bytes) -> dict[str, Any]:
        """Add a content; returns its descriptor."""
        digest = hashlib.sha256(content).hexdigest()
        self[digest] = content
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    def add_manifest(self, config: dict[str, Any], layers: list[dict[str, Any]]) -> dict[str, Any]:
        """Add a manifest and its configuration; `layers` are descriptors of what was added before. Returns its descriptor."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": f"{_OCI}.manifest.v1+json",
            "config": self.add(f"{_OCI}.config.v1+json", _json(config)),
            "layers": layers,
        }
        return self.add(f"{_OCI}.manifest.v1+json", _json(manifest))


def pack_platforms(
    rootfs: dict[str, bytes],
    name: str,
    labels: dict[str, str] | None = None,
    statements: dict[str, list[dict[str, Any]]] | None = None,
) -> PlatformsArchive:
    """The archive of an image called `name` that has a root file system (an uncompressed tar) for each platform.

    Platforms are ``os/architecture``. `statements` are the in-toto statements that attest something of the image of a platform.
    """
    blobs = _Blobs()
    rows = {platform: _add_image(blobs, platform, layer, labels or {}) for platform, layer in rootfs.items()}
    manifests = {platform: row["digest"] for platform, row in rows.items()}
    attestations = [
        _add_attestations(blobs, manifests[platform], attested)
        for platform, attested in (statements or {}).items()
    ]
    index = {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}.index.v1+json",
        "manifests": [*rows.values(), *attestations],
    }
    top = {
        **blobs.add(f"{_OCI}.index.v1+json", _json(index)),
        "annotations": {_NAME: f"docker.io/library/{name}"},
    }
    data = pack(
        Member("oci-layout", _json({"imageLayoutVersion": "1.0.0"})),
        Member("index.json", _json({"schemaVersion": 2, "manifests": [top]})),
        *(Member(f"blobs/sha256/{digest}", content) for digest, content in blobs.items()),
    )
    return PlatformsArchive(data, top["digest"], manifests)


def _add_image(blobs: _Blobs, platform: str, layer: bytes, labels: dict[str, str]) -> dict[str, Any]:
    """Add the image of one platform; returns its row of the index."""
    system, _, architecture = platform.partition("/")
    described = {"os": system, "architecture": architecture}
    layers = [blobs.add(f"{_OCI}.layer.v1.tar", layer)]
    diff = {"type": "layers", "diff_ids": [layers[0]["digest"]]}
    config = {**described, "config": {"Labels": labels, "Cmd": ["sh"]}, "rootfs": diff}
    return {**blobs.add_manifest(config, layers), "platform": described}


def _add_attestations(blobs: _Blobs, manifest: str, statements: list[dict[str, Any]]) -> dict[str, Any]:
    """Add statements about the image with this manifest; returns their row of the index.

    They are stored as BuildKit does (https://docs.docker.com/build/metadata/attestations/attestation-storage/).
    """
    described = {"os": "unknown", "architecture": "unknown"}
    layers = [
        {
            **blobs.add("application/vnd.in-toto+json", _json(statement)),
            "annotations": {"in-toto.io/predicate-type": statement["predicateType"]},
        }
        for statement in statements
    ]
    diff = {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]}
    notes = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": manifest,
    }
    row = blobs.add_manifest({**described, "config": {}, "rootfs": diff}, layers)
    return {**row, "platform": described, "annotations": notes}


def _json(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True).encode()
