"""GET /images/json, as API v1.47 changed it: the manifests of each platform."""

import pytest

from conformance import ABSENT, array, at, since
from fixtures.images import describe_platform


def row_of(answer, name):
    row = next((row for row in array(answer.json()) if name in (at(row, "RepoTags") or [])), None)
    assert row is not None, f"the image {name} is not listed"
    return row


@since("1.47/images-manifests")
@pytest.mark.parametrize("value", ["1", "true"])
def test_each_platform_has_a_manifest(containerd_engine, stored_image, value):
    answer = containerd_engine.api.get("/images/json", {"manifests": value})

    rows = [
        row for row in array(row_of(answer, stored_image.name), "Manifests") if at(row, "Kind") == "image"
    ]
    found = [(at(row, "Descriptor.digest"), at(row, "ImageData.Platform")) for row in rows]
    wanted = stored_image.manifests.items()
    assert len(found) == len(wanted)
    assert all((digest, describe_platform(platform)) in found for platform, digest in wanted), found


@since("1.47/images-manifests")
@pytest.mark.parametrize("query", [{}, {"manifests": "0"}], ids=["unsaid", "0"])
def test_manifests_are_left_out(containerd_engine, stored_image, query):
    answer = containerd_engine.api.get("/images/json", query)

    assert at(row_of(answer, stored_image.name), "Manifests") is ABSENT
