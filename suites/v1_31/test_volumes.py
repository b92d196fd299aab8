"""When a volume was created, which API v1.31 added to what is said of volumes."""

import math
from typing import NamedTuple

import pytest

from conformance import array, at, since
from conformance.testing import exclusively, read_clock, with_steady_clock
from fixtures.rows import find_row
from fixtures.times import read_time


class Created(NamedTuple):
    """The name of a volume, and the seconds since the epoch between which it was created."""

    name: str
    begin: int
    end: int

    def is_time_of(self, row):
        """Whether CreatedAt in a description of the volume is the time of its creation, to the second."""
        time = read_time(row, "CreatedAt")
        return self.begin <= time.timestamp() <= self.end


@pytest.fixture
def volume(env):
    """A volume of the driver local."""

    def make():
        begin = math.floor(read_clock(env))
        return Created(env.create_volume(), begin, math.ceil(read_clock(env)))

    return env.share("volume with a time", lambda: with_steady_clock(env, make))


@since("1.31/volumes-createdat")
def test_inspect_has_the_time(api, volume):
    document = api.get(f"/volumes/{volume.name}").json()

    assert volume.is_time_of(document), at(document, "CreatedAt")


@since("1.31/volumes-createdat")
def test_list_has_the_time(api, volume):
    rows = array(api.get("/volumes").json(), "Volumes")

    row = find_row(rows, "Name", volume.name)
    assert volume.is_time_of(row), at(row, "CreatedAt")


@since("1.31/df-volumes-createdat")
def test_data_usage_has_the_time(api, volume):
    with exclusively("disk-usage"):
        rows = array(api.get("/system/df").json(), "Volumes")

    row = find_row(rows, "Name", volume.name)
    assert volume.is_time_of(row), at(row, "CreatedAt")
