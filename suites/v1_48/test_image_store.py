"""What engines tell of images of several platforms, as API v1.48 changed it."""

import pytest

from conformance import ABSENT, array, assert_type, at, since


@since("1.48/images-descriptor")
def test_list_describes_the_index(containerd_engine, stored_image):
    rows = array(containerd_engine.api.get("/images/json").json())

    row = next((row for row in rows if stored_image.name in (at(row, "RepoTags") or [])), None)
    assert at(row, "Descriptor.digest") == stored_image.digest
    assert at(row, "Descriptor.mediaType") == "application/vnd.oci.image.index.v1+json"


@since("1.48/images-descriptor")
def test_inspect_describes_the_index(containerd_engine, stored_image):
    document = containerd_engine.api.get(f"/images/{stored_image.name}/json").json()

    assert at(document, "Descriptor.digest") == stored_image.digest
    assert at(document, "Descriptor.mediaType") == "application/vnd.oci.image.index.v1+json"


@since("1.48/images-inspect-manifests")
def test_inspect_has_a_manifest_of_each_platform(containerd_engine, stored_image):
    path = f"/images/{stored_image.name}/json"
    document = containerd_engine.api.get(path, {"manifests": 1}).json()

    rows = [row for row in array(document, "Manifests") if at(row, "Kind") == "image"]
    ids = [assert_type(row, "ID", str) for row in rows]
    assert sorted(ids) == sorted(stored_image.manifests.values())


@since("1.48/images-inspect-manifests")
def test_inspect_leaves_the_manifests_out(containerd_engine, stored_image):
    document = containerd_engine.api.get(f"/images/{stored_image.name}/json").json()

    assert at(document, "Manifests") in (ABSENT, None)


@pytest.fixture
def container(containerd_engine, stored_image, platforms):
    """The name of a container of the image for the daemon's own platform, and the digest of its manifest."""
    env = containerd_engine.env
    name = env.share("container of the image", lambda: env.create_container(Image=stored_image.name))
    return name, stored_image.manifests[platforms.own]


@since("1.48/inspect-image-manifest")
def test_container_describes_the_manifest_of_its_image(containerd_engine, container):
    name, digest = container

    document = containerd_engine.api.get(f"/containers/{name}/json").json()

    assert at(document, "ImageManifestDescriptor.digest") == digest


@since("1.48/containers-image-manifest")
def test_list_describes_the_manifest_of_each_image(containerd_engine, container):
    name, digest = container

    query = {"all": 1, "filters": {"name": [name]}}
    [row] = containerd_engine.api.get("/containers/json", query).json()

    assert at(row, "ImageManifestDescriptor.digest") == digest
