"""Volumes of a container that was created and not started, and copy out of a volume, as API v1.16 changed them."""

import pytest

from conformance import after, assert_refused, assert_status, since
from conformance.testing import FixtureError, unpack
from fixtures.volumes import find_volume

PLACE = "/fixtures/dir"
"""A directory of the test image with a file ``one``."""


def create(api, env):
    """Create a container with an anonymous volume at PLACE through the version under test; returns its name."""
    name = env.reserve_name("container")
    answer = api.post("/containers/create", {"name": name}, json=env.container_body(Volumes={PLACE: {}}))
    assert_status(answer, 201)
    return name


def volume_at(env, container):
    """The container's volume at PLACE, in the newest version."""
    volume = find_volume(env, container, PLACE)
    assert volume is not None and volume.source, f"expected a volume at {PLACE}, got none"
    return volume


@since("1.16/volumes-ready-after-create")
def test_the_volume_exists_before_the_first_start(api, env, volume_exists):
    name = create(api, env)

    assert volume_exists(volume_at(env, name)), "the volume does not exist"


@since("1.16/volumes-hold-image-content")
def test_another_container_finds_the_content_before_the_first_start(api, env):
    name = create(api, env)

    volume = volume_at(env, name)
    other = env.start_and_wait(
        env.create_container("cat", "/data/one", HostConfig={"Binds": [f"{volume.source}:/data"]})
    )
    assert other.stdout == "one\n"


@pytest.fixture
def holder(env):
    """The name of a container with a volume at /data that holds a file; both are only read."""

    def make():
        container = env.create_container(Volumes={"/data": {}})
        writer = env.create_container(
            "sh", "-c", "echo in the volume > /data/file", HostConfig={"VolumesFrom": [container]}
        )
        if env.start_and_wait(writer).exit_code != 0:
            raise FixtureError("the process could not write into the volume")
        return container

    return env.share("container with a volume", make)


@since("1.16/copy-reads-volumes")
@pytest.mark.parametrize("resource", ["/data/file", "/data"], ids=["file", "directory"])
def test_copy_returns_a_file_of_the_volume(api, holder, resource):
    answer = api.post(f"/containers/{holder}/copy", json={"Resource": resource})

    assert_status(answer, 200)
    contents = {name.rpartition("/")[2]: member.content for name, member in unpack(answer.body).items()}
    assert contents.get("file") == b"in the volume\n"


@after("1.16/copy-reads-volumes")
def test_copy_is_gone(api, holder):
    answer = api.post(f"/containers/{holder}/copy", json={"Resource": "/data/file"})

    assert_refused(answer)
