"""VolumeDriver of a container, which API v1.21 moved into HostConfig (an unknown driver: test_unknown_drivers.py)."""

import pytest

from conformance import assert_status, at, since
from conformance.testing import run_created


def create(api, env, **members):
    """Create a container with a volume at /data through `api`; returns its name."""
    name = env.reserve_name("container")
    body = env.container_body(
        "sh", "-c", "echo kept > /data/file && cat /data/file", Volumes={"/data": {}}, **members
    )
    assert_status(api.post("/containers/create", {"name": name}, json=body), 201)
    return name


@since("1.21/hostconfig-volumedriver")
def test_driver_mounts_the_volume(api, env):
    name = create(api, env, HostConfig={"VolumeDriver": "local"})

    assert run_created(env, name).stdout == "kept\n"


@pytest.fixture
def container_with_driver(env):
    """The name of a container whose request names the driver of its volume."""
    return env.share("volume driver", lambda: create(env.client, env, HostConfig={"VolumeDriver": "local"}))


@since("1.21/inspect-volumedriver")
def test_host_config_shows_it(api, container_with_driver):
    document = api.get(f"/containers/{container_with_driver}/json").json()

    assert at(document, "HostConfig", "VolumeDriver") == "local"
