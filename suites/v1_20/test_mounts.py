"""The mounts in GET /containers/(id)/json, as API v1.20 changed them."""

import pytest

from conformance import assert_type, at, before, since

CASES = pytest.mark.parametrize(
    ("path", "writable"), [("/writable", True), ("/readonly", False)], ids=["writable", "read-only"]
)


@since("1.20/inspect-mounts")
@CASES
def test_mounts_is_a_list_of_objects(api, container_with_mounts, path, writable):
    document = api.get(f"/containers/{container_with_mounts.container}/json").json()

    mounts = assert_type(document, "Mounts", list)
    mount = next((mount for mount in mounts if at(mount, "Destination") == path), None)
    assert mount is not None, f"expected a mount with the Destination {path}, got {mounts!r}"
    assert at(mount, "Source") == container_with_mounts.places[path]
    assert at(mount, "RW") is writable
    assert_type(mount, "Mode", str)


@before("1.20/inspect-mounts")
@CASES
def test_volumes_are_two_objects(api, container_with_mounts, path, writable):
    document = api.get(f"/containers/{container_with_mounts.container}/json").json()

    assert at(document, "Volumes", path) == container_with_mounts.places[path]
    assert at(document, "VolumesRW", path) is writable
