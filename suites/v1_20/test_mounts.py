"""The mounts in GET /containers/(id)/json, as API v1.20 changed them."""

import pytest

from conformance import assert_type, at, before, since


@pytest.fixture
def container_with_mounts(env):
    """The name of a container with volumes at /writable and /readonly, and their mount points by path."""

    def make():
        volumes = {"/writable": env.create_volume(), "/readonly": env.create_volume()}
        binds = [f"{volumes['/writable']}:/writable", f"{volumes['/readonly']}:/readonly:ro"]
        name = env.create_container(HostConfig={"Binds": binds})
        return name, {
            path: at(env.get(f"/volumes/{volume}"), "Mountpoint") for path, volume in volumes.items()
        }

    return env.share("container with volumes", make)


CASES = pytest.mark.parametrize(
    ("path", "writable"), [("/writable", True), ("/readonly", False)], ids=["writable", "read-only"]
)


@since("1.20/inspect-mounts")
@CASES
def test_mounts_is_a_list_of_objects(api, container_with_mounts, path, writable):
    name, places = container_with_mounts

    document = api.get(f"/containers/{name}/json").json()

    mounts = assert_type(document, "Mounts", list)
    mount = next((mount for mount in mounts if at(mount, "Destination") == path), None)
    assert mount is not None, f"expected a mount with the Destination {path}, got {mounts!r}"
    assert at(mount, "Source") == places[path]
    assert at(mount, "RW") is writable
    assert_type(mount, "Mode", str)


@before("1.20/inspect-mounts")
@CASES
def test_volumes_are_two_objects(api, container_with_mounts, path, writable):
    name, places = container_with_mounts

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "Volumes", path) == places[path]
    assert at(document, "VolumesRW", path) is writable
