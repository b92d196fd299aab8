"""GET /system/df, which API v1.25 added: what takes disk space on the daemon."""

import pytest

from conformance import array, assert_type, at, since
from conformance.testing import exclusively
from fixtures.container_states import WRITTEN
from fixtures.rows import find_row


@pytest.fixture
def volume_in_use(env):
    """The name of a volume with WRITTEN bytes in a file, which one container uses."""

    def make():
        volume = env.create_volume()
        write = f"dd if=/dev/urandom of=/place/written bs={WRITTEN} count=1 2>/dev/null"
        env.start_and_wait(
            env.create_container("sh", "-c", write, HostConfig={"Binds": [f"{volume}:/place"]})
        )
        return volume

    return env.share("volume in use", make)


@since("1.25/system-df")
def test_images_take_space(api, env):
    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    image = find_row(array(document, "Images"), "Id", env.image)
    assert assert_type(document, "LayersSize", int) >= assert_type(image, "Size", int) > 0


@since("1.25/system-df")
def test_containers_take_the_space_that_they_have_written(api, container_in_state):
    container = container_in_state("exited")

    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    row = find_row(array(document, "Containers"), "Id", container.id)
    assert assert_type(row, "SizeRw", int) >= WRITTEN


@since("1.25/system-df")
def test_volumes_take_the_space_of_their_files(api, volume_in_use):
    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    row = find_row(array(document, "Volumes"), "Name", volume_in_use)
    assert assert_type(row, "UsageData.Size", int) >= WRITTEN
    assert at(row, "UsageData.RefCount") == 1
