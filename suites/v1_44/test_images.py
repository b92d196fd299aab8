"""Images, as API v1.44 changed them: the filter until, no VirtualSize, and no date where there is none."""

from datetime import UTC, datetime, timedelta

import pytest

from conformance import ABSENT, array, assert_type, at, before, since
from conformance.testing import exclusively, import_image
from fixtures.rows import find_row
from fixtures.times import read_time

YEAR = timedelta(days=365)


@pytest.fixture
def tagged_image(env):
    """The id of an image of this run's own that has a name."""
    return env.share(
        "id of an image with a name",
        lambda: env.get(f"/images/{import_image(env, b'with a name')}/json")["Id"],
    )


def time_forms(moment):
    return {"timestamp": str(int(moment.timestamp())), "date": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


FORMS = pytest.mark.parametrize("form", ["timestamp", "date"])


@since("1.44/images-filter-until")
@FORMS
def test_images_that_are_older_are_kept(api, tagged_image, form):
    until = time_forms(datetime.now(UTC) + YEAR)[form]

    rows = array(api.get("/images/json", {"filters": {"until": [until]}}).json())

    assert tagged_image in [at(row, "Id") for row in rows]


@since("1.44/images-filter-until")
@FORMS
def test_images_that_are_younger_are_left_out(api, tagged_image, form):
    until = time_forms(datetime.now(UTC) - YEAR)[form]

    rows = array(api.get("/images/json", {"filters": {"until": [until]}}).json())

    assert tagged_image not in [at(row, "Id") for row in rows]


@since("1.44/images-filter-until")
def test_images_of_the_last_hours_are_left_out(api, tagged_image):
    rows = array(api.get("/images/json", {"filters": {"until": ["24h30m"]}}).json())

    assert tagged_image not in [at(row, "Id") for row in rows]


def list_row(api, image):
    return find_row(array(api.get("/images/json").json()), "Id", image)


def inspect(api, image):
    return api.get(f"/images/{image}/json").json()


def usage_row(api, image):
    with exclusively("disk-usage"):
        document = api.get("/system/df").json()
    return find_row(array(document, "Images"), "Id", image)


@since("1.44/no-virtualsize")
@pytest.mark.parametrize("look", [list_row, inspect, usage_row])
def test_there_is_no_second_size(api, tagged_image, look):
    document = look(api, tagged_image)

    assert assert_type(document, "Size", int) > 0
    assert at(document, "VirtualSize") is ABSENT


@before("1.44/no-virtualsize")
@pytest.mark.parametrize("look", [list_row, inspect])
def test_second_size_is_the_same(api, tagged_image, look):
    document = look(api, tagged_image)

    assert assert_type(document, "VirtualSize", int) == at(document, "Size")


@since("1.44/image-created-omitted")
def test_date_that_is_not_known_is_left_out(api, image_without_date):
    assert at(api.get(f"/images/{image_without_date}/json").json(), "Created") is ABSENT


@before("1.44/image-created-omitted")
def test_date_that_is_not_known_is_the_zero_time(api, image_without_date):
    document = api.get(f"/images/{image_without_date}/json").json()

    assert read_time(document, "Created") == datetime(1, 1, 1, tzinfo=UTC)
