"""GET /volumes, as API v1.23 changed it: the filters name and driver."""

import pytest

from conformance import array, assert_type, at, since


@pytest.fixture
def volumes(env):
    """The names of two volumes of the driver local."""
    return env.share("two volumes", lambda: (env.create_volume(), env.create_volume()))


@since("1.23/volumes-filter-name")
@pytest.mark.parametrize(
    "part", [slice(None), slice(0, -1), slice(-7, None)], ids=["whole", "beginning", "end"]
)
def test_filter_name_leaves_the_volumes_with_it_in_their_names(api, volumes, part):
    first, second = volumes

    rows = array(api.get("/volumes", {"filters": {"name": [first[part]]}}).json(), "Volumes")

    names = [at(row, "Name") for row in rows]
    assert (first in names, second in names) == (True, False)


@since("1.23/volumes-filter-driver")
@pytest.mark.parametrize(
    ("driver", "listed"), [("local", True), ("nosuchdriver", False)], ids=["local", "another"]
)
def test_filter_driver_leaves_the_volumes_of_the_driver(api, volumes, driver, listed):
    document = api.get("/volumes", {"filters": {"driver": [driver]}}).json()

    rows = assert_type(document, "Volumes", list, nullable=True)
    names = [at(row, "Name") for row in rows or []]
    assert [volume in names for volume in volumes] == [listed, listed]
