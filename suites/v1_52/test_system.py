"""GET /system/df and GET /info, as API v1.52 changed them: the usage of each type of object, and no KernelMemoryTCP."""

import pytest

from conformance import ABSENT, array, assert_type, at, before, since
from conformance.testing import exclusively

USAGES = ("ImageUsage", "ContainerUsage", "VolumeUsage", "BuildCacheUsage")
EARLIER = ("LayersSize", "Images", "Containers", "Volumes", "BuildCache")


@pytest.fixture
def written_data(env):
    """A container that wrote to its root file system and to a volume."""

    def make():
        name = env.create_container("sh", "-c", "echo here | tee /there > /data/there", Volumes={"/data": {}})
        env.start_and_wait(name)

    env.share("container that wrote to a volume", make)


@since("1.52/df-usage")
@pytest.mark.usefixtures("written_data")
@pytest.mark.parametrize("usage", USAGES)
def test_objects_and_their_bytes_are_counted(api, usage):
    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    if assert_type(document, usage, dict):  # A daemon without such objects may leave out the numbers.
        assert assert_type(document, (usage, "TotalCount"), int) >= 0
        assert assert_type(document, (usage, "TotalSize"), int) >= 0


@before("1.52/df-usage")
def test_usages_are_not_returned(api):
    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    assert [at(document, usage) for usage in USAGES] == [ABSENT] * len(USAGES)


@since("1.52/df-verbose")
def test_objects_are_items_of_their_usage(api):
    with exclusively("disk-usage"):
        document = api.get("/system/df", {"verbose": "true"}).json()

    assert isinstance(array(document, "ImageUsage", "Items"), list)
    assert isinstance(array(document, "ContainerUsage", "Items"), list)
    assert [at(document, member) for member in EARLIER] == [ABSENT] * len(EARLIER)


@before("1.52/df-verbose")
def test_verbose_is_ignored(api):
    with exclusively("disk-usage"):
        document = api.get("/system/df", {"verbose": "true"}).json()

    assert array(document, "Images"), "expected a list of images, got none"


@since("1.52/info-no-kernelmemorytcp")
def test_kernel_memory_of_tcp_is_not_returned(api):
    assert at(api.get("/info").json(), "KernelMemoryTCP") is ABSENT
