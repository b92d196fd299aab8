"""Volumes of a container that was created and not started, and copy out of a volume, as API v1.16 changed them."""

import pytest

from conformance import after, at, since
from conformance.http.tar import unpack

PLACE = "/fixtures/dir"
"""A directory of the test image with a file ``one``."""


def create(api, stage):
    """Create a container with an anonymous volume at PLACE through the version under test; returns its name."""
    name = stage.name("container")
    answer = api.post("/containers/create", {"name": name}, json=stage.body(Volumes={PLACE: {}}))
    assert answer.status == 201
    return name


def volume_at(stage, container):
    """The name of the volume that the container has at PLACE, as the newest version tells it."""
    mounts = at(stage.get(f"/containers/{container}/json"), "Mounts")
    names = [at(mount, "Name") for mount in mounts or [] if at(mount, "Destination") == PLACE]
    assert len(names) == 1 and names[0], f"no volume is mounted at {PLACE}: {mounts!r}"
    return names[0]


@since("1.16/volumes-ready-after-create")
def test_the_volume_exists_before_the_first_start(api, stage):
    name = create(api, stage)

    volume = volume_at(stage, name)
    found = stage.client.get(f"/volumes/{volume}")
    assert found.status == 200
    assert at(found.json(), "Name") == volume


@since("1.16/volumes-hold-image-content")
def test_another_container_finds_the_content_before_the_first_start(api, stage):
    name = create(api, stage)

    volume = volume_at(stage, name)
    other = stage.output(stage.container("cat", "/data/one", HostConfig={"Binds": [f"{volume}:/data"]}))
    assert other.out == "one\n"


@pytest.fixture
def holder(stage):
    """The name of a container with a volume at /data that holds a file; both are only read."""

    def make():
        volume = stage.volume()
        container = stage.container(HostConfig={"Binds": [f"{volume}:/data"]})
        writer = stage.container(
            "sh", "-c", "echo in the volume > /data/file", HostConfig={"Binds": [f"{volume}:/data"]}
        )
        stage.output(writer)
        stage.remove("container", writer)
        return container

    return stage.shared("container with a volume", make)


@since("1.16/copy-reads-volumes")
@pytest.mark.parametrize("resource", ["/data/file", "/data"], ids=["file", "directory"])
def test_copy_returns_a_file_of_the_volume(api, holder, resource):
    answer = api.post(f"/containers/{holder}/copy", json={"Resource": resource})

    assert answer.status == 200
    contents = {name.rpartition("/")[2]: member.content for name, member in unpack(answer.body).items()}
    assert contents.get("file") == b"in the volume\n"


@after("1.16/copy-reads-volumes")
def test_copy_is_gone(api, holder):
    answer = api.post(f"/containers/{holder}/copy", json={"Resource": "/data/file"})

    assert answer.status >= 400
